"""A dialect: what its file says, held against our contract, and compiled as it is needed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from typing import Any, Final

from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.dialects import reading, wires
from sim.faces.dialects.errors import DialectError
from sim.faces.dialects.fields import PLAIN, Compiler, FieldRule, Fields
from sim.faces.dialects.manners import Manner
from sim.faces.dialects.paths import MISSING, Steps, text_of
from sim.faces.dialects.reading import Section
from sim.faces.dialects.units import UNITS, sort_of
from sim.faces.doors import CASE, Directory
from sim.faces.error_list import errors_of
from sim.faces.refusals import STATUSES
from sim.message import Message, Shape

_OF_FACES: Final = ("bad_body", "bad_signature", "sandbox_busy", "seat_absent", "sender_unclear")
"""Refusals that are the faces' own."""
METHODS: Final = ("POST", "PUT", "GET", "DELETE")
_OPERATION: Final = ("path", "method", "sender", "constants", "fields", "entries")
_FIELD: Final = ("to", "unit", "values", "join", "absent", "default")
_ENTRIES: Final = {"list": "entries", "case": "case_no", "kind": "kind", "body": "body", "kinds": ""}
_PARAMETER: Final = re.compile(r"\{([a-z_0-9]+)\}")


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a file says of one operation. `entries` names the parts of a poll's answer."""

    kind: type[Message]
    method: str = ""
    path: str = ""
    sender: str = ""
    constants: Mapping[Steps, Any] = field(default_factory=dict)
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=lambda: dict(_ENTRIES))

    @property
    def parts(self) -> tuple[str, ...]:
        """The segments of its path."""
        return tuple(self.path.strip("/").split("/"))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(_PARAMETER.findall(self.path))


class Dialect:
    """One file. Raises DialectError when anything in it is not of this world."""

    def __init__(self, name: str, text: str, directory: Directory) -> None:
        self.name, self.text, self.directory = name, text, directory
        whole = reading.parse(name, text)
        self.title = whole.text("title", name)
        self._values = {key: _dictionary(whole.inside("values").inside(key)) for key in whole.inside("values").table}
        self.manners = self._read_manners(whole)
        self.records = {key: self._rules(whole.inside("records").inside(key), record, top=False)
                        for key, record in self._named_records(whole).items()}  # fmt: skip
        self.spellings = {key: self._spelling(whole.inside("operations").inside(key, _OPERATION), key)
                          for key in whole.inside("operations").table}  # fmt: skip
        self._compiler = Compiler(self.records)
        self._fields: dict[tuple[str, bool], Fields] = {}
        self._compile()

    def manner(self, seat: str) -> Manner:
        """What holds for calls that this seat hears."""
        return self.manners.get(seat, self.manners[""])

    def knows(self, operation: str) -> bool:
        """Whether this operation is said in the dialect; if not, it is said as our contract has it."""
        spelling = self.spellings.get(operation)
        return spelling is not None and bool(spelling.path)

    def spelling(self, kind: type[Message]) -> Spelling:
        """What the file says of a kind, which may be nothing."""
        return self.spellings.get(kind.op.name) or Spelling(kind)

    def fields(self, kind: type[Message], textual: bool) -> Fields:
        """The fields of a kind."""
        key = kind.op.name, textual
        if key not in self._fields:
            self._fields[key] = self._compiler.fields(kind, self.spelling(kind).fields, textual=textual)
        return self._fields[key]

    @cached_property
    def heard_at(self) -> dict[str, list[Spelling]]:
        """The operations that have a path here, by the seat that hears them."""
        return {
            seat: [each for each in self.spellings.values() if each.path and each.kind in doors.by_kind]
            for seat, doors in self.directory.doors.items()
        }

    # ---- reading ----------------------------------------------------------------------------------------------------
    def _read_manners(self, whole: Section) -> dict[str, Manner]:
        kinds = self.directory.kinds.values()
        errors = dict.fromkeys([*(error.code for kind in kinds for error in errors_of(kind.op)), *STATUSES, *_OF_FACES])
        seats = whole.inside("seats", self.directory.seats)
        for seat in seats.table:
            for name, table in seats.inside(seat, reading.MANNER).table.items():
                Section(self.name, f"seats.{seat}.{name}", table, None)
        for name in reading.MANNER:
            whole.inside(name)
        own = {"": {}, **seats.table}
        return {
            seat: reading.manner_of(Section(self.name, f"seats.{seat}" if seat else "", reading.merged(whole.table, tables), None), errors)
            for seat, tables in own.items()
        }  # fmt: skip

    def _named_records(self, whole: Section) -> dict[str, type]:
        known = records_of(self.directory)
        named = whole.inside("records", known)
        return {name: known[name] for name in named.table}

    def _spelling(self, section: Section, name: str) -> Spelling:
        kinds = self.directory.kinds
        if name not in kinds:
            raise DialectError(self.name, "operations", f"没有操作“{name}”", name, kinds)
        kind = kinds[name]
        path, sender = section.text("path"), section.text("sender")
        if path and not re.fullmatch(r"(/[^\s/?#]*)+", path):
            raise section.error("path", f"“{path}”应以 / 开头，不带问号与空格")
        if not path and kind.op.shape is not Shape.REPLY and not kind.op.polled:
            raise section.error("path", "缺少路径")
        if sender and sender not in self.directory.seats:
            raise section.error("sender", f"没有席位“{sender}”", sender, self.directory.seats)
        fields = self._rules(section.inside("fields"), kind, top=True)
        entries = {
            **_ENTRIES,
            **{key: section.inside("entries", _ENTRIES).text(key) for key in section.inside("entries").table},
        }
        if entries["kinds"] and entries["kinds"] not in self._values:
            raise section.error("entries.kinds", f"没有对照表“{entries['kinds']}”", entries["kinds"], self._values)
        method = section.choice("method", METHODS, kind.op.method)
        found = Spelling(kind, method, path, sender, reading.constants_of(section), fields, entries)
        tops = hints_of(kind)
        for parameter in found.parameters:
            if parameter != CASE and (parameter not in tops or unwrapped(tops[parameter])[0] not in PLAIN):
                raise section.error("path", f"路径参数“{parameter}”不是这个操作的单值字段", parameter, [CASE, *tops])
        return found

    def _rules(self, section: Section, record: type, *, top: bool) -> dict[str, FieldRule]:
        known = paths_of(record) if top else hints_of(record)
        found: dict[str, FieldRule] = {}
        for given in section.table:
            path = given.removesuffix("[]")
            if path not in known:
                raise DialectError(self.name, section.key, f"没有字段“{given}”", path, known)
            found[path] = self._rule(section, given, path, known[path])
        return found

    def _rule(self, section: Section, given: str, path: str, hint: Any) -> FieldRule:
        table = section.table[given]
        if isinstance(table, str):
            table = {"to": table}
        own = Section(self.name, section.at(given), table, _FIELD)
        plain = unwrapped(hint)[0]
        leaf, name = entry_of(plain) or plain, path.rpartition(".")[2]
        unit = self._unit(own, name, leaf) if "unit" in table else None
        values = self._dictionary_of(own, leaf) if "values" in table else None
        if unit is not None and values is not None:
            raise own.error("unit", "单位与对照表只能有一个")
        to = own.text("to") if "to" in table else None
        if to == "" and not is_dataclass(leaf):
            raise own.error("to", "只有整组的字段可以并入上一层")
        if to:
            own.steps("to")
        join = own.text("join")
        if join and (entry_of(plain) is None or leaf is not str):
            raise own.error("join", "只用于文本的列表")
        if "absent" in table and (to is not None or "default" in table):
            raise own.error("absent", "对方没有的字段不能再有 to 或 default")
        default = table.get("absent", table.get("default", MISSING))
        _fits(own, "absent" if "absent" in table else "default", plain, default)
        return FieldRule(to, unit, values, join, "absent" in table, default)

    def _unit(self, section: Section, field_name: str, leaf: Any) -> Any:
        name = section.text("unit")
        unit = UNITS.get(name)
        if unit is None:
            raise section.error("unit", f"没有单位“{name}”", name, UNITS)
        if leaf is not int:
            raise section.error("unit", "只有数有单位")
        sort = sort_of(field_name)
        if unit.of != sort and unit.name != "text":
            fitting = [each.name for each in UNITS.values() if each.of in (sort, "数")]
            raise section.error("unit", f"“{name}”是{unit.of}的单位，而 {field_name} 是{sort}", name, fitting)
        return unit

    def _dictionary_of(self, section: Section, leaf: Any) -> Mapping[str, Any]:
        name = section.text("values")
        if name not in self._values:
            raise section.error("values", f"没有对照表“{name}”", name, self._values)
        values = self._values[name]
        if leaf is bool and set(values) != {"true", "false"}:
            raise section.error("values", f"对照表 values.{name} 应恰好有 true 与 false")
        if leaf is int and not all(each.lstrip("-").isdigit() for each in values):
            raise section.error("values", f"对照表 values.{name} 的我方取值应为整数")
        if leaf not in PLAIN:
            raise section.error("values", "只有单值字段有对照表")
        return values

    def kinds_of_entries(self, spelling: Spelling) -> Mapping[str, Any]:
        """How a poll's answer calls the kinds of its entries."""
        return self._values.get(spelling.entries["kinds"], {})

    def _compile(self) -> None:
        """Work out everything that can go wrong before anything is said."""
        for name, spelling in self.spellings.items():
            for manner in self.manners.values():
                self._compile_one(name, spelling, manner)
        ways: dict[tuple[str, str, str], Spelling] = {}
        for seat, spellings in self.heard_at.items():
            for each in spellings:
                key = seat, each.method, _PARAMETER.sub("{}", each.path)
                other = ways.setdefault(key, each)
                if other is not each and dict(other.constants) == dict(each.constants):
                    what = f"与 {other.kind.op.name} 的方法和路径相同，又没有不同的 constants 可以分辨"
                    raise DialectError(self.name, f"operations.{each.kind.op.name}.path", what)

    def _compile_one(self, name: str, spelling: Spelling, manner: Manner) -> None:
        try:
            fields = self.fields(spelling.kind, manner.textual)
        except ValueError as error:
            raise DialectError(self.name, f"operations.{name}.fields", str(error)) from None
        taken = {leaf.theirs for leaf in fields.leaves}
        for steps in spelling.constants:
            if steps in taken:
                raise DialectError(self.name, f"operations.{name}.constants", f"{text_of(steps)} 已有字段对应")
        for place, what in ((manner.places.case, "case"), (manner.places.message, "message")):
            if place.where == "data" and place.steps in taken:
                raise DialectError(self.name, f"place.{what}", f"操作 {name} 已有字段对应 {text_of(place.steps)}")
        if manner.format.body == wires.XML and not manner.format.text_data:
            bad = [each for leaf in fields.leaves for each, _ in leaf.theirs or () if not reading.xml_name(each)]
            if bad:
                raise DialectError(self.name, f"operations.{name}.fields", f"“{bad[0]}”不能作 XML 元素名")


def _dictionary(section: Section) -> dict[str, Any]:
    values = {ours: section.scalar(ours) for ours in section.table}
    reading.once(section, values)
    return values


def _fits(section: Section, name: str, plain: Any, value: Any) -> None:
    if value is MISSING:
        return
    wanted = list if entry_of(plain) is not None else dict if is_dataclass(plain) else plain
    if type(value) is not wanted:
        raise section.error(name, "类型与字段不符")


def records_of(directory: Directory) -> dict[str, type]:
    """All records that messages carry, by name."""
    found: dict[str, type] = {}

    def walk(record: type) -> None:
        for hint in hints_of(record).values():
            plain = unwrapped(hint)[0]
            inner = entry_of(plain) or plain
            if is_dataclass(inner) and isinstance(inner, type) and inner.__name__ not in found:
                found[inner.__name__] = inner
                walk(inner)

    for kind in directory.kinds.values():
        walk(kind)
    return found


def paths_of(record: type, ours: str = "") -> dict[str, Any]:
    """Every path in a record with its type; lists within are marked, the last name is not."""
    found: dict[str, Any] = {}
    for name, hint in hints_of(record).items():
        path = f"{ours}.{name}" if ours else name
        found[path] = hint
        plain = unwrapped(hint)[0]
        entry = entry_of(plain)
        inner = plain if entry is None else entry
        if is_dataclass(inner) and isinstance(inner, type):
            found |= paths_of(inner, path + "[]" * (entry is not None))
    return found
