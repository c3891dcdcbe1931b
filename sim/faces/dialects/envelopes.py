"""Envelopes: how a message lies in a request or an answer of a partner, with its number, its case and its signature."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from sim.faces.dialects import manners, wires
from sim.faces.dialects.dialect import Dialect, Spelling
from sim.faces.dialects.errors import UnsayableError
from sim.faces.dialects.manners import Manner, Place
from sim.faces.dialects.paths import MISSING, Steps, put, take
from sim.faces.dialects.sorted_signature import agrees, signature
from sim.faces.dialects.wires import Tree
from sim.faces.doors import CASE

_SORTED: Final = (manners.MD5_SORTED, manners.SM3_SORTED)


@dataclass
class Letter:
    """A request on the wire: what is said where. `path` has its parameters filled, percent-encoded."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Came:
    """A request as it came: `parameters` are those of its path, decoded, `headers` by lower-case name."""

    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """What a request says: our body, the case's and the message's number ("" where it says none)."""

    values: Tree
    case_no: str
    theirs: str


def seal(dialect: Dialect, spelling: Spelling, manner: Manner, values: Tree, case_no: int, message_id: str) -> Letter:
    """Our message as a request of theirs. Raises UnsayableError."""
    fields = dialect.fields(spelling.kind, manner.textual)
    data = fields.encode(values)
    filled = {CASE: str(case_no)}
    for name in spelling.parameters:
        if name != CASE:
            filled[name] = wires.leaf_text(_lift(data, fields.by_top[name].theirs or ()))
    letter = Letter(spelling.method, spelling.path.format(**{k: quote(v, safe="") for k, v in filled.items()}))
    for steps, constant in spelling.constants.items():
        put(data, steps, constant)
    bodiless = spelling.method == "GET"
    whole = _wrapped(data, manner, bodiless)
    for place, said in (
        (manner.places.case, str(case_no)), (manner.places.message, message_id),
        (manner.places.token, manner.places.token_value),
    ):  # fmt: skip
        _lay(place, said, letter, whole, data)
    if manner.format.text_data and not bodiless:
        put(whole, manner.asking.data, json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    _sign(manner, letter, whole)
    form = manner.format
    if bodiless:
        letter.query += wires.flat(whole)
    else:
        letter.body = wires.write(form.body, form.encoding, whole, form.root)
        letter.headers["Content-Type"] = wires.content_type(form.body, form.encoding)
    return letter


def open_letter(dialect: Dialect, spelling: Spelling, manner: Manner, came: Came) -> Opened:
    """A request of theirs as our message. Raises UnsayableError."""
    whole = tree_of_request(spelling, manner, came)
    check_signature(manner, whole, came)
    data = _inside(whole, manner, manner.asking.data, bodiless=spelling.method == "GET")
    fields = dialect.fields(spelling.kind, manner.textual)
    for name in spelling.parameters:
        leaf = fields.by_top.get(name)
        if leaf is not None and leaf.theirs is not None:
            said: Any = came.parameters[name]
            put(
                data,
                leaf.theirs,
                said if manner.textual or leaf.type is not int or leaf.rule.unit else leaf.from_text(said),
            )
    case_no = came.parameters.get(CASE) or _find(manner.places.case, came, whole, data)
    return Opened(fields.decode(data), case_no, _find(manner.places.message, came, whole, data))


def tree_of_request(spelling: Spelling, manner: Manner, came: Came) -> Tree:
    """The whole body, or what the query says in its place. Raises UnsayableError."""
    if spelling.method == "GET":
        return wires.unflat(list(came.query.items()))
    if not came.raw:
        return {}
    return wires.read(manner.format.body, manner.format.encoding, came.raw)


def suits_constants(spelling: Spelling, manner: Manner, whole: Tree) -> bool:
    """Whether the fields that tell operations of one path apart say that it is this one."""
    try:
        data = _inside(whole, manner, manner.asking.data, bodiless=spelling.method == "GET")
    except UnsayableError:
        return False
    return all(str(take(data, steps)) == str(constant) for steps, constant in spelling.constants.items())


def as_it_comes(spelling: Spelling, letter: Letter) -> Came:
    """A letter of ours as its receiver has it."""
    parts = [unquote(part) for part in letter.path.strip("/").split("/")]
    parameters = {mine[1:-1]: said for mine, said in zip(spelling.parts, parts, strict=True) if mine.startswith("{")}
    headers = {name.lower(): value for name, value in letter.headers.items()}
    return Came(parameters, dict(letter.query), headers, letter.body)


def check_signature(manner: Manner, whole: Tree, came: Came) -> None:
    """Raise UnsayableError `bad_signature` unless a sorted signature agrees."""
    signing = manner.signing
    if signing.kind not in _SORTED:
        return
    said = _find(signing.at, came, whole, {})
    left_out = signing.at.name if signing.at.where != manners.HEADER else ""
    if not agrees(signing.kind, whole, left_out, signing.key, manner.format.encoding, said):
        raise UnsayableError(
            "bad_signature", f"{signing.kind} 签名不符：按字段名排序、去掉空值与签名本身、末尾接 key 再算"
        )


def seal_answer(dialect: Dialect, manner: Manner, code: Any, message: str, data: Any) -> bytes:
    """An answer of ours as theirs; `data` is None where there is none. Raises UnsayableError."""
    answering, form = manner.answering, manner.format
    whole: Tree = {}
    if data is not None:
        if form.text_data:
            data = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        if answering.data:
            put(whole, answering.data, data)
        else:
            whole |= data
    elif answering.data and form.body == wires.JSON:
        put(whole, answering.data, None)
    if answering.code and code is not MISSING:
        put(whole, answering.code, code)
    if answering.message:
        put(whole, answering.message, message)
    return wires.write(form.body, form.encoding, whole, form.answer_root)


def data_of_answer(manner: Manner, whole: Tree) -> Tree:
    """Where the message lies in an answer. Raises UnsayableError."""
    return _inside(whole, manner, manner.answering.data)


# ---- places ---------------------------------------------------------------------------------------------------------
def _wrapped(data: Tree, manner: Manner, bodiless: bool) -> Tree:
    """The envelope around a message's tree, which may still grow."""
    whole: Tree = {}
    for steps, constant in manner.asking.constants.items():
        put(whole, steps, constant)
    if bodiless or not manner.asking.data:
        data |= {name: value for name, value in whole.items() if name not in data}
        return data
    if not manner.format.text_data:
        put(whole, manner.asking.data, data)
    return whole


def _inside(whole: Tree, manner: Manner, steps: Steps, *, bodiless: bool = False) -> Tree:
    found = whole if bodiless or not steps else take(whole, steps)
    if manner.format.text_data and not bodiless and isinstance(found, str):
        found = wires.read(wires.JSON, "utf-8", found.encode())
    if found is MISSING or found in (None, ""):
        return {}
    if not isinstance(found, dict):
        raise UnsayableError("malformed", "报文所在的字段不是对象")
    return found


def _lay(place: Place, said: str, letter: Letter, whole: Tree, data: Tree) -> None:
    if place.where == manners.HEADER:
        letter.headers[place.name] = said
    elif place.where == manners.QUERY:
        letter.query.append((place.name, said))
    elif place.where in (manners.BODY, manners.DATA):
        put(whole if place.where == manners.BODY else data, place.steps, said)


def _find(place: Place, came: Came, whole: Tree, data: Tree) -> str:
    if place.where == manners.HEADER:
        return came.headers.get(place.name.lower(), "")
    if place.where == manners.QUERY:
        return came.query.get(place.name, "")
    if place.where in (manners.BODY, manners.DATA):
        found = take(whole if place.where == manners.BODY else data, place.steps)
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return ""


def _sign(manner: Manner, letter: Letter, whole: Tree) -> None:
    signing = manner.signing
    if signing.kind in _SORTED:
        said = signature(signing.kind, whole, "", signing.key, manner.format.encoding)
        _lay(signing.at, said, letter, whole, whole)


def _lift(data: Tree, steps: Steps) -> Any:
    """What lies there, which moves elsewhere."""
    around = take(data, steps[:-1]) if len(steps) > 1 else data
    return around.pop(steps[-1][0])


def query_of(text: bytes) -> dict[str, str]:
    """The pairs of a query. Raises UnsayableError."""
    try:
        return dict(parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise UnsayableError("malformed", "查询参数不是 UTF-8 的百分号编码") from None
