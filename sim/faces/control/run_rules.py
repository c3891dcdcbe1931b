"""What a run may be made from: each setting that will not do is named, with the rule and the nearest valid choice."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from sim.faces.control.errors import Refusal
from sim.faces.control.shapes import NewRun
from sim.faces.refusals import Problem, listed
from sim.runs.scale import Handling

HOLDERS = ("portal", "registry")
"""The seats that hold a stock."""
STARTS = ("http://", "https://")
FILE_NAME = re.compile(r"[\w][\w.-]{0,80}\.toml")


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name most like this one, if one is like it at all."""
    found = get_close_matches(name, list(known), 1, 0.3)
    return found[0] if found else None


def fault(
    path: str, code: str, message: str, rule: str, near: str | None = None, next_step: str = ""
) -> dict[str, Any]:
    """One field of a control request that will not do."""
    step = next_step or (f"改为“{near}”" if near else f"按规则更正：{rule}")
    return {"path": path, "code": code, "message": message, "rule": rule, "nearest": near, "next_step": step}


def bad_request(fields: list[dict[str, Any]]) -> Problem:
    """A control request some of whose fields will not do."""
    detail = "；".join(f"{each['path']}：{each['message']}" if each["path"] else each["message"] for each in fields)
    return Problem(400, "bad_request", "请求不合要求", detail, fields[0]["next_step"], tuple(fields))


def check_new_run(new: NewRun, seats: Collection[str], packages: Collection[str], kinds: Collection[str]) -> None:
    """Raise Refusal for a package or a seat that there is not, for an address that is none, or for a clock that the real
    systems have not said they follow."""
    found = [
        *_package(new, packages),
        *_remote(new, seats),
        *_clock(new),
        *_terms(new),
        *_dialects(new),
        *_by_hand(new, kinds),
        *_stock(new),
        *_share(new),
    ]
    if found:
        raise Refusal(bad_request(found))


def _package(new: NewRun, packages: Collection[str]) -> list[dict[str, Any]]:
    if new.package in packages:
        return []
    message = f"没有套餐“{new.package}”"
    return [fault("package", "package_unknown", message, f"套餐有：{listed(packages)}", nearest(new.package, packages))]


def _remote(new: NewRun, seats: Collection[str]) -> list[dict[str, Any]]:
    found = []
    for seat, address in new.remote.items():
        path = f"remote.{seat}"
        if seat not in seats:
            found.append(
                fault(path, "seat_unknown", f"没有席位“{seat}”", f"席位有：{listed(seats)}", nearest(seat, seats))
            )
        if address and not address.startswith(STARTS):
            rule = "地址以 http:// 或 https:// 开头；没有地址的席位留空，用收件箱"
            found.append(fault(path, "bad_address", f"地址“{address}”不是 HTTP 地址", rule))
    return found


def _stock(new: NewRun) -> list[dict[str, Any]]:
    """The stock lies with the reference, and leaves cases to be begun."""
    found = []
    if new.stock >= new.cases:
        rule = f"stock 小于 cases：存量占办件号 1 至 {new.stock:,}，其后的才能办理"
        message = f"存量 {new.stock:,} 占去了全部 {new.cases:,} 个办件号"
        found.append(fault("stock", "stock_too_large", message, rule, next_step="调小 stock，或调大 cases"))
    if new.stock and all(seat in new.remote for seat in HOLDERS):
        rule = f"存量由本服务扮演的 {listed(HOLDERS)} 持有；真实系统的存量用 liantiao stock export 导出后由其一方装入"
        found.append(fault("stock", "seat_is_remote", "持有存量的席位都由外部接入", rule, next_step="去掉 stock"))
    return found


def _share(new: NewRun) -> list[dict[str, Any]]:
    if new.share < new.among:
        return []
    rule = "share 是余数，从 0 起，应小于 among"
    return [fault("share", "no_such_share", f"{new.among} 个沙箱分担，没有余 {new.share} 的一份", rule)]


def _by_hand(new: NewRun, kinds: Collection[str]) -> list[dict[str, Any]]:
    rule = "由人办理的是真实系统收的操作，名称见报文清单"
    return [
        fault(f"by_hand.{name}", "kind_unknown", f"没有操作“{name}”", rule, nearest(name, kinds))
        for name in new.by_hand if name not in kinds
    ]  # fmt: skip


def _dialects(new: NewRun) -> list[dict[str, Any]]:
    found = []
    for seat, name in new.dialects.items():
        if seat not in new.remote:
            rule = f"由真实系统接入的席位才有接口适配；它们是：{listed(new.remote)}"
            found.append(
                fault(f"dialects.{seat}", "seat_is_ours", f"席位“{seat}”不由外部接入", rule, nearest(seat, new.remote))
            )
        if name not in new.dialect_files:
            rule = f"文件内容放在 dialect_files；其中有：{listed(new.dialect_files)}"
            found.append(
                fault(
                    f"dialects.{seat}",
                    "dialect_missing",
                    f"没有接口适配“{name}”的内容",
                    rule,
                    nearest(name, new.dialect_files),
                )
            )
    for name in new.dialect_files:
        if not FILE_NAME.fullmatch(name):
            rule = "只用字母、数字、汉字、点、连字符和下划线，以 .toml 结尾"
            found.append(fault(f"dialect_files.{name}", "bad_shape", f"“{name[:60]}”不是文件名", rule))
    return found


def _clock(new: NewRun) -> list[dict[str, Any]]:
    if new.factor == 1 or not new.remote or new.follower or new.follows_clock:
        return []
    rule = "有外部接入的席位时，倍率只能是 1，除非对方声明跟随本批次的时钟（设计 §6）"
    step = "把 factor 设为 1，或声明 follows_clock=true，或给出 follower；要快些可改用 handling=short"
    return [fault("factor", "clock_not_followed", f"倍率 {new.factor:g} 需要对方跟随时钟", rule, "1", step)]


def _terms(new: NewRun) -> list[dict[str, Any]]:
    if new.term_factor == 1 or new.handling is not Handling.REAL:
        return []
    rule = "handling 为 real 时期限与现实一样长，没有缩短，也就不放长"
    step = "把 term_factor 设为 1，或改用 handling=instant"
    return [fault("term_factor", "terms_not_shortened", f"期限不能放长到 {new.term_factor} 倍", rule, "1", step)]
