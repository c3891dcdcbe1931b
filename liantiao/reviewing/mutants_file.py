"""What `liantiao mutants` found, read back for the report of an acceptance: the score, what is left, who kills what."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from features.accepting import scenarios_of
from features.given import GivenError
from liantiao.mutants.trials import COMPLIES, KILLED, SURVIVED, UNSEEN, Trial, score_of
from liantiao.reviewing.sheets import as_bytes
from sim.package import Package

Record = dict[str, Any]
KEPT: Final = ("seed", "code", "catalogue", "fates", "scenarios", "score", "by_sort")
"""What is kept as it stands."""
SAID: Final = ("id", "title", "sort_title", "fate_title", "reason")
"""What is kept of every one that other seats can tell and nobody found out."""
LEFT: Final = (SURVIVED, UNSEEN, COMPLIES)


def read_mutants(path: Path, package: Package) -> Record:
    """What of `mutants.json` a report shows. Raises GivenError: no such file, of another package, or changed since."""
    record = _read(path)
    try:
        return _checked(record, path, package)
    except (KeyError, TypeError, AttributeError):
        raise _not_ours(path) from None


def _read(path: Path) -> Record:
    try:
        record = json.loads(as_bytes(path).decode("utf-8"))
    except ValueError:
        raise _not_ours(path) from None
    if not isinstance(record, dict):
        raise _not_ours(path)
    return record


def _not_ours(path: Path) -> GivenError:
    return GivenError(f"{path} 不是 liantiao mutants 写下的 mutants.json；请用 liantiao mutants --out 重新得出。")


def _checked(record: Mapping[str, Any], path: Path, package: Package) -> Record:
    if record["package"] != package.id:
        raise GivenError(f"{path} 是套餐 {record['package']} 的缺陷植入结果，不是 {package.id} 的；请换一个文件。")
    mutants = record["mutants"]
    if score_of([Trial(each["id"], each["fate"]) for each in mutants]) != record["score"]:
        raise GivenError(f"{path} 的得分与各缺陷的结果不符，已被改动；请用 liantiao mutants --out 重新得出。")
    there = {each.id: each.title for each in scenarios_of(package)}
    gone = sorted({name for each in mutants for name in each["scenarios"]} - there.keys())
    if gone:
        raise GivenError(
            f"{path} 提到套餐里没有的场景 {gone[0]}（共 {len(gone)} 个），场景已有改动；请用 liantiao mutants --out 重新得出。"
        )
    return {name: record[name] for name in KEPT} | {
        "left": [{name: each[name] for name in SAID} for each in mutants if each["fate"] in LEFT],
        "kills": [
            {"scenario": name, "title": title, "mutants": killed}
            for name, title in there.items()
            if (killed := [f"{each['title']}（{each['id']}）" for each in mutants if name in each["scenarios"]])
        ],
        "no_scenario": [
            {name: each[name] for name in SAID} for each in mutants if each["fate"] == KILLED and not each["scenarios"]
        ],
    }  # fmt: skip
