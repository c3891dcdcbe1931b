"""A dialect read from its file: everything that it names must exist, before the first request."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sim.faces.dialects import wires
from sim.faces.dialects.errors import DialectError
from sim.faces.dialects.manners import (
    ALWAYS_200,
    HEADER,
    MD5_SORTED,
    NOWHERE,
    PLACES,
    SAME_STATUS,
    SIGNINGS,
    SM3_SORTED,
    Answering,
    Asking,
    Format,
    Manner,
    Place,
    Places,
    Signing,
)
from sim.faces.dialects.paths import MISSING, NAME, Steps, steps_of

TOP: Final = ("title", "format", "request", "answer", "place", "sign", "values", "records", "operations", "seats")
MANNER: Final = TOP[1:6]
"""Sections that may stand for the whole file, and again below `seats.<seat>`, for the calls that seat hears."""
_KNOWN: Final = {
    "format": ("body", "encoding", "root", "answer_root", "text_data"),
    "request": ("data", "constants"),
    "answer": ("data", "code", "success", "message", "again", "pending", "other", "unlisted", "http", "refusals"),
    "place": ("case", "message", "token", "token_value"),
    "sign": ("kind", "at", "key"),
}
SCALARS: Final = (str, int)


class Section:
    """A table of the file, and where it is."""

    def __init__(self, file: str, key: str, table: Any, known: Iterable[str] | None) -> None:
        self.file, self.key = file, key
        if not isinstance(table, dict):
            raise DialectError(file, key, "应为一节（TOML 表）")
        self.table: dict[str, Any] = table
        for name in table if known is not None else ():
            if name not in known:  # type: ignore[operator]
                raise DialectError(file, self.at(name), "没有这个设置", name, known or ())

    def at(self, name: str) -> str:
        """The key of a setting, for people."""
        return f"{self.key}.{name}" if self.key else name

    def error(self, name: str, what: str, given: str = "", known: Iterable[str] = ()) -> DialectError:
        """What is wrong with a setting."""
        return DialectError(self.file, self.at(name) if name else self.key, what, given, known)

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        value = self.table.get(name, default)
        if not isinstance(value, str):
            raise self.error(name, "应为文本")
        return value

    def choice(self, name: str, known: Iterable[str], default: str) -> str:
        """One of a few texts."""
        value = self.text(name, default)
        if value not in known:
            raise self.error(name, f"没有“{value}”", value, known)
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            raise self.error(name, "应为 true 或 false")
        return value

    def scalar(self, name: str) -> Any:
        """A text or a number; MISSING where there is none."""
        value = self.table.get(name, MISSING)
        if value is not MISSING and (isinstance(value, bool) or not isinstance(value, SCALARS)):
            raise self.error(name, "应为文本或整数")
        return value

    def scalars(self, name: str) -> tuple[Any, ...]:
        """A list of texts or numbers."""
        value = self.table.get(name, [])
        if not isinstance(value, list) or any(
            isinstance(each, bool) or not isinstance(each, SCALARS) for each in value
        ):
            raise self.error(name, "应为文本或整数的列表")
        return tuple(value)

    def steps(self, name: str) -> Steps:
        """A path."""
        found: Steps = self.checked(name, steps_of, self.text(name))
        return found

    def checked(self, name: str, make: Callable[[Any], Any], given: Any) -> Any:
        """What `make` makes of it; a ValueError becomes an error of the file."""
        try:
            return make(given)
        except ValueError as error:
            raise self.error(name, str(error)) from None

    def inside(self, name: str, known: Iterable[str] | None = None) -> "Section":
        """A table within; empty where there is none."""
        return Section(self.file, self.at(name), self.table.get(name, {}), known)


def parse(file: str, text: str) -> Section:
    """The whole file, unread. Raises DialectError."""
    try:
        return Section(file, "", tomllib.loads(text), TOP)
    except tomllib.TOMLDecodeError as error:
        raise DialectError(file, "全文", f"不是 TOML（{error}）") from None


def merged(whole: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of the whole file with a seat's own settings laid over them; `refusals` are laid over one by one."""
    found = {name: dict(whole.get(name, {})) for name in MANNER}
    for name, table in own.items():
        for key, value in table.items() if isinstance(table, dict) else ():
            before = found[name].get(key)
            found[name][key] = before | value if isinstance(before, dict) and isinstance(value, dict) else value
    return found


def manner_of(section: Section, errors: Iterable[str]) -> Manner:
    """What holds at one seat; `section` has the merged tables. `errors` are our error codes."""
    form, asking, answering, place, sign = (section.inside(name, _KNOWN[name]) for name in MANNER)
    found = Manner(
        Format(
            form.choice("body", wires.BODIES, wires.JSON), form.choice("encoding", wires.ENCODINGS, "utf-8"),
            _name(form, "root", "request"), _name(form, "answer_root", "response"), form.flag("text_data"),
        ),
        Asking(asking.steps("data"), constants_of(asking)),
        _answering(answering, tuple(errors)),
        Places(
            place_of(place, "case", f"{HEADER}:X-Case-No"), place_of(place, "message", f"{HEADER}:X-Message-Id"),
            place_of(place, "token", NOWHERE), place.text("token_value"),
        ),
        _signing(sign),
    )  # fmt: skip
    if found.format.text_data and not (found.asking.data and found.answering.data):
        raise form.error("text_data", "需要 request.data 与 answer.data 说明放在哪个字段")
    if found.format.body == wires.XML:
        _xml_names(section.file, found)
    return found


def constants_of(section: Section) -> dict[Steps, Any]:
    """What always stands somewhere."""
    constants = section.inside("constants")
    return {constants.checked(path, steps_of, path): constants.scalar(path) for path in constants.table}


def _name(section: Section, key: str, default: str) -> str:
    name = section.text(key, default)
    if not NAME.fullmatch(name):
        raise section.error(key, f"“{name}”不是名称")
    return name


def _answering(section: Section, errors: tuple[str, ...]) -> Answering:
    refusals = section.inside("refusals", errors)
    codes = {ours: refusals.scalar(ours) for ours in refusals.table}
    once(refusals, codes)
    unlisted = section.text("unlisted")
    if unlisted and unlisted not in errors:
        raise section.error("unlisted", f"没有退回代码“{unlisted}”", unlisted, errors)
    found = Answering(
        section.steps("data"), section.steps("code"), section.scalars("success"), section.steps("message"),
        tuple(map(str, section.scalars("again"))), section.scalar("pending"), section.scalar("other"), unlisted,
        section.choice("http", (SAME_STATUS, ALWAYS_200), SAME_STATUS), codes,
    )  # fmt: skip
    successes = set(map(str, found.success))
    if both := successes & {*map(str, codes.values()), *found.again}:
        raise section.error("success", f"代码 {'、'.join(sorted(both))} 既是成功又是退回或重发")
    if found.http == ALWAYS_200 and not found.code:
        raise section.error("http", "状态码总是 200 时，需要 answer.code 才能分辨成败")
    return found


def once(section: Section, values: Mapping[str, Any]) -> None:
    """Raise DialectError for two of ours that are one of theirs: it could not be read back."""
    seen: dict[str, str] = {}
    for ours, theirs in values.items():
        if str(theirs) in seen:
            raise section.error(ours, f"与 {seen[str(theirs)]} 都对应“{theirs}”，换不回来")
        seen[str(theirs)] = ours


def place_of(section: Section, name: str, default: str) -> Place:
    """A place out of `header:X-Id`, `data:ywh`, `path`, `none` and so on."""
    text = section.text(name, default)
    where, _, rest = text.partition(":")
    if where not in PLACES:
        raise section.error(name, f"没有位置“{where}”", where, PLACES)
    named = where in PLACES[:4]
    if named != bool(rest):
        raise section.error(name, f"“{text}”的写法应为 {where}{':名称' if named else ''}")
    steps = section.checked(name, steps_of, rest) if where in ("body", "data") else ()
    if any(is_list for _, is_list in steps):
        raise section.error(name, "不能在列表内")
    if named and not steps and not (rest.isascii() and NAME.fullmatch(rest)):
        raise section.error(name, f"“{rest}”不是名称")
    return Place(where, rest, steps)


def _signing(section: Section) -> Signing:
    kind = section.choice("kind", SIGNINGS, SIGNINGS[0])
    found = Signing(kind, place_of(section, "at", NOWHERE), section.text("key"), "kind" in section.table)
    if kind in (MD5_SORTED, SM3_SORTED):
        if found.at.where not in ("header", "query", "body"):
            raise section.error("at", f"{kind} 需要写明签名放在哪里，如 body:sign")
        if not found.key:
            raise section.error("key", f"{kind} 需要密钥")
    return found


def _xml_names(file: str, manner: Manner) -> None:
    steps = (manner.asking.data, manner.answering.data, manner.answering.code, manner.answering.message)
    for name in (manner.format.root, manner.format.answer_root, *(name for each in steps for name, _ in each)):
        if not xml_name(name):
            raise DialectError(file, "format.body", f"“{name}”不能作 XML 元素名")


def xml_name(name: str) -> bool:
    """Whether an XML element may be called this."""
    return name[0].isalpha() or name[0] == "_"
