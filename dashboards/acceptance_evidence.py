"""The evidence of an acceptance page: documents that people attached to clauses, and why one of them proves nothing."""

from html import escape
from typing import Any, Final

Record = dict[str, Any]
COLUMNS: Final = ("状态", "条款", "种类", "编号", "出具单位", "出具与有效期", "文件与摘要", "评审人、复核人")
NONE: Final = "<p class=none>没有附证据文件。要有文件才能判定的条款，用 --evidence 附上（docs/reviewing.md）。</p>"
VALID, VOID = '<span class="badge good">有效</span>', '<span class="badge bad">不能作证</span>'


def attached(record: Record) -> list[Record]:
    """Every document once, in the order of the clauses it is attached to."""
    found: list[Record] = []
    for clause in record["clauses"]:
        found += [each for each in clause["evidence"] if each not in found]
    return found


def evidence_table(record: Record) -> str:
    """The documents as a table, what their kind asks for besides below the number."""
    documents = attached(record)
    if not documents:
        return NONE
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    return f"<table class=evidence><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, documents))}</tbody></table>"


def _row(each: Record) -> str:
    more = "".join(f"<small>{escape(name)} {escape(str(value))}</small>" for name, value in each["more"].items())
    why = "".join(f"<small>{escape(fault)}</small>" for fault in each["faults"])
    clauses = "".join(f'<a href="#c-{escape(name)}"><code>{escape(name)}</code></a> ' for name in each["clauses"])
    cells = (
        f"{VALID if each['valid'] else VOID}{why}", clauses,
        escape(each["kind"]), f"{escape(each['number'])}{more}", escape(each["issuer"]),
        f"{escape(each['issued'])}<small>至 {escape(each['expires'])}</small>",
        f"{escape(each['file'])}<small class=mono title=\"{escape(each['sha256'])}\">{escape(each['sha256'][:16])}…</small>",
        f"{escape(each['reviewer'])}<small>{escape(each['second_reviewer'])}</small>",
    )  # fmt: skip
    labelled = zip(("", *COLUMNS[1:]), cells, strict=True)  # a phone has no room for a head
    return f"<tr>{''.join(f'<td data-label={name}>{cell}</td>' if name else f'<td>{cell}</td>' for name, cell in labelled)}</tr>"
