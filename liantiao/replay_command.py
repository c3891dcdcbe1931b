"""`liantiao replay`: a 复现包 played again on the reference, and its recorded messages judged again."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from features.capsules import Capsule, failures, read_capsule
from features.replaying import SAME, Replayed, replay
from liantiao.code_version import code_version
from liantiao.directory import directory
from sim.judge.verdict import BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT, Result
from sim.package import load_package

console = Console()


def replay_command(
    file: Annotated[Path, typer.Argument(help="复现包：验收输出 capsules 文件夹里的一个文件", metavar="文件")],
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """重放复现包：在参照系统上再办一遍，并把留存的报文逐条重新判定。"""
    capsule = read_capsule(file)
    package = load_package(capsule.plan.package)
    with TemporaryDirectory(prefix="liantiao-replay-") as folder:
        replayed = replay(capsule, package, Path(folder))
    if as_json:
        print(json.dumps(_told(capsule, replayed), ensure_ascii=False))
    else:
        _show(capsule, replayed)
    raise typer.Exit(exit_code(replayed))


def exit_code(replayed: Replayed) -> int:
    """1 when the recorded messages still break the scenario, 3 when they no longer prove anything, else 0."""
    result = replayed.recorded.result
    if result is Result.BROKEN:
        return BROKEN_EXIT
    return INCOMPLETE_EXIT if result in (Result.NOT_RUN, Result.NOT_OBSERVED) else KEPT_EXIT


def on_reference(capsule: Capsule, replayed: Replayed) -> str:
    """What the reference does with it, in one sentence."""
    if replayed.reference.result is not Result.BROKEN:
        return f"参照系统上不复现：结果是{replayed.reference.result.title}"
    if failures(replayed.reference.as_dict()["steps"]) == failures(capsule.seen["steps"]):
        return "参照系统上同样不通过，未通过之处一字不差"
    return "参照系统上也不通过，但未通过之处不同"


def _show(capsule: Capsule, replayed: Replayed) -> None:
    say = _say
    scenario = capsule.scenario
    say(f"场景  {scenario.title}  {'、'.join(scenario.clauses)}  {scenario.place}")
    say(f"种子 {capsule.plan.seed}，办件 {capsule.case_no}，时钟：{capsule.clock['title']}")
    if capsule.code != code_version():
        say("复现包由另一版本的程序写成，判定可能因此不同。")
    say(on_reference(capsule, replayed))
    say(f"留存的报文重新判定：{replayed.recorded.result.title}（当时：{capsule.seen['result_title']}）")
    for step in replayed.recorded.steps:
        if step.check.result is not Result.KEPT:
            say(f"    那么 {step.text}：应为 {step.check.expected}，实际 {step.check.seen}")
    say("逐条对照（留存的报文，与参照系统同一种报文的同一次）：")
    kinds = directory().kinds
    for each in replayed.messages:
        if each.verdict != SAME:
            known = kinds.get(each.kind)
            title = known.op.title if known is not None else each.kind
            say(f"    {each.way} {title}：{each.verdict}{'，' + each.detail if each.detail else ''}")
    same = sum(each.verdict == SAME for each in replayed.messages)
    say(f"    其余 {same} 条一致")


def _say(line: str) -> None:
    console.print(escape(line), highlight=False, soft_wrap=True)


def _told(capsule: Capsule, replayed: Replayed) -> dict[str, Any]:
    return {
        "scenario": capsule.scenario.id, "title": capsule.scenario.title, "same_code": capsule.code == code_version(),
        "reference": replayed.reference.as_dict(), "on_reference": on_reference(capsule, replayed),
        "recorded": replayed.recorded.as_dict(), "then": dict(capsule.seen), "exit_code": exit_code(replayed),
        "messages": [
            {"seq": each.seq, "way": each.way, "kind": each.kind, "verdict": each.verdict, "detail": each.detail}
            for each in replayed.messages
        ],
    }  # fmt: skip
