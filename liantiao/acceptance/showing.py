"""What `liantiao accept` says on the terminal: what went wrong line by line, then the sums."""

from collections import Counter
from pathlib import Path

from rich.markup import escape

from features.accepting import Acceptance
from features.judging import ScenarioResult
from liantiao.acceptance.files import Written
from liantiao.acceptance.rebuilding import Rebuilt
from liantiao.showing import say
from sim.calendar import parse_day
from sim.judge.verdict import Result

LOUD = {Result.BROKEN: "bold red", Result.NOT_OBSERVED: "yellow", Result.NOT_RUN: "yellow", Result.MANUAL: "cyan"}


def show(acceptance: Acceptance, written: Written, out: Path) -> None:
    """What went wrong line by line, then the sums."""
    for each in acceptance.results:
        if each.result in LOUD and (not each.note or each.note != acceptance.incomplete):
            say(_line(each))
            for step in each.steps:
                if step.check.result is not Result.KEPT:
                    say(
                        f"    那么 {escape(step.text)}：应为 {escape(step.check.expected)}，实际 {escape(step.check.seen)}"
                    )
            if each.note:
                say(f"    {escape(each.note)}")
    if acceptance.incomplete:
        say(f"[bold yellow]未完成（INCOMPLETE）[/] {escape(acceptance.incomplete)}")
    tally = Counter(each.result for each in acceptance.results)
    say("场景：" + "，".join(f"{result.title} {tally[result]}" for result in Result if tally[result]))
    robust = sum(each.robustness for each in acceptance.results)
    say(f"不通过之中：违反条款 {tally[Result.BROKEN] - robust}，健壮性 {robust}")
    promises = Counter(Result(each["result"]) for each in acceptance.verdict["promises"])
    say("检核项：" + "，".join(f"{result.title} {promises[result]}" for result in Result if promises[result]))
    for line in told_given(acceptance):
        say(line)
    say(f"结论：[bold]{written.conclusion.word}[/]  {escape(written.conclusion.because)}")
    say(f"时钟：{acceptance.verdict['clock']['title']}")
    say(f"报文日志摘要 {acceptance.run['journal_sha256']}")
    for name, value in written.hashes.items():
        say(f"  {value[:16]}  {escape(str(out / name))}")


def told_given(acceptance: Acceptance) -> list[str]:
    """What of the things people added does not count, so that nobody has to look for it."""
    given = acceptance.given
    lines = [
        f"[yellow]证据不能作证[/] {'、'.join(each.clauses)}  {escape(each.told)}"
        for each in given.evidence
        if each.faults
    ]
    today = parse_day(given.day) if given.day else 0
    lines += [
        f"[yellow]已知问题已到期[/] {escape(name)}  {escape(issue.expired)}"
        for name, issue in given.known_issues.items() if not issue.excuses(today)
    ]  # fmt: skip
    return lines


def show_rebuilt(rebuilt: Rebuilt) -> None:
    """How the reports made again compare with those that were there."""
    if rebuilt.same:
        say(f"与原有文件逐字节相同：{'、'.join(rebuilt.same)}")
    if rebuilt.changed:
        say(f"[yellow]与原有文件不同，已按日志重写[/]：{'、'.join(rebuilt.changed)}")
    if rebuilt.absent:
        say(f"原先没有、这次写出：{'、'.join(rebuilt.absent)}")
    if rebuilt.other_code:
        say("[yellow]本程序的版本与验收时不同[/]：判定以本版本的步骤与检核项为准。")


def _line(result: ScenarioResult) -> str:
    kind = "（健壮性）" if result.robustness else ""
    scenario = result.scenario
    head = f"[{LOUD[result.result]}]{result.result.title}{kind}[/]"
    return f"{head}  {escape(scenario.title)}  {'、'.join(scenario.clauses)}  办件 {result.case_no}  {scenario.place}"
