"""How the fields of one kind of message are called, nested and measured on the other side; compiled once, used both ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any, Final

from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.dialects.errors import UnsayableError
from sim.faces.dialects.paths import MISSING, Steps, depth, lay_default, put, steps_of, take, text_of
from sim.faces.dialects.units import Unit, whole
from sim.faces.dialects.wires import Tree, leaf_text
from sim.faces.shown_values import masked

PLAIN: Final = (str, int, bool)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a file says of a field. `to` is its path there, None the name it has with us; `absent` says it is not there."""

    to: str | None = None
    unit: Unit | None = None
    values: Mapping[str, Any] | None = None
    join: str = ""
    absent: bool = False
    default: Any = MISSING


SAME: Final = FieldRule()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of a message: where it lies here and there (`theirs` None: nowhere), and how it is written."""

    name: str
    ours: Steps
    theirs: Steps | None
    type: Any
    rule: FieldRule
    textual: bool
    back: Mapping[str, str] = field(default_factory=dict)
    mapped: bool = False
    """Whether the file says anything of it."""

    def write(self, value: Any) -> Any:
        """As it is said there; lists entry by entry."""
        if isinstance(value, list) and not self.rule.join:
            return [self.write(each) for each in value]
        return value if value is MISSING else self._write(value)

    def _write(self, value: Any) -> Any:
        rule = self.rule
        if rule.join:
            if any(rule.join in each or not each for each in value):
                raise ValueError(f"其中有空值，或有值含有连接符“{rule.join}”")
            return rule.join.join(str(self._coded(each)) for each in value)
        written = rule.unit.write(value) if rule.unit is not None else self._coded(value)
        return leaf_text(written) if self.textual else written

    def _coded(self, value: Any) -> Any:
        if self.rule.values is None:
            return value
        found = self.rule.values.get(leaf_text(value), MISSING)
        if found is MISSING:
            raise ValueError(f"值“{masked(self.ours[-1][0], leaf_text(value))}”不在对照表内")
        return found

    def read(self, said: Any) -> Any:
        """As it is with us. Raises ValueError."""
        if isinstance(said, list) and not self.rule.join:
            return [self.read(each) for each in said]
        return said if said is MISSING else self._read(said)

    def _read(self, said: Any) -> Any:
        rule = self.rule
        if rule.join:
            if not isinstance(said, str):
                raise ValueError("应为文本")
            return [self._decoded(each) for each in said.split(rule.join)] if said else []
        if rule.unit is not None:
            return rule.unit.read(said)
        if rule.values is None and self.textual and isinstance(said, str):
            return self.from_text(said)
        return self._decoded(said)

    def _decoded(self, said: Any) -> Any:
        if self.rule.values is None:
            return said
        found = self.back.get(leaf_text(said)) if isinstance(said, str | int) else None
        if found is None:
            raise ValueError(f"值“{masked(self.ours[-1][0], str(said))}”不在对照表内")
        return self.from_text(found)

    def from_text(self, text: str) -> Any:
        """A value of the declared type out of text; what is none is left for the body's own check to refuse."""
        if self.type is bool:
            return {"true": True, "false": False}.get(text, text)
        return whole(text) if self.type is int else text


class Fields:
    """The leaves of one kind, and the records that may be None."""

    def __init__(self, leaves: list[Leaf], nullable: list[tuple[Steps, Steps]], textual: bool) -> None:
        self.leaves, self.nullable, self.textual = leaves, nullable, textual
        self.by_top = {leaf.ours[0][0]: leaf for leaf in leaves if len(leaf.ours) == 1}

    def encode(self, values: Tree) -> Tree:
        """Our body as theirs. Raises UnsayableError."""
        tree: Tree = {}
        for leaf in self.leaves:
            if leaf.theirs is None:
                continue
            try:
                put(tree, leaf.theirs, leaf.write(take(values, leaf.ours)))
            except ValueError as error:
                raise UnsayableError("cannot_encode", f"字段 {leaf.name}：{error}") from None
        for ours, theirs in self.nullable:
            if take(values, ours) is None:
                _lay_null(tree, theirs, self.textual)
        return tree

    def decode(self, tree: Tree) -> Tree:
        """Their body as ours; what is missing is left out, for the body's own check to name. Raises UnsayableError."""
        values: Tree = {}
        none = [ours for ours, theirs in self.nullable if take(tree, theirs) in (None, MISSING, "")]
        for leaf in self.leaves:
            if leaf.theirs is None or any(leaf.ours[: len(ours)] == ours for ours in none):
                continue
            try:
                put(values, leaf.ours, leaf.read(take(tree, leaf.theirs)))
            except ValueError as error:
                place = text_of(leaf.theirs)
                raise UnsayableError("bad_value", f"字段 {place}（我方 {leaf.name}）：{error}") from None
        for leaf in self.leaves:
            if leaf.rule.default is not MISSING:
                lay_default(values, leaf.ours, leaf.rule.default)
        for ours in none:
            put(values, ours, None)
        return values


def _lay_null(tree: Tree, theirs: Steps, textual: bool) -> None:
    """What an absent record left behind goes; JSON says null."""
    around = take(tree, theirs[:-1]) if len(theirs) > 1 else tree
    if isinstance(around, dict):
        around.pop(theirs[-1][0], None)
        if not textual:
            around[theirs[-1][0]] = None


class Compiler:
    """Works out the fields of kinds. `records` are the rules of each record by its name, relative to where it lies."""

    def __init__(self, records: Mapping[str, Mapping[str, FieldRule]]) -> None:
        self.records = records

    def fields(self, kind: type, own: Mapping[str, FieldRule], *, textual: bool) -> Fields:
        """The fields of a kind; `own` are its own rules by our path, absolute. Raises ValueError."""
        nullable: list[tuple[Steps, Steps]] = []
        leaves = [*self._walk(kind, "", "", own, nullable, textual, top=True)]
        _check(leaves)
        return Fields(leaves, nullable, textual)

    def _walk(
        self, record: type, ours: str, base: str, own: Mapping[str, FieldRule], nullable: list[tuple[Steps, Steps]],
        textual: bool, *, top: bool = False,
    ) -> Iterator[Leaf]:  # fmt: skip
        relative = {} if top else self.records.get(record.__name__, {})
        for name, hint in hints_of(record).items():
            path = f"{ours}.{name}" if ours else name
            plain, may_be_none = unwrapped(hint)
            rule = own.get(path) or relative.get(name, SAME)
            mapped = path in own or name in relative
            if path in own and rule.to is not None:
                theirs = rule.to
            else:
                theirs = ".".join(filter(None, (base, name if rule.to is None else rule.to)))
            entry = None if rule.join else entry_of(plain)
            inner = entry_of(plain) if rule.join else plain if entry is None else entry
            if entry is not None:
                path += "[]"
                if not theirs.endswith("[]"):
                    theirs += "[]"
            if is_dataclass(inner) and isinstance(inner, type) and not rule.absent:
                if may_be_none:
                    nullable.append((steps_of(path), steps_of(theirs)))
                yield from self._walk(inner, path, theirs, own, nullable, textual)
                continue
            back = {leaf_text(theirs_): ours_ for ours_, theirs_ in (rule.values or {}).items()}
            place = None if rule.absent else steps_of(theirs)
            yield Leaf(path, steps_of(path), place, inner, rule, textual, back, mapped)


def _check(leaves: list[Leaf]) -> None:
    """Raise ValueError for two fields in one place, and for lists that do not answer each other."""
    taken: dict[Steps, Leaf] = {}
    for leaf in leaves:
        if leaf.theirs is None:
            continue
        if not leaf.theirs:
            raise ValueError(f"{leaf.name} 没有对应的位置")
        if depth(leaf.theirs) != depth(leaf.ours):
            raise ValueError(f"{leaf.name} 与 {text_of(leaf.theirs)} 的列表层数不同，[] 要一一对应")
        other = taken.get(leaf.theirs)
        if other is not None:
            raise ValueError(f"{leaf.name} 与 {other.name} 都对应 {text_of(leaf.theirs)}，换不回来")
        taken[leaf.theirs] = leaf
    for leaf in taken.values():
        steps = leaf.theirs or ()
        for upto in range(1, len(steps)):
            at = (*steps[: upto - 1], (steps[upto - 1][0], False)), (*steps[: upto - 1], (steps[upto - 1][0], True))
            inside = next((taken[each] for each in at if each in taken), None)
            if inside is not None:
                raise ValueError(f"{text_of(steps)} 在 {text_of(inside.theirs or ())} 之内，而后者本身是一个值")
