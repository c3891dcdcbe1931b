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
from sim.judge.verdict import Result
from sim.plain import PlainError

LONGEST_S = 600
LOUD = {
    Result.BROKEN: "bold red",
    Result.NOT_OBSERVED: "yellow",
    Result.NOT_RUN: "yellow",
    Result.KNOWN_ISSUE: "yellow",
}
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
        told = json.loads(error.read())
        return f"沙箱不答复判定：{told['title']}，{told['detail']}；{told['next_step']}。"
    except (ValueError, KeyError, TypeError):
        return f"沙箱 {url} 答复 {error.code}；核对 --server 与 --run。"


def _show(told: dict[str, Any]) -> None:
    for promise in told["promises"]:
        result = Result(promise["result"])
        counts = f"适用 {promise['applied']:,}，违反 {promise['violations']:,}"
        line = f"{result.title}  {escape(promise['title'])}  {counts}  {escape(promise['note'])}".rstrip()
        _say(f"[{LOUD[result]}]{line}[/]" if result in LOUD else line)
        for each in promise["sample"][:3]:
            _say(f"    办件 {each['case_no']}：{escape(each['evidence'])}")
    tally = Counter(Result(promise["result"]) for promise in told["promises"])
    _say("检核项：" + "，".join(f"{result.title} {count} 项" for result, count in tally.items()))
    _say(f"办件：已开始 {told['begun']:,}，未到终点 {told['open_cases_count']:,}；报文 {told['rows']:,} 条")
    _say(f"时钟：{told['clock']['title']}；真实系统接入的席位：{'、'.join(told['remote']) or '无'}")
    _say(f"故障脚本：{told['faults'] or '无'}")


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)
