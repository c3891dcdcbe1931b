"""What a run created on the systems under test, from the sandbox's journal, and whether it is still there, asked of their portal."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from liantiao.sandbox_client import Reply, SandboxRun
from liantiao.serving.live import run_of
from sim.package import load_package
from sim.runs.plan import RunPlan
from sim.runs.scale import Handling

APPLIED: Final = "portal.apply"
RECEIPT: Final = "gov_platform.start_signing"
REPORTS: Final = ("gov_platform.report_main", "gov_platform.report_package")
ASK: Final = "portal.query_progress"
GONE: Final = frozenset({"no_application", "not_found", "case_unknown"})
PAGE: Final = 1_000
SILENT_IN_A_ROW: Final = 3
"""After so many questions in a row without an answer nobody is there to ask."""
Told = Callable[[int, int], None]


class Left(StrEnum):
    """What is known of a case on the systems under test."""

    NOT_ASKED = "未核对"
    THERE = "仍在"
    GONE = "已清除"
    UNKNOWN = "无法核对"


@dataclass(slots=True)
class Created:
    """One case that a run created: its numbers at the systems under test, its home and its first people."""

    case_no: int
    acceptance_no: str = ""
    receipt_code: str = ""
    unit_code: str = ""
    title_no: str = ""
    contract_no: str = ""
    buyer: str = ""
    seller: str = ""
    left: str = Left.NOT_ASKED
    remark: str = ""


HEADS: Final = {
    "case_no": "办件号", "acceptance_no": "受理编号", "receipt_code": "收件码", "unit_code": "不动产单元代码", "title_no": "权证号",
    "contract_no": "网签合同编号", "buyer": "买方证件号码", "seller": "卖方证件号码", "left": "核对", "remark": "说明",
}  # fmt: skip


def created(run: SandboxRun, about: dict[str, Any], first: int, last: int) -> list[Created]:
    """Every case of these numbers in which somebody has applied, by number."""
    found = {row["case_no"]: Created(row["case_no"]) for row in _rows(run, APPLIED) if first <= row["case_no"] <= last}
    for row in _rows(run, RECEIPT):
        if row["case_no"] in found and row["ref"]:
            found[row["case_no"]].receipt_code = row["ref"]
    for kind in REPORTS:
        for row in _rows(run, kind):
            if row["case_no"] in found and row["ref"]:
                found[row["case_no"]].acceptance_no = row["ref"]
    book = run_of(_plan(about), load_package(about["package"])).book
    for number, case in found.items():
        home = book.dossier(number)
        case.unit_code, case.title_no, case.contract_no = home.unit_code, home.title_no, home.contract_no
        case.buyer, case.seller = home.buyers[0].id_no, home.sellers[0].id_no
    return [found[number] for number in sorted(found)]


def _plan(about: dict[str, Any]) -> RunPlan:
    return RunPlan(
        name=about["name"], package=about["package"], seed=about["seed"], cases=about["cases"], start_ms=about["start_ms"],
        handling=Handling(about["handling"]),
    )  # fmt: skip


def _rows(run: SandboxRun, kind: str) -> Iterator[dict[str, Any]]:
    """All rows of a kind that were taken, oldest first."""
    after: int | None = 0
    while after is not None:
        page = run.control("GET", "/journal", kind=kind, outcome="ok", masked=0, limit=PAGE, after_seq=after)
        yield from page["rows"]
        after = (page["next"] or {}).get("after_seq")


def ask_all(run: SandboxRun, cases: list[Created], tell: Told = lambda done, total: None) -> str:
    """Ask the portal after every case, as its buyers; returns why it could not be gone on with, "" when all were asked."""
    silent = 0
    for n, case in enumerate(cases, 1):
        if not case.receipt_code:
            case.left, case.remark = Left.UNKNOWN, "没有收件码，无从查询"
            continue
        reply = run.call(ASK, {"receipt_code": case.receipt_code}, case=case.case_no, sender="buyer")
        note(case, reply)
        silent = silent + 1 if reply.status in (202, 504) else 0
        if silent == SILENT_IN_A_ROW:
            return f"被测系统连续 {silent} 次没有答复"
        if reply.error == "seat_is_ours":
            return "这个批次的买方由沙箱扮演，不能以申请人查询进度"
        tell(n, len(cases))
    return ""


def note(case: Created, reply: Reply) -> None:
    """What an answer says of a case."""
    if reply.status == 200 and isinstance(reply.body, dict):
        case.left, case.remark = Left.THERE, str(reply.body.get("stage", ""))
        case.acceptance_no = case.acceptance_no or str(reply.body.get("acceptance_no", ""))
    elif reply.error in GONE:
        case.left, case.remark = Left.GONE, ""
    else:
        case.left, case.remark = Left.UNKNOWN, reply.error or "没有答复"


def write_list(cases: list[Created], out: Path) -> None:
    """The list as CSV, for whoever clears a real system. Raises OSError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([HEADS[each.name] for each in fields(Created)])
        rows.writerows(map(astuple, cases))
