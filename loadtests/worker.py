"""What a Locust worker holds: its people, its door, how they speak, and which cases are its own."""

import gc
import os
import socket
from typing import Any

import gevent

from liantiao.directory import directory
from loadtests.crowd import LATE_MS, Act, Crowd
from loadtests.door import Door
from loadtests.line import Line
from loadtests.processor_use import ProcessorUse
from loadtests.profiles import offsets_of
from loadtests.sandbox import ask
from loadtests.settings import Settings
from loadtests.speaking import TAKEN, Speaking, Wire, outcome_of
from loadtests.stages import Stages
from sim.clock import wall_ms
from sim.faces.key_handout import taken
from sim.runs.caller import Came

LOOK_MS = 100
"""How soon a closed model looks again whether a case has ended."""


class SharesError(Exception):
    """The sandboxes do not share the cases as they were named; the message says which, and what would do."""


def check_shares(urls: list[str], runs: list[dict[str, Any]]) -> None:
    """Raise SharesError unless every sandbox has the cases of the place at which it is named, and all handle them alike."""
    for place, (url, about) in enumerate(zip(urls, runs, strict=True)):
        if (about["share"], about["among"]) != (place, len(urls)):
            raise SharesError(
                f"{url} 办的是办件号除以 {about['among']} 余 {about['share']} 的，这里列在第 {place + 1} 个、共 {len(urls)} 个；"
                f"请用 --share {place}/{len(urls)} 启动它，或按余数的次序写 --run-url。"
            )
        for name in ("handling", "term_factor"):
            if about.get(name) != runs[0].get(name):
                option = f"--{name.replace('_', '-')}"
                raise SharesError(
                    f"{url} 的 {option} 是 {about.get(name)}，{urls[0]} 的是 {runs[0].get(name)}；几个沙箱要以同样的选项启动。"
                )


class Worker:
    """One process's part of a load."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        known = directory()
        urls, token = settings.run_urls, settings.token
        about, arranged, clock = (ask("GET", urls[0] + path, token) for path in ("", "/arranged", "/clock"))
        check_shares(urls, [about, *(ask("GET", url, token) for url in urls[1:])])
        keys = [taken(ask("GET", f"{url}/keys", token)["keys"]) for url in urls]
        self.crowd = Crowd(about, arranged["arranged"], clock["now_ms"])
        self.door = Door(self.crowd, known, settings.door_host)
        self.speaking = Speaking(known, urls, about["name"], keys)
        self.offsets = offsets_of(settings)
        self.stages, self.begin_ms, self.me = Stages(), 0, ""
        self._number = settings.first
        self._use: ProcessorUse | None = None
        self._moving: gevent.Greenlet[..., Any] | None = None
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)  # as the server does: people's memory is long-lived and has few circles

    @property
    def about(self) -> dict[str, Any]:
        """Where this worker runs."""
        return {"host": socket.gethostname(), "pid": os.getpid(), "clock_ms": wall_ms()}

    # ---- which cases ----------------------------------------------------------------------------------------------
    def share(self, me: str, told: dict[str, Any]) -> None:
        """From now on cases are shared so; with the first word of it they begin to come in."""
        self.me, self.stages, self.begin_ms = me, Stages(told["stages"]), told["begin_ms"]
        if self._moving is None:
            self._moving = gevent.spawn(self._go_on)
        self.crowd.woken.set()

    def _go_on(self) -> None:
        """Begin cases as they come in and move their people with wall time, for ever."""
        crowd = self.crowd
        while True:
            at = self._begin_due()
            crowd.catch_up()
            due = [each for each in (crowd.run.next_due_ms, at) if each is not None]
            crowd.woken.clear()
            crowd.woken.wait(max(0.0, min(due) - crowd.now_ms) / 1_000 if due else None)

    def _begin_due(self) -> int | None:
        """Begin whatever of ours has come in by now; returns when to look again, None when none is to come.

        Whose case it is, is asked when it comes in: who has it may have changed since the load began.
        """
        while self._number <= self.settings.last:
            now = self.crowd.now_ms
            at = self.begin_ms + int(self.offsets[self._number - self.settings.first])
            if at > now:
                return at
            if self.stages.owner(self._number) == self.me:
                if self._is_full():
                    return now + LOOK_MS
                self._use = self._use or ProcessorUse()  # from the first case: setting up is no part of the load
                self.crowd.begin(self._number, now if self.settings.closed else at)
            self._number += 1
        return None

    def _is_full(self) -> bool:
        """In a closed model: whether as many go on as this worker may have."""
        if not self.settings.closed:
            return False
        self.crowd.sweep()
        among = max(1, len(self.stages.all[-1].workers))
        return len(self.crowd.open) >= max(1, self.settings.closed // among)

    # ---- speaking -------------------------------------------------------------------------------------------------
    def say(self, line: Line, act: Act, wire: Wire, sent_ms: int) -> Came:
        """Say something, and count what came of it from when it should have been said."""
        name, recorder = type(act.going.call.body).op.name, self.crowd.recorder
        response = line.send(wire)
        came = self.speaking.read(act.going, response.status, response.header, response.raw)
        outcome = "ok" if came is TAKEN else outcome_of(came, response.status, response.failed)
        ended_ms = sent_ms + response.took_ms
        latency_ms = max(0.0, ended_ms - act.intended_ms)
        line.count(name, wire, response, latency_ms, outcome if outcome.startswith("failed") else "")
        recorder.call(name, outcome, act.intended_ms, sent_ms, ended_ms)
        if sent_ms - act.ready_ms > LATE_MS:
            recorder.count(sent_ms, "late")
        return came

    def report(self) -> dict[str, Any]:
        """What was done since the last report."""
        self.crowd.sweep()
        ended, self.crowd.newly_ended = self.crowd.newly_ended, []
        return {
            "recorder": self.crowd.recorder.take(), "ended": ended, "open": len(self.crowd.open), "begun": self.crowd.begun,
            "cpu_percent": self._use.percent() if self._use else None,
        }  # fmt: skip

    def close(self) -> None:
        """Stop."""
        if self._moving is not None:
            self._moving.kill()
        self.door.close()
