"""One per load, beside Locust's master: shares out the cases, adds up what workers report, and knows when all is over."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from loadtests.profiles import offsets_of, profile_of
from loadtests.recorder import Histogram, Recorder
from loadtests.sandbox import SandboxSilentError, ask
from loadtests.settings import Settings
from loadtests.stages import Stages
from sim.clock import wall_ms

SOON_MS: Final = 1_500
"""From being ready to the first case, so that every worker knows the stages by then."""
CHANGE_MS: Final = 3_000
"""A worker that comes or goes changes who gets the cases that come in this much later."""
LOOK_BACK_S: Final = 10
READY_WITHIN_S: Final = 120
"""How long workers may take to open their doors."""
PEOPLE: Final = ("buyer", "seller", "clerk")


class Coordinator:
    """Of one load. `send(type, data)` reaches all workers."""

    def __init__(self, settings: Settings, send: Any) -> None:
        self.settings, self.send = settings, send
        self.offsets = offsets_of(settings)
        self.doors: dict[str, str] = {}
        self.workers: dict[str, dict[str, Any]] = {}
        self.gone: list[str] = []
        self.stages = Stages()
        self.total = Recorder()
        self.ended: set[int] = set()
        self.open: dict[str, int] = {}
        self.begun: dict[str, int] = {}
        self.begin_ms = 0
        self.over = ""
        """Why the load is over; "" while it goes on."""
        self.complete = False
        self.patience_s = settings.patience
        """How long nothing may happen after the last case came in: longer by as much as terms run longer in the run."""
        self._base: Mapping[str, Any] = {}
        self._made_ms = wall_ms()
        self._progress: tuple[Any, int] = ((), self._made_ms)
        self.begun_wall_ms = self.ended_wall_ms = 0

    # ---- workers ----------------------------------------------------------------------------------------------------
    def ready(self, worker: str, url: str, about: dict[str, Any], expected: int) -> None:
        """A worker has opened its door; with the last one expected, or in the middle of a load, it gets its share."""
        self.doors[worker], self.workers[worker] = url, about
        if self.stages.all:
            self._share(self._soon())
        elif len(self.doors) >= expected:
            self._base, self.begun_wall_ms = self._runs(), wall_ms()
            url, token = self.settings.run_urls[0], self.settings.token
            self.patience_s = self.settings.patience * ask("GET", url, token).get("term_factor", 1)
            self.begin_ms = ask("GET", f"{url}/clock", token)["now_ms"] + SOON_MS
            self._share(self.settings.first)

    def left(self, worker: str) -> None:
        """A worker is gone: what has not come in yet goes to the others, the rest of its cases is reported."""
        if worker in self.gone or worker not in self.doors:
            return
        self.gone.append(worker)
        self.open.pop(worker, None)
        if self.alive:
            self._share(self._soon())

    def cannot_begin(self, why: str) -> bool:
        """Something a load cannot begin without is missing: it is over. One that goes on is not, then this returns False."""
        if self.stages.all:
            return False
        self.over, self.ended_wall_ms = self.over or why, wall_ms()
        return True

    @property
    def alive(self) -> list[str]:
        """The workers there are."""
        return [worker for worker in self.doors if worker not in self.gone]

    def _soon(self) -> int:
        """The first case that comes in late enough to change hands."""
        now = wall_ms() - self.begun_wall_ms - SOON_MS
        return self.settings.first + int(np.searchsorted(self.offsets, now + CHANGE_MS))

    def _share(self, first: int) -> None:
        self.stages.begin(first, self.alive)
        shares = {seat: self.stages.addresses(self.doors, seat) for seat in PEOPLE}
        for url in self.settings.run_urls:
            ask("POST", f"{url}/attach", self.settings.token, {"shares": shares})
        self.send("crowd_stages", {"stages": self.stages.as_json(), "begin_ms": self.begin_ms})

    # ---- what workers report ------------------------------------------------------------------------------------------
    def report(self, worker: str, told: Mapping[str, Any]) -> None:
        """Add what a worker measured since its last report."""
        self.total.add(told["recorder"])
        self.ended.update(told["ended"])
        self.open[worker], self.begun[worker] = told["open"], told["begun"]
        if worker in self.workers and told["cpu_percent"] is not None:
            about = self.workers[worker]
            about["cpu_percent"] = max(about.get("cpu_percent", 0), told["cpu_percent"])

    def interrupted(self) -> list[int]:
        """Cases of workers that are gone, which nobody took over and which had not ended by their last report."""
        if not self.gone:
            return []
        first, last = self.settings.first, self.settings.last
        stopped = set(self.gone)
        return [n for n in range(first, last + 1) if self.stages.owner(n) in stopped and n not in self.ended]

    # ---- the end --------------------------------------------------------------------------------------------------------
    def look(self) -> bool:
        """Whether the load goes on; called every second."""
        if wall_ms() - self._made_ms > READY_WITHIN_S * 1_000:
            self.cannot_begin(f"等了 {READY_WITHIN_S} 秒，工作进程没有都就绪：已就绪 {len(self.doors)} 个")
        if self.over or not self.stages.all:
            return not self.over
        lost, settings = self.interrupted(), self.settings
        if len(self.ended) + len(lost) >= settings.cases and not any(self.open.values()) and self._is_quiet(len(lost)):
            self.over, self.complete = "全部办件已结束", not lost
        elif broken := self._breaks_off():
            self.over = broken
        elif not self._progresses():
            self.over = f"{self.patience_s:g} 秒没有进展"
        if self.over:
            self.ended_wall_ms = wall_ms()
        return not self.over

    def _is_quiet(self, lost: int) -> bool:
        """Whether the sandbox has nothing under way either, but of what was interrupted."""
        about = self._asked()
        return about is not None and (lost > 0 or not about["under_way"]) and (
            about["cases_ended"] - self._base["cases_ended"] + lost >= self.settings.cases
        )  # fmt: skip

    def _asked(self) -> Mapping[str, Any] | None:
        try:
            return self._runs()
        except SandboxSilentError:
            return None

    def _runs(self) -> Mapping[str, Any]:
        """How far all runs are together. Raises SandboxSilentError."""
        told = [ask("GET", url, self.settings.token) for url in self.settings.run_urls]
        return {name: sum(each[name] for each in told) for name in ("cases_ended", "under_way")}

    def _progresses(self) -> bool:
        now, about = wall_ms(), None
        seen: tuple[Any, ...] = (len(self.ended), sum(self.begun.values()))
        if len(self.ended) >= self.settings.cases and (about := self._asked()):
            seen += (about["cases_ended"],)
        if seen != self._progress[0]:
            self._progress = seen, now
        all_in = now > self.begun_wall_ms + SOON_MS + int(self.offsets[-1])
        return not all_in or now - self._progress[1] < self.patience_s * 1_000

    def _breaks_off(self) -> str:
        """Why the load stops by itself: too many errors, or too slow, over the last ten seconds."""
        last = max(self.total.seconds, default=0)
        recent = range(last - LOOK_BACK_S, last)
        counts: Counter[str] = Counter()
        slow = Histogram()
        for at in recent:
            counts.update(self.total.seconds.get(at, {}))
            slow.update(self.total.slots.get(at, {}))
        if self.settings.stop_errors < 1 and counts["errors"] > self.settings.stop_errors * max(20, counts["calls"]):
            return f"错误率超过 {self.settings.stop_errors:.0%}，自行停止"
        if self.settings.stop_p99 and counts["calls"] > 20 and slow.percentile(0.99) > self.settings.stop_p99:
            return f"p99 超过 {self.settings.stop_p99:g} 毫秒，自行停止"
        return ""

    def result(self) -> dict[str, Any]:
        """Everything there is to tell, as plain values."""
        settings = {name: getattr(self.settings, name) for name in Settings.__slots__ if name != "token"}
        return {
            "settings": settings, "profile": profile_of(self.settings.profile, self.settings.cases, self.settings.times).title,
            "over": self.over or "提前停止", "complete": self.complete, "begun_ms": self.begun_wall_ms + SOON_MS,
            "ended_ms": self.ended_wall_ms or wall_ms(), "cases": self.settings.cases, "begun": sum(self.begun.values()),
            "ended": len(self.ended), "interrupted": self.interrupted(), "stages": self.stages.as_json(),
            "not_ended": self._not_ended(),
            "workers": {w: {**about, "url": self.doors[w], "gone": w in self.gone} for w, about in self.workers.items()},
            "recorded": self.total.told(),
        }  # fmt: skip

    def _not_ended(self) -> list[int]:
        numbers = range(self.settings.first, self.settings.last + 1)
        return [n for n in numbers if n not in self.ended][:1_000] if len(self.ended) < len(numbers) else []

    def write(self) -> None:
        """Leave the result where it was asked for."""
        if self.settings.result:
            path = Path(self.settings.result)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.result(), ensure_ascii=False), encoding="utf-8")
