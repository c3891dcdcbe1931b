"""`liantiao verdict`: what a server's judge says of a run, for people and for machines."""

import json
from collections import Counter
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import typer
from rich.console import Console
from rich.markup import escape

from liantiao.token_option import sendable
from sim.faces.refusal_words import words_of
from sim.judge.verdict import BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT, Result
from sim.plain import PlainError

LONGEST_S = 600
LOUD = {
    Result.BROKEN: "bold red",
    Result.NOT_OBSERVED: "yellow",
    Result.NOT_RUN: "yellow",
    Result.KNOWN_ISSUE: "yellow",
}
ORDER = (
    Result.BROKEN, Result.KNOWN_ISSUE, Result.NOT_OBSERVED, Result.NOT_RUN, Result.NO_FIGURE, Result.MANUAL, Result.KEPT,
)  # fmt: skip
"""What wants to be looked at first."""
JUDGED = (Result.KEPT, Result.BROKEN, Result.KNOWN_ISSUE)
console = Console()


class VerdictError(PlainError):
    """There is no verdict; the message says why and what would do."""


def verdict_command(
    server: Annotated[str, typer.Option("--server", help="沙箱地址")] = "http://127.0.0.1:8900",
    run: Annotated[str, typer.Option("--run", help="联调批次")] = "demo",
    token: Annotated[
        str, typer.Option("--token", envvar="LIANTIAO_TOKEN", callback=sendable, help="控制接口令牌")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """判定服务上一个联调批次的检核项：结果、适用件数、违反的证据，以及看不到的部分。"""
    told = _asked(f"{server.rstrip('/')}/runs/{run}/verdict", token)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        _show(told)
    raise typer.Exit(told["exit_code"])


def _asked(url: str, token: str) -> Any:
    try:
        with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=LONGEST_S) as response:
            return json.load(response)
    except HTTPError as error:
        raise VerdictError(_refusal(url, error)) from None
    except (URLError, OSError, ValueError) as error:
        raise VerdictError(f"连不上沙箱 {url}（{error}）；先用 liantiao serve 启动，再核对 --server。") from None


def _refusal(url: str, error: HTTPError) -> str:
    try:
        words = words_of(json.loads(error.read()))
    except ValueError:
        words = ""
    return f"沙箱不答复判定：{words}。" if words else f"沙箱 {url} 答复 {error.code}；核对 --server 与 --run。"


def _show(told: dict[str, Any]) -> None:
    _say(f"结论：{conclusion(told)}")
    for promise in sorted(told["promises"], key=lambda each: ORDER.index(Result(each["result"]))):
        result = Result(promise["result"])
        clauses = "、".join(promise["clauses"])
        line = f"{result.title}  {escape(promise['title'])}（{clauses}）{escape(_seen(promise, result))}"
        _say(f"[{LOUD[result]}]{line}[/]" if result in LOUD else line)
        for each in promise["sample"][:3]:
            _say(f"    办件 {each['case_no']}：{escape(each['evidence'])}")
    _say(f"办件：已开始 {told['begun']:,}，未到终点 {told['open_cases_count']:,}；报文 {told['rows']:,} 条")
    _say(f"时钟：{told['clock']['title']}；真实系统接入的席位：{'、'.join(told['remote']) or '无'}")
    _say(f"故障脚本：{told['faults'] or '无'}")


def conclusion(told: dict[str, Any]) -> str:
    """A verdict in one line: what its exit code says, and how many promises came out how."""
    tally = Counter(Result(promise["result"]) for promise in told["promises"])
    to_end, broken = told["open_cases_count"] + told["planned"] - told["begun"], tally[Result.BROKEN]
    words = {
        KEPT_EXIT: "没有违反",
        BROKEN_EXIT: f"违反 {broken} 项",
        INCOMPLETE_EXIT: f"未完成，{to_end:,} 件还没有到终点，此外没有违反；办完再判",
    }
    return f"{words[told['exit_code']]}。" + "，".join(
        f"{each.title} {tally[each]} 项" for each in ORDER if tally[each]
    )


def _seen(promise: dict[str, Any], result: Result) -> str:
    """How much a promise was judged by, or why it was not."""
    judged = (
        f"适用 {promise['applied']:,} {promise['unit']}，违反 {promise['violations']:,}" if result in JUDGED else ""
    )
    return "".join(f"  {each}" for each in (judged, promise["note"]) if each)


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)
