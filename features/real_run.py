"""Playing with a real system: the sandbox opens its doors, the system is asked whether it is there, and people apply."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from features.by_hand import WorkList
from features.dealing import cases_in
from features.observing import report
from features.over_http import begin, created, until_over
from features.playing import RUN, Play
from features.reach import sentence, trouble_at
from features.waiting import Limits
from liantiao.sandbox_client import SandboxRun, SandboxServer
from sim.clock import Stopwatch, let_pass
from sim.runs.plan import Pace
from sim.runs.scale import Handling
from sim.runs.troubles import TROUBLES

if TYPE_CHECKING:
    from features.real import Real, Tell

LOOK_MS: Final = 500
"""How often a live run is looked at."""
JOIN_S: Final = 600.0
"""How long a system that joins by itself is waited for."""
FIRST_ANSWER_S: Final = 30.0
"""How long the first scenario is waited for to have spoken to a real system before the others begin all the same."""
PASSING: Final = frozenset({"asked_again", "cannot_encode", "unknown_code", "bad_value"})
"""Troubles that do not say that the system as a whole does not answer."""
NO_SCENARIO: Final = "没有可以执行的场景，原因见各场景"
INTERRUPTED: Final = "评审人中断了执行，只判到中断为止"


@dataclass(frozen=True, slots=True)
class PlayedReal:
    """What is left of it: the journal, what the sandbox tells of the run, why nothing could be played, why not all was."""

    journal: Path
    about: Mapping[str, Any]
    nothing: str = ""
    cut_short: str = ""
    bound: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of cases that were only observed, the number that was bound to each and who did it (`features.binding`)."""
    overdue: Mapping[str, float] = field(default_factory=dict)
    """Cases that had not ended when their scenario's time was over, and how many seconds that was."""


def play_real(play: Play, folder: Path, real: "Real", told: "Tell") -> PlayedReal:
    """Open the sandbox, see that the system is there, play, wait; the sandbox is stopped afterwards. Raises SandboxError."""
    journal = folder / "sandbox" / "data" / "runs" / RUN / "journal.db"
    if not play.parts:
        return PlayedReal(journal, {}, NO_SCENARIO)
    place = ("--port", str(real.port), "--host", real.host)
    with SandboxServer(folder / "sandbox", *place, token=real.token) as sandbox:
        run = run_on(sandbox, play, real)
        cut_short, limits = "", Limits((), real)
        try:
            why = absent(run, real) or _first_answer(run, play, real)
            if why:
                return PlayedReal(journal, {}, why)
            begin_all(run, play, real)
            limits = Limits(play.parts, real)
            cut_short = wait(run, play, real, told, limits)
        except KeyboardInterrupt:
            cut_short = INTERRUPTED
        if real.observations is not None:
            report(run, real.observations)
        overdue = {str(number): seconds for number, seconds in limits.overdue.items()}
        return PlayedReal(journal, run.control("GET", "/verdict"), "", cut_short, overdue=overdue)


def run_on(sandbox: SandboxServer, play: Play, real: "Real") -> SandboxRun:
    """The run of a play with a real system, told to whoever has to set that system up."""
    pace = Pace.STEPPED if real.follows_clock else Pace.LIVE
    settings: dict[str, Any] = {
        "pace": pace, "handling": real.handling, "office_hours": real.handling is Handling.REAL,
        "follows_clock": real.follows_clock, "dialects": dict(real.dialects), "dialect_files": dict(real.dialect_files),
        "by_hand": [each.operation for each in real.manifest.manual],
    }  # fmt: skip
    if not real.follows_clock:
        settings["start_ms"] = None
    run = created(sandbox, play, real.seats, **settings)
    real.say(f"沙箱已就绪。请把被测系统里各部门的地址配成 {run.base_url}/<席位>，如 {run.url('tax')}；")
    real.say("每个请求带 X-Sender（您的席位）与 X-Case-No（办件号），详见 docs/acceptance.md。")
    return run


# ---- is it there ---------------------------------------------------------------------------------------------------------
def absent(run: SandboxRun, real: "Real") -> str:
    """Why nothing can be played with the real system, "" where it is there."""
    return _joined(run, real) if "" in real.remote.values() else _answers(real.remote, real.say)


def _answers(remote: Mapping[str, str], say: Callable[[str], None]) -> str:
    """Why the systems at these addresses cannot be judged, "" where all of them answer."""
    codes = {address: trouble_at(address) for address in dict.fromkeys(remote.values())}
    found = [sentence(f"{seat} {address}", codes[address]) for seat, address in remote.items() if codes[address]]
    if not found:
        say("被测系统有应答，开始办理。")
    return "；".join(found)


def _joined(run: SandboxRun, real: "Real") -> str:
    """Wait until a system that joins by itself has told us where its seats are."""
    real.say(f"等候被测系统接入：POST {run.base_url}/attach（参照系统用 --sandbox {run.base_url}）。")
    watch = Stopwatch()
    while True:
        addresses = run.control("GET", "")["addresses"]
        missing = [seat for seat in real.remote if not addresses.get(seat)]
        if not missing:
            return ""
        if watch.seconds > min(JOIN_S, real.limit_s or JOIN_S):
            return f"席位 {'、'.join(missing)} 一直没有接入；请被测系统接入 {run.base_url}/attach，或用 --real 写明地址"
        let_pass(LOOK_MS)


def _first_answer(run: SandboxRun, play: Play, real: "Real") -> str:
    """Begin one case and see whether its first message to a real system is understood at all; why not, "" where it is."""
    first = play.parts[0].cases[0].number
    run.control("POST", "/cases", {"numbers": [first], "at_arrival": False})
    watch = Stopwatch()
    while watch.seconds < FIRST_ANSWER_S:
        if real.follows_clock:
            run.advance(60_000)
        for row in run.journal(case_no=first):
            code = row["outcome"].removeprefix("fault:")
            if row["receiver"] in real.remote and row["sender"] not in real.remote:
                return sentence(f"第一条报文“{row['title']}”发往 {row['receiver']}", code) if _is_deaf(code) else ""
        let_pass(LOOK_MS)
    return ""


def _is_deaf(code: str) -> bool:
    return code in TROUBLES.keys() - PASSING or code.startswith("http_4")


# ---- going on ------------------------------------------------------------------------------------------------------------
def begin_all(run: SandboxRun, play: Play, real: "Real") -> None:
    """People apply in every scenario, on their days where time can be moved."""
    if real.follows_clock:
        begin(run, play)
    else:
        numbers = [each.number for part in play.parts for each in part.cases]
        run.control("POST", "/cases", {"numbers": numbers, "at_arrival": False})


def wait(run: SandboxRun, play: Play, real: "Real", told: "Tell", limits: Limits) -> str:
    """Until every scenario has ended or its limit is reached, and then for what is fetched periodically; why it broke off."""
    total = cases_in(play.parts)
    if real.follows_clock:
        until_over(run, play, lambda over: told("办理", min(over, total), total))
        run.advance(real.manifest.longest_poll_ms)
        return ""
    watch, desk = Stopwatch(), WorkList(run, play, real)
    while True:
        about = run.control("GET", "", going=True)
        told("办理", min(about["cases_ended"], total), total)
        if about["broken"]:
            return f"联调批次中断：{about['broken']}"
        if desk.look():
            watch = Stopwatch()  # waiting for people does not run down our limits
        if not limits.wait_for(about["open_cases"], watch.seconds):
            break
        let_pass(LOOK_MS)
    let_pass(real.manifest.longest_poll_ms)
    return ""
