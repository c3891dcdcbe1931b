"""What a fault is laid with over the control API, and whether it can strike anything in a run."""

import json
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticSerializationError

from sim.alterations import altered, check_path
from sim.faces.bodies import BodyError, body_of
from sim.faces.doors import Directory
from sim.faces.error_list import errors_of
from sim.faces.hosted import Hosted
from sim.faults import ALWAYS_DECLARED, Effect, Fault
from sim.message import Message, Operation, Shape
from sim.package.fault_scripts import read_fault
from sim.package.tables import PackageError, Table, nearest

PLACE = "故障"
SIGNED = (Effect.BAD_SIGNATURE, Effect.STALE)


class NewFault(BaseModel):
    """A fault, in the words of a package's `faults.toml`.

    `count` bounds its strikes in each case, `total` in the whole run. Both go on counting while a fault of that name is at
    work; `total` begins anew when it is laid anew.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="故障名，日志中记为 fault:名字")
    title: str = Field(default="", max_length=100, description="给人看的名字")
    effect: str = Field(description="效果，GET …/faults 列出全部")
    operation: str = Field(default="*", description="报文，如 unionpay.payment_notice，可用通配符")
    seat: str = Field(default="", description="只限这个接收方")
    share: float | None = Field(default=None, description="每条报文被击中的机会，0 至 1")
    case: int | list[int] | None = Field(default=None, description="只限这些办件号")
    since: datetime | None = Field(default=None, alias="from", description="从何时起（本地时间）")
    to: datetime | None = Field(default=None, description="到何时止")
    hours: list[str] | None = Field(default=None, description='每日时段，如 ["22:00", "06:00"]')
    count: int | None = Field(default=None, description="每件至多击中几次")
    total: int | None = Field(default=None, description="本批次总共至多击中几次")
    delay_ms: int | None = Field(default=None, ge=0, description="晚多久（固定毫秒数）")
    delay: dict[str, Any] | None = Field(default=None, description="晚多久（分布），写法同 faults.toml")
    error: str = Field(default="", description="refused 的错误，或 business 的退回错误码")
    changes: dict[str, Any] | None = Field(default=None, description="altered、stray 改动的字段：路径与值")
    status: int | None = Field(default=None, description="http_error 的状态码：500、502、503")


def read_new(new: NewFault, directory: Directory) -> Fault:
    """The fault; raises PackageError, in Chinese, with the nearest valid name."""
    given = {name: value for name, value in new.model_dump(by_alias=True).items() if value not in (None, "")}
    for key in ("from", "to"):
        if key in given and given[key].tzinfo is not None:
            raise PackageError(f"{PLACE}的 {key} 按本地时间填写，不带时区，如 2024-11-20T08:30:00。")
    fixed = given.pop("delay_ms", None)
    if fixed is not None:
        if "delay" in given:
            raise PackageError(f"{PLACE}的 delay_ms 与 delay 只写其一。")
        given["delay"] = {"fixed_ms": fixed}
    if "delay" in given:
        given["delay"] = {"clock": "elapsed", "source": "控制接口", **given["delay"]}
    row = Table(given, PLACE)
    operation = row.text("operation")
    names = [name for name, op in operations(directory).items() if op.shape is not Shape.TIMER]
    if not any(fnmatchcase(name, operation) for name in names):
        raise PackageError(f"{PLACE}中没有报文“{operation}”，{nearest(operation, names)}。")
    return read_fault(row, directory.seats)


def operations(directory: Directory) -> dict[str, Operation]:
    """Every operation by name."""
    return {name: kind.op for name, kind in directory.kinds.items()}


def misfit(fault: Fault, found: Hosted, directory: Directory) -> str:
    """Why a fault could never strike in this run, in Chinese; "" when it can."""
    remote = found.run.plan.remote
    ops = [op for name, op in operations(directory).items() if fnmatchcase(name, fault.operation)]
    if fault.effect in SIGNED and found.keys.all_open:
        return f"本批次的报文不签名（scheme=open），效果 {fault.effect} 无从谈起；以 hmac-sha256 等方式重建批次"
    if fault.effect in SIGNED and not remote:
        return f"效果 {fault.effect} 只作用于发给真实系统的报文，而本批次没有由外部接入的席位"
    if fault.effect is Effect.WRONG_AMOUNT and not any(op.amount for op in ops):
        return f"报文“{fault.operation}”没有金额，效果 wrong_amount 无从谈起"
    if fault.changes and (wrong := _wrong_path(fault, ops, directory)):
        return wrong
    if fault.effect is Effect.BUSINESS:
        requests = [op for op in ops if op.shape is Shape.REQUEST]
        codes = sorted({error.code for op in requests for error in errors_of(op)} | ALWAYS_DECLARED)
        if not requests:
            return f"“{fault.operation}”中没有请求，部门只能退回请求"
        if not any(fault.fits(op) for op in requests):
            return f"“{fault.operation}”没有错误码“{fault.error}”，{nearest(fault.error, codes)}；全部错误码：{'、'.join(codes)}"
        if fault.seat in remote:
            return f"席位 {fault.seat} 由真实系统接入，退回与否由它自己决定"
    if not any(_fits_somewhere(fault, op, bool(remote)) for op in ops):
        return f"效果 {fault.effect} 对报文“{fault.operation}”没有意义"
    return ""


def _wrong_path(fault: Fault, ops: list[Operation], directory: Directory) -> str:
    """Why a changed field is in none of the messages, or can have the value in none."""
    why = unsayable = ""
    for op in ops:
        kind = directory.kinds[op.name]
        try:
            for path, _ in fault.changes:
                check_path(kind, path)
            _still_said(kind, fault)
        except BodyError as error:
            unsayable = f"改动后的“{op.title}”不成报文：{error}"
        except ValueError as error:
            why = str(error)
        else:
            return ""
    return unsayable or why


def _still_said(kind: type[Message], fault: Fault) -> None:
    """Raise BodyError for values that this kind of message cannot have, shown on its example."""
    body = body_of(kind)
    example = body.parse(json.dumps(body.example(), ensure_ascii=False).encode())
    try:
        raw = body.dump(altered(example, fault.changes))
    except (PydanticSerializationError, UserWarning) as error:
        raise ValueError(f"改动的值类型不对：{str(error)[:200]}") from None
    body.parse(raw)


def _fits_somewhere(fault: Fault, op: Operation, border: bool) -> bool:
    ways = [{}, *([{"to_remote": True}, {"from_remote": True}] if border else [])]
    return any(fault.fits(op, **way) for way in ways)
