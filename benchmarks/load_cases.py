"""Whole cases a second under load: reference, sandbox and Locust together on this machine, all promises judged after.

    python benchmarks/load_cases.py [--cases 5000] [--profile constant:50] [--workers 1] [--hands 200]
                                    [--sandboxes 1] [--term-factor 0]

Also tells the processor time of a case, so that runs of different length can be compared, and how many cases lapsed: when more
come in than can be dealt with, people are late for everything, and a case that lapses early costs little. Few may.
Terms run as long as `liantiao load` has them for so many cases, or `--term-factor` times as long as `instant` does.

`cases_per_s`, which is what must be reached, is of the whole load, with the first seconds, in which nothing can have ended, and the
last, in which people who never act are waited for; `sustained_per_s` is of the second half of the time in which cases come in.
"""

import argparse
import json
import platform
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from liantiao.loading.command import carry_out
from liantiao.loading.run import LoadPlan
from loadtests.settings import HANDS, Settings
from sim.runs.scale import Handling

REACH, LEAST_EXCHANGES, MOST_LAPSED = 40.0, 50, 0.03
PATIENCE_S = 900.0
"""How long the last cases may take after the last has begun: one that is asked about again and again takes minutes."""


def sustained(over_time: list[dict[str, Any]]) -> float:
    """Cases that ended a second, in the second half of the seconds in which cases came in."""
    last = max((second["s"] for second in over_time if second["arrived"]), default=0)
    ended = [second["ended"] for second in over_time if last // 2 <= second["s"] < last]
    return sum(ended) / max(1, len(ended))


def main() -> None:
    """Measure and print; exit 1 below what is to be reached."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=5_000)
    asked.add_argument("--profile", default="constant:50")
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--hands", type=int, default=HANDS)
    asked.add_argument("--term-factor", type=int, default=0)
    asked.add_argument("--sandboxes", type=int, default=1)
    said = asked.parse_args()
    with TemporaryDirectory(prefix="liantiao-bench-") as folder:
        settings = Settings(
            "", "", said.cases, 1, said.profile, 1.0, 0, said.hands, PATIENCE_S, 1.0, 0.0, "127.0.0.1", ""
        )
        plan = LoadPlan(
            settings, said.workers, "fujian-2024-55", 2024, Handling.INSTANT, Path(folder), sandboxes=said.sandboxes,
            terms=said.term_factor,
        )  # fmt: skip
        record = carry_out(plan, [])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    lapsed = record["journal"]["ends"].get("lapsed", 0) / max(1, record["ended"])
    figures = {
        "python": f"{platform.python_version()} ({sys.base_prefix})",
        "cases": record["cases"], "term_factor": record["term_factor"], "ended": record["ended"], "over": record["over"],
        "seconds": record["seconds"], "cases_per_s": record["cases_per_s"],
        "sustained_per_s": round(sustained(record["over_time"]), 1),
        "exchanges_per_case": record["exchanges_per_case"], "calls_per_s": record["calls_per_s"],
        "lapsed_share": round(lapsed, 3),
        "cpu_ms_per_case": round((used.ru_utime + used.ru_stime) * 1_000 / max(1, record["ended"]), 1),
        "lost": record["lost"]["n"], "doubled": sum(each["n"] for each in record["journal"]["doubled"]),
        "complete": record["complete"], "exit_code": record["exit_code"], "saturated": record["saturation"]["is"],
        "hours_for_830000": round(830_000 / max(record["cases_per_s"], 1e-9) / 3_600, 2),
    }  # fmt: skip
    for name, value in figures.items():
        print(f"{name:24} {json.dumps(value)}")
    ok = record["cases_per_s"] >= REACH and record["exchanges_per_case"] >= LEAST_EXCHANGES and record["complete"]
    sys.exit(0 if ok and lapsed <= MOST_LAPSED and not figures["lost"] else 1)


if __name__ == "__main__":
    main()
