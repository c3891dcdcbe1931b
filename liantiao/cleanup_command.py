"""`liantiao cleanup`: what a run created, listed for whoever must clear a real system, or taken away here and looked for again."""

import csv
import json
from pathlib import Path
from typing import Annotated

import typer

from liantiao.live import run_of
from liantiao.sandbox_client import ask
from sim.package import load_package
from sim.runs.plan import RunPlan
from sim.runs.scale import Handling

COLUMNS = ("case_no", "unit_code", "title_no", "contract_no", "buyer", "seller")


class CleanupError(Exception):
    """Nothing can be cleared; the message says why and what would do."""


def cleanup_command(
    run: Annotated[str, typer.Option("--run", help="联调批次")],
    server: Annotated[str, typer.Option("--server", help="沙箱地址")] = "http://127.0.0.1:8900",
    token: Annotated[str, typer.Option("--token", envvar="LIANTIAO_TOKEN", help="控制接口令牌")] = "",
    first: Annotated[int, typer.Option("--first", help="从哪个办件号起", min=1)] = 1,
    last: Annotated[int, typer.Option("--last", help="到哪个办件号止；0 为到最后")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="把清单写成 CSV，交真实系统一方清理")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="删掉沙箱里的批次与报文日志，并核对没有剩下")] = False,
) -> None:
    """列出一个批次用过的房屋与办件；加 --delete 删掉批次并核对。"""
    base, head = f"{server.rstrip('/')}/runs/{run}", {"Authorization": f"Bearer {token}"}
    try:
        about = ask("GET", base, None, head)
    except OSError as error:
        raise CleanupError(f"连不上沙箱 {server}（{error}）；先启动沙箱，再核对 --server。") from None
    if not about.ok:
        raise CleanupError(f"沙箱没有给出批次“{run}”（{about.status}）；核对 --run 与令牌。")
    told = about.body
    end = last or told["cases"]
    if not first <= end <= told["cases"]:
        raise CleanupError(f"--first {first} 至 --last {end} 不在批次的 1 至 {told['cases']} 之内。")
    if out is not None:
        write_list(told, first, end, out)
        print(f"清单：{out}，办件 {first} 至 {end}")
    counts = f"在册 {told['cases_open']:,}，已结束 {told['cases_finished']:,}，日志 {told['rows']:,} 行"
    print(f"批次 {run}：办件号至 {told['cases']:,}，{counts}")
    if not delete:
        return
    ask("DELETE", base, None, head)
    left = ask("GET", base, None, head)
    if left.status != 404:
        raise CleanupError(
            f"批次“{run}”删除后仍在（{left.status}）；查看沙箱的输出：{json.dumps(left.body, ensure_ascii=False)[:200]}"
        )
    print(f"已删除批次 {run}，核对无遗留；真实系统里的办件请按清单由其一方清理。")


def write_list(about: dict[str, object], first: int, last: int, out: Path) -> None:
    """Every case with the home and the people it used, drawn again from seed and number."""
    plan = RunPlan(
        name=str(about["name"]), package=str(about["package"]), seed=int(str(about["seed"])), cases=int(str(about["cases"])),
        start_ms=int(str(about["start_ms"])), handling=Handling(str(about["handling"])),
    )  # fmt: skip
    book = run_of(plan, load_package(plan.package)).book
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(first, last + 1):
            home = book.dossier(number)
            rows.writerow(
                [number, home.unit_code, home.title_no, home.contract_no, home.buyers[0].id_no, home.sellers[0].id_no]
            )
