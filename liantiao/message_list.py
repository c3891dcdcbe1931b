"""`liantiao messages`: the message inventory as a page for people, from the contract's declarations and the roles' tables.

The contract says what is said and where it is heard; who says it follows from the roles: who hears a refusal has asked,
and who names a message in its actions sends it.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Final, TypeGuard

from liantiao.compose import POLLS, ROLES
from liantiao.message_fields import field_tables
from sim.message import Answers, Message, Operation, Refused, Shape, refused
from sim.table import Role

ANSWERS: Final = {
    Answers.ACK: "只回执", Answers.NOW: "当场应答", Answers.LATER: "以后应答", Answers.QUERY: "查询，当场应答", Answers.NONE: "",
}  # fmt: skip
SHAPES: Final = {Shape.REPLY: "应答", Shape.NOTICE: "通知，只回执", Shape.BATCH: "批量", Shape.TIMER: "系统内部"}
HEARD_NOT_SAID: Final = {"row", "ignored", "refused"}
"""Calls that name what is heard."""
ASKED_BY_PEOPLE: Final = {"portal.query_progress": ("buyer", "seller")}
HEARD_BY_PEOPLE: Final = {"portal.progress_shown": ("buyer", "seller")}
"""What people may ask, and are told, that no table of theirs asks: nothing in a case hangs on it."""
UNNUMBERED: Final = "—"
HEAD: Final = """# 报文清单

这一页由 `liantiao messages` 按 `contract/` 里的声明生成，请勿手改；改了声明请重新生成：`liantiao messages > docs/messages.md`。
没有哪份政策文件公布过报文格式，这里的接口是我们自己拟定的。编号是办事步骤逐条拆出的报文编号（报告“报文清单与步骤”里的编号）；
一个编号可以有几种报文，“@”后是这个编号专指的一方。系统内部自己提醒自己的，只列有编号的。
路径以各接收系统的地址为根：`liantiao serve` 之后是 `http://主机:端口/runs/批次/席位`；应答随请求返回，没有自己的路径。
没有写路径的，在接收方地址之下的 `/messages/操作名`。状态码与示例见服务上的 `/docs`、`/openapi.json`，或 `liantiao contract export`。

| 编号 | 报文 | 操作名 | 发送方 → 接收方 | 方法与路径 | 应答方式 | 错误 |
|---|---|---|---|---|---|---|
"""


def message_list() -> str:
    """The inventory in Markdown, by number, then by name; messages without a number come last; then what they carry."""
    rows = sorted((_order(kind.op), _row(kind)) for kind in _kinds())
    return HEAD + "".join(row for _, row in rows) + field_tables(_kinds())


def ways() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of every message between systems, the roles that may send it and those that hear it."""
    return {kind.op.name: (_senders(kind), _hearers(kind)) for kind in _kinds()}


def _kinds() -> list[type[Message]]:
    """What systems say to each other, and what one tells itself if the inventory numbers it."""
    heard: set[type[Message]] = {kind for role in ROLES.values() for kind in (*role.where, *role.queries)}
    heard.update(POLLS)
    heard.update(answer for kind in tuple(heard) if kind.op.name in ASKED_BY_PEOPLE and (answer := _answer_above(kind)))
    return [
        kind for kind in heard
        if not issubclass(kind, Refused) and (kind.op.shape is not Shape.TIMER or kind.op.inventory)
    ]  # fmt: skip


def _order(op: Operation) -> tuple[bool, str, str]:
    return (not op.inventory, min(op.inventory, default=""), op.name)


def _row(kind: type[Message]) -> str:
    op = kind.op
    way = " → ".join("、".join(ROLES[name].title for name in names) for names in (_senders(kind), _hearers(kind)))
    place = f"`{op.method} {op.path}`" if op.path else ""
    answers = ANSWERS[op.answers] or SHAPES.get(op.shape, "")
    errors = "<br>".join(f"{error.title}（`{error.code}`）：{error.next_step}" for error in op.errors)
    cells = ["、".join(op.inventory) or UNNUMBERED, op.title, f"`{op.name}`", way, place, answers, errors]
    return "| " + " | ".join(cells) + " |\n"


def _hearers(kind: type[Message]) -> tuple[str, ...]:
    if kind in POLLS:
        return (kind.op.name.partition(".")[0],)
    heard = tuple(name for name, role in ROLES.items() if kind in role.where or kind in role.queries)
    return heard or HEARD_BY_PEOPLE.get(kind.op.name, ())


def _senders(kind: type[Message]) -> tuple[str, ...]:
    op, own = kind.op, kind.op.name.partition(".")[0]
    if kind in POLLS:
        return tuple(name for name, role in ROLES.items() if any(heard.op.polled == op.name for heard in role.where))
    if op.shape is Shape.TIMER:
        return _hearers(kind)
    if op.shape is Shape.REPLY or (op.shape is Shape.NOTICE and own in ROLES and own not in _hearers(kind)):
        return (own,)
    asked = tuple(name for name, role in ROLES.items() if refused(kind) in role.where or kind in _said(name))
    return (
        asked
        or ASKED_BY_PEOPLE.get(op.name)
        or tuple(name for name, role in ROLES.items() if _answer(kind) in role.where)
    )


def replies() -> dict[type[Message], type[Message]]:
    """What each awaited request is answered with; a poll is answered with what lies ready."""
    awaited = [kind for kind in _kinds() if kind.op.answers.awaited and kind not in POLLS]
    return {kind: answer for kind in awaited if (answer := _answer_above(kind)) is not None}


def _answer(kind: type[Message]) -> type[Message] | None:
    """What a query is answered with."""
    return _answer_above(kind) if kind.op.answers is Answers.QUERY else None


def _answer_above(kind: type[Message]) -> type[Message] | None:
    """What a request is answered with: contracts declare the answer just above the question."""
    answer = None
    for each in vars(sys.modules[kind.__module__]).values():
        if each is kind:
            break
        if _is_message(each) and each.op.shape is Shape.REPLY:
            answer = each
    return answer


def _is_message(value: object) -> TypeGuard[type[Message]]:
    return isinstance(value, type) and issubclass(value, Message) and "op" in vars(value)


@cache
def _said(name: str) -> frozenset[type[Message]]:
    """What a role makes, or names without hearing it."""
    role, said = ROLES[name], set()
    for module in _modules(role):
        for kind, made in _named(ast.parse(inspect.getsource(module)), vars(module)):
            if made or not (kind in role.where or kind in role.queries):
                said.add(kind)
    return frozenset(said)


def _named(node: ast.AST, names: dict[str, object], made: bool = False) -> Iterator[tuple[type[Message], bool]]:
    """Every message class named below a node, and whether it is called there; what says what is heard is left out."""
    if isinstance(node, ast.Name | ast.Attribute):
        head, _, tail = ast.unparse(node).partition(".")
        value = getattr(names.get(head), tail, None) if tail else names.get(head)
        if _is_message(value):
            yield value, made
        return
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in HEARD_NOT_SAID:
            return
        yield from _named(node.func, names, made=True)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return  # a name for several types
    for field, below in ast.iter_fields(node):
        if field not in ("annotation", "returns", "func"):
            for each in below if isinstance(below, list) else [below]:
                if isinstance(each, ast.AST):
                    yield from _named(each, names)


def _modules(role: Role) -> set[ModuleType]:
    """Where a role's actions are written, and what of the same package they draw on."""
    actions = [row.action for track in role.tracks for row in track.rows]
    todo = [*actions, *role.queries.values(), *(part.file for part in role.parts)]
    package = role.parts[0].file.__module__.partition(".")[0] if role.parts else ""
    found: set[ModuleType] = set()
    while todo:
        module = sys.modules[getattr(todo.pop(), "__module__", "") or __name__]
        if module not in found and module.__name__.startswith(f"{package}."):
            found.add(module)
            todo += [value for value in vars(module).values() if callable(value)]
    return found
