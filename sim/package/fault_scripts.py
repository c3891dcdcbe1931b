"""A package's named fault scripts, read into faults."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.calendar import HOUR_MS, MINUTE_MS, CalendarError, format_time, local_ms, parse_clock
from sim.faults import CHANGING, DELAYING, Effect, Fault
from sim.package.tables import PackageError, Table, read_file

DELAY_NEEDED = {Effect.LATE, Effect.SLOW}
DELAY_ALLOWED = DELAYING
ERROR_NEEDED = {Effect.REFUSED, Effect.BUSINESS}
EFFECTS: Mapping[Effect, str] = {
    Effect.LOST: "丢失：没有送到，发送方按间隔再发",
    Effect.LATE: "迟到：晚一段时间才送到",
    Effect.DUPLICATED: "重复：隔一会儿又送到一次",
    Effect.REORDERED: "次序颠倒：后发的先送到",
    Effect.REFUSED: "接口拒绝：接口报错，没有进入业务，发送方按间隔再发",
    Effect.OUTAGE: "停机：时段内一律送不到，发送方按间隔再发",
    Effect.SLOW: "缓慢：应答慢，晚一会儿才送到",
    Effect.WRONG_AMOUNT: "金额不符：报文中的金额差了 1 至 999 分",
    Effect.BAD_SIGNATURE: "签名不符：发给真实系统的报文签名是错的；对方应当拒收，发送方按间隔再发",
    Effect.STALE: "时间戳过期：发给真实系统的报文时间戳超出允许的偏差；对方应当拒收，发送方按间隔再发",
    Effect.MALFORMED: "报文残缺：发给真实系统的报文或给它的应答不是完整的 JSON；沙箱内部则没有收下，发送方按间隔再发",
    Effect.HTTP_ERROR: "接口报错 5xx：没有进入业务，真实系统收到所选的 HTTP 状态码，发送方再发",
    Effect.RESET: "连接中断：没有进入业务，真实系统的连接被断开，发送方再发",
    Effect.NEVER: "收到而不答：已进入业务，发送方等不到应答，会再发一次",
    Effect.ALTERED: "字段改动：送到的报文里，changes 所写的字段成了所写的值",
    Effect.STRAY: "张冠李戴：原报文照常送到，另有一份改了 changes 所写字段的也送到",
    Effect.BUSINESS: "业务退回（不是技术故障）：部门依规退回，错误码由 error 选定，发送方收到退回",
}
"""What each effect does to a message, for people."""
FAULT_KEYS = "seat share from to hours delay error count total case status changes"
STATUSES = (500, 502, 503)


@dataclass(frozen=True, slots=True)
class FaultScript:
    """Faults that are at work together, under one name."""

    id: str
    title: str
    faults: tuple[Fault, ...]
    titles: tuple[str, ...]  # one beside each fault: what people read
    sources: tuple[str, ...]  # likewise


def read_fault_scripts(folder: Path, seats: Collection[str]) -> dict[str, FaultScript]:
    """The fault scripts of a package by name."""
    scripts = read_file(folder, "faults.toml", "scripts").table("scripts")
    return {name: _script(name, entry, seats) for name, entry in scripts.tables("title faults")}


def _script(name: str, entry: Table, seats: Collection[str]) -> FaultScript:
    rows = list(entry.rows("faults", "name title effect operation source", FAULT_KEYS))
    faults = tuple(read_fault(row, seats) for row in rows)
    names = [fault.name for fault in faults]
    for repeated in {each for each in names if names.count(each) > 1}:
        # The draws of a fault are told apart by its name alone.
        raise PackageError(f"{entry.place} 中有两个故障都叫“{repeated}”，请改名。")
    titles, sources = (tuple(row.text(key) for row in rows) for key in ("title", "source"))
    return FaultScript(name, entry.text("title"), faults, titles, sources)


def when_it_strikes(fault: Fault) -> str:
    """How often, at which hours and on which days a fault strikes, for people."""
    said = [f"每条 {fault.share:.1%} 的机会" if fault.share < 1 else "每条都中"]
    if fault.most is not None:
        said.append(f"每件至多 {fault.most} 次")
    if fault.total is not None:
        said.append(f"总共至多 {fault.total} 次")
    if fault.cases:
        said.append("只限办件 " + "、".join(map(str, fault.cases)))
    if fault.daily_ms is not None:
        said.append("每日 " + "–".join(f"{ms // HOUR_MS:02}:{ms % HOUR_MS // MINUTE_MS:02}" for ms in fault.daily_ms))
    if fault.window_ms is not None:
        said.append(" 至 ".join(format_time(ms)[:16].replace("T", " ") for ms in fault.window_ms))
    return "，".join(said)


def read_fault(row: Table, seats: Collection[str]) -> Fault:
    """One fault as a table tells it. Raises PackageError, which names the place, the key and the nearest valid name."""
    effect = Effect(row.name("effect", list(Effect), "故障效果"))
    given = row.entries
    if effect in DELAY_NEEDED and "delay" not in given:
        raise PackageError(f"{row.place} 的效果是 {effect}，缺少键“delay”，请写明晚多久。")
    if effect not in DELAY_ALLOWED and "delay" in given:
        raise PackageError(f"{row.place} 的效果是 {effect}，不用键“delay”，请删去。")
    if (effect in ERROR_NEEDED) != ("error" in given):
        raise PackageError(f"{row.place} 的键“error”只用于效果 refused 与 business，且不可缺少，请核对。")
    if "status" in given and effect is not Effect.HTTP_ERROR:
        raise PackageError(f"{row.place} 的键“status”只用于效果 http_error，请删去。")
    if (effect in CHANGING) != ("changes" in given):
        raise PackageError(f"{row.place} 的键“changes”只用于效果 altered 与 stray，且不可缺少，请核对。")
    return Fault(
        name=row.text("name"),
        effect=effect,
        operation=_operation(row, seats),
        seat=row.name("seat", seats, "对接系统") if "seat" in given else "",
        share=row.share("share") if "share" in given else 1.0,
        window_ms=_window_ms(row),
        daily_ms=_daily_ms(row),
        delay=row.duration("delay") if "delay" in given else None,
        error=row.text("error") if "error" in given else "",
        most=row.whole("count", 1) if "count" in given else None,
        total=row.whole("total", 1) if "total" in given else None,
        cases=_cases(row),
        status=_status(row) if effect is Effect.HTTP_ERROR else 0,
        title=row.text("title") if "title" in given else "",
        changes=_changes(row) if "changes" in given else (),
    )


def _changes(row: Table) -> tuple[tuple[str, Any], ...]:
    """Paths and values; whether such a path is in the message is for whoever knows the messages."""
    given = row.entries["changes"]
    if not isinstance(given, dict) or not given:
        row.complain("changes", '应当是字段路径与值，如 { "charges.0.amount_fen" = -500 }')
    return tuple(given.items())


def _cases(row: Table) -> tuple[int, ...]:
    """One case number or a list of them."""
    given = row.entries.get("case", [])
    numbers = given if isinstance(given, list) else [given]
    if any(isinstance(each, bool) or not isinstance(each, int) or each < 1 for each in numbers):
        row.complain("case", "应当是办件号或办件号的列表")
    return tuple(numbers)


def _status(row: Table) -> int:
    status = row.entries.get("status", STATUSES[0])
    if status not in STATUSES:
        row.complain("status", f"应当是 {'、'.join(map(str, STATUSES))} 之一")
    return int(status)


def _operation(row: Table, seats: Collection[str]) -> str:
    operation = row.text("operation")
    seat = operation.partition(".")[0]
    if "*" not in seat:
        row.one_of(seat, seats, "对接系统")
    return operation


def _window_ms(row: Table) -> tuple[int, int] | None:
    if "from" not in row.entries and "to" not in row.entries:
        return None
    ends = [row.entries.get(key) for key in ("from", "to")]
    try:
        first, last = (local_ms(end) if isinstance(end, datetime) else None for end in ends)
    except CalendarError as error:
        raise PackageError(f"{row.place} 的 from、to 有误：{error}") from None
    if first is None or last is None or first >= last:
        raise PackageError(f"{row.place} 的 from、to 应当是先后两个本地时间，请写成 2021-03-15T08:30:00 的样式。")
    return first, last


def _daily_ms(row: Table) -> tuple[int, int] | None:
    if "hours" not in row.entries:
        return None
    start, end = row.span("hours")
    try:
        return parse_clock(start), parse_clock(end)
    except CalendarError as error:
        raise PackageError(f"{row.place} 的 hours 有误：{error}") from None
