"""`liantiao cleanup`: what a run created, listed for whoever must clear a real system, or taken away here and looked for again."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from liantiao.cleanup_list import Created, Left, ask_all, created, write_list
from liantiao.sandbox_client import SandboxRun, SandboxServer, ask
from liantiao.showing import Bar
from liantiao.token_option import sendable
from sim.disk import why
from sim.plain import PlainError

SHOWN = 20


class CleanupError(PlainError):
    """Nothing can be cleared; the message says why and what would do."""


class Elsewhere:
    """A server that somebody else has started; as much of `SandboxServer` as a run needs."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the control API. Raises CleanupError."""
        try:
            told = ask(method, self.url + path, body, {"Authorization": f"Bearer {self.token}"})
        except OSError as error:
            raise CleanupError(
                f"连不上沙箱 {self.url}（{error}）；先启动沙箱再核对 --server，或用 --data 给出它的数据文件夹。"
            ) from None
        if not told.ok:
            raise CleanupError(f"沙箱 {self.url} 不给 {path}（{told.status}）；核对 --run 与令牌。")
        return told.body


def cleanup_command(
    run: Annotated[str, typer.Option("--run", help="联调批次")],
    server: Annotated[str, typer.Option("--server", help="沙箱地址")] = "http://127.0.0.1:8900",
    token: Annotated[
        str, typer.Option("--token", envvar="LIANTIAO_TOKEN", callback=sendable, help="控制接口令牌")
    ] = "",
    data: Annotated[
        Path | None, typer.Option("--data", help="沙箱已停时：它的数据文件夹，如 out/load/sandbox/data")
    ] = None,
    first: Annotated[int, typer.Option("--first", help="从哪个办件号起", min=1)] = 1,
    last: Annotated[int, typer.Option("--last", help="到哪个办件号止；0 为到最后")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="把清单写成 CSV，交真实系统一方清理")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="逐件向被测系统查询进度，核对是否清干净")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="删掉沙箱里的批次与报文日志，并核对没有剩下")] = False,
) -> None:
    """列出一个批次在被测系统里办过的件；--verify 查询是否清干净（0 已清、1 仍有、3 无法核对），--delete 删掉批次并核对。"""
    with _server(server, token, data, run) as served:
        at = SandboxRun(served, {"name": run})  # type: ignore[arg-type]  # as much of a server as a run asks of it
        about = at.control("GET", "")
        end = last or about["cases"]
        if not first <= end <= about["cases"]:
            raise CleanupError(f"--first {first} 至 --last {end} 不在批次的 1 至 {about['cases']} 之内。")
        cases = created(at, about, first, end)
        stopped = ""
        if verify:
            with Bar(quiet=False) as bar:
                stopped = ask_all(at, cases, lambda done, total: bar("核对", done, total))
        if out is not None:
            _write(cases, out)
        _show(run, about, cases, first, end)
        if delete:
            _delete(at, data)
    if verify:
        raise typer.Exit(_verdict(cases, stopped))


@contextmanager
def _server(url: str, token: str, data: Path | None, run: str) -> Iterator[SandboxServer | Elsewhere]:
    """Where the run is: the server that runs, or one started on its data folder for now."""
    if data is None:
        yield Elsewhere(url, token)
        return
    if data.name != "data" or not (data / "runs" / run / "plan.json").is_file():
        raise CleanupError(f"{data} 里没有批次“{run}”；--data 是沙箱的数据文件夹，如 out/load/sandbox/data。")
    with SandboxServer(data.parent, token=token) as served:
        yield served


def _write(cases: list[Created], out: Path) -> None:
    try:
        write_list(cases, out)
    except OSError as error:
        raise CleanupError(f"清单 {out} 不能写入（{why(error)}）；换一个 --out。") from None
    print(f"清单：{out}，{len(cases):,} 件")


def _show(run: str, about: dict[str, Any], cases: list[Created], first: int, last: int) -> None:
    counts = f"在册 {about['cases_open']:,}，已结束 {about['cases_finished']:,}，日志 {about['rows']:,} 行"
    print(f"批次 {run}：{counts}；办件号 {first:,} 至 {last:,} 中有人申请的 {len(cases):,} 件")
    for case in cases[:SHOWN]:
        told = "" if case.left == Left.NOT_ASKED else f"  {case.left} {case.remark}"
        print(
            f"  {case.case_no}  受理编号 {case.acceptance_no or '（没有）'}  收件码 {case.receipt_code or '（没有）'}{told}"
        )
    if len(cases) > SHOWN:
        print(f"  …… 其余 {len(cases) - SHOWN:,} 件见 --out 的清单")


def _verdict(cases: list[Created], stopped: str) -> int:
    """Say what is left; the exit code."""
    tally = Counter(case.left for case in cases)
    print(
        "核对："
        + "，".join(f"{left} {tally[left]:,}" for left in Left if tally[left])
        + (f"；{stopped}" if stopped else "")
    )
    if tally[Left.THERE]:
        return 1
    return 3 if tally[Left.UNKNOWN] or tally[Left.NOT_ASKED] else 0


def _delete(at: SandboxRun, data: Path | None) -> None:
    """Take the run away and look for it again. Raises CleanupError."""
    at.delete()
    url = f"{at.server.url}{at.path}"
    left = ask("GET", url, None, {"Authorization": f"Bearer {at.server.token}"})
    if left.status != 404:
        told = json.dumps(left.body, ensure_ascii=False)[:200]
        raise CleanupError(f"批次“{at.name}”删除后仍在（{left.status}）；查看沙箱的输出：{told}")
    if data is not None and (data / "runs" / at.name).exists():
        raise CleanupError(f"批次“{at.name}”删除后，{data / 'runs' / at.name} 还在；手工移走它。")
    print(f"已删除批次 {at.name}，核对无遗留；真实系统里的办件请按清单由其一方清理。")
