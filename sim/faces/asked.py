"""What a request says outside its body: the segments of its path and the pairs of its query, as their senders wrote them."""

from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from sim.faces.bodies import BodyError, FieldError
from sim.faces.doors import Door
from sim.faces.wire import Scope, WireError

BAD_PATH: Final = (400, "bad_path", "路径不是 UTF-8 的百分号编码", "先按 UTF-8 编码，再作百分号编码")
TWICE: Final = (400, "duplicate_header", "请求头重复", "X- 开头的请求头每个只带一次")


def segments(scope: Scope, path: str) -> list[str] | None:
    """The path's segments below the seat, each decoded by itself; None where nothing is encoded and `path` says it all.

    Raises WireError for what is no UTF-8, and for headers of ours that are there twice.
    """
    names = [name for name, _ in scope["headers"]]
    if len(set(names)) != len(names) and any(name[:2] == b"x-" and names.count(name) > 1 for name in names):
        raise WireError(*TWICE)
    raw: bytes = scope["raw_path"]
    if b"%" not in raw:
        return None
    try:
        return [unquote_to_bytes(part).decode() for part in raw.split(b"/", 4)[4].split(b"/")]
    except UnicodeDecodeError:
        raise WireError(*BAD_PATH) from None


def parameters(door: Door, query: bytes, routed: dict[str, str]) -> dict[str, str]:
    """Fields by path and by query. Raises BodyError for what the operation has not, has twice, or is no UTF-8."""
    name = door.kind.op.name
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:  # UnicodeDecodeError among them
        raise BodyError(name, [FieldError("", "not_utf8", "查询参数不是 UTF-8 的百分号编码")]) from None
    found = dict(pairs)
    wrong = [
        FieldError(each, "unknown_field", f"查询参数不属于这个接口：{each}")
        for each in found
        if each not in door.body.hints
    ]
    if len(found) < len(pairs) or found.keys() & routed.keys():
        wrong.append(FieldError("", "duplicate_key", "查询参数重复，或与路径重复"))
    if wrong:
        raise BodyError(name, wrong)
    return found | routed
