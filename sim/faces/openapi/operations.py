"""One operation as the OpenAPI documents show it, all of it from its declaration."""

from typing import Any, Final

from sim.faces.bodies import body_of
from sim.faces.doors import CASE, Directory, Door
from sim.faces.error_list import errors_of
from sim.faces.openapi.fixed import DOOR_ERRORS, OUR_HEADERS, REF, SIGNATURE_HEADERS, problem
from sim.faces.refusals import STATUSES
from sim.gate import UNEXPECTED
from sim.message import Answers, Error, Message, Operation, Shape

ANSWER_TITLES: Final = {
    Answers.ACK: "收下即回执", Answers.NOW: "当场应答", Answers.LATER: "以后应答：在时限内随本请求返回，逾时另行送达",
    Answers.QUERY: "查询，当场应答", Answers.NONE: "通知，收下即回执",
}  # fmt: skip
PENDING: Final = (Error("answer_pending", "尚未办出结果", "按报文号查询，或等候回调"),)
EXAMPLE_CASE: Final = 1


def operation_of(
    door: Door, directory: Directory, operation_id: str, tag: str, *, signed: bool = True
) -> dict[str, Any]:
    """The OpenAPI operation object of a door; with `signed`, calls may be or are signed."""
    op = door.kind.op
    shown: dict[str, Any] = {
        "operationId": operation_id, "summary": op.title, "description": described(door, directory), "tags": [tag],
        "parameters": parameters_of(door, directory, signed), "x-operation": op.name,
    }  # fmt: skip
    if op.inventory:
        shown["x-inventory"] = list(op.inventory)
    if op.step:
        shown["x-step"] = op.step
    if door.method != "GET" and (body := body_shown(door)) is not None:
        shown["requestBody"] = body
    return shown | {"responses": responses_of(door, directory)}


def described(door: Door, directory: Directory) -> str:
    """What people read of an operation: its numbers, its step, who says it, how it is answered."""
    op = door.kind.op
    doc = door.kind.__doc__ or ""
    lines = [
        f"报文编号：{'、'.join(op.inventory)}" if op.inventory else "",
        f"办事步骤：{op.step}" if op.step else "",
        f"发送方：{'、'.join(directory.senders(door.kind)) or '（未定）'}",
        f"应答：{'取走已备好的结果' if door.fetches else ANSWER_TITLES[op.answers]}",
        "" if op.by == CASE else f"以 `{op.by}` 找到所说的事；办件号可不带" + ("，新号须带" if op.opens else ""),
        "" if doc.startswith(f"{door.kind.__name__}(") else doc.strip(),
    ]
    return "\n\n".join(filter(None, lines))


# ---- what is sent ----------------------------------------------------------------------------------------------------
def parameters_of(door: Door, directory: Directory, signed: bool) -> list[dict[str, Any]]:
    """Path, query and header parameters."""
    op = door.kind.op
    properties = door.body.schema()["properties"]
    example = door.body.example()
    found = []
    for name in door.parameters:
        schema = CASE_NO if name == CASE else properties[name]
        shown = EXAMPLE_CASE if name == CASE else example[name]
        found.append({"name": name, "in": "path", "required": True, "schema": schema, "example": shown})
    if door.method == "GET":
        rest = [name for name in properties if name not in door.parameters]
        found += [
            {"name": name, "in": "query", "required": True, "schema": properties[name], "example": example[name]}
            for name in rest
        ]
    if not door.names_case and not door.fetches:
        needed = op.by == CASE or op.opens
        told = "办件号" if needed else "办件号；可不带，以业务号码为准"
        found.append({"name": "X-Case-No", "in": "header", "required": needed, "description": told, "schema": CASE_NO,
                      "example": EXAMPLE_CASE})  # fmt: skip
    senders = directory.senders(door.kind)
    found.append({
        "name": "X-Sender", "in": "header", "required": not signed and len(senders) != 1,
        "schema": {"type": "string", "enum": list(senders) or [""]},
        "description": "以哪个席位发送；带签名时以密钥为准，只有一个席位可能发送时可不带",
        **({"example": senders[0]} if senders else {}),
    })  # fmt: skip
    found += [
        {"$ref": f"{REF}parameters/{name}"}
        for name in ("XMessageId", *map(compact, SIGNATURE_HEADERS if signed else ()))
    ]
    return found


def compact(name: str) -> str:
    """A header's name as a component's."""
    return name.replace("-", "")


CASE_NO: Final[dict[str, Any]] = {"type": "integer", "title": "办件号", "minimum": 1, "maximum": 999_999_999}


def body_shown(door: Door) -> dict[str, Any] | None:
    """The body of a request; None where everything is said in its path."""
    routed = [name for name in door.parameters if name != CASE]
    schema = door.body.schema(routed)
    if not schema["properties"]:
        return None
    example = {name: value for name, value in door.body.example().items() if name not in routed}
    required = bool(schema.get("required"))
    return {"required": required, "content": {"application/json": {"schema": schema, "example": example}}}


# ---- what comes back -------------------------------------------------------------------------------------------------
def responses_of(door: Door, directory: Directory) -> dict[str, Any]:
    """Every status an operation can end with."""
    op = door.kind.op
    statuses = [400, *DOOR_ERRORS]
    found = {status: {"$ref": f"{REF}responses/Status{status}"} for status in statuses}
    found[200] = answered(door, directory)
    if op.answers.awaited and not door.fetches:
        found[202] = problem("尚未办出结果，稍后另行送达（步进时钟）", PENDING, OUR_HEADERS)
        found[504] = problem("在时限内没有办出结果，稍后另行送达（实时时钟）", PENDING, OUR_HEADERS)
    if not door.fetches:
        found |= refusals_of(op)
    return {str(status): found[status] for status in sorted(found)}


def refusals_of(op: Operation) -> dict[int, dict[str, Any]]:
    """The operation's own refusals and the runtime's, by status."""
    errors = list(errors_of(op)) if op.shape is Shape.REQUEST else [*op.errors, UNEXPECTED]
    if op.shape is not Shape.REQUEST:
        errors += [error for error in DOOR_ERRORS[404] if error.code == "not_found"]
        errors += [Error("case_closed", "办件已办结", "无须再报；如需办理请另行申请")]
    by_status: dict[int, list[Error]] = {}
    for error in errors:
        by_status.setdefault(STATUSES.get(error.code, 422), []).append(error)
    titles = {409: "当前状态不受理", 422: "业务上不予办理"}
    return {status: problem(titles[status], tuple(by)) for status, by in by_status.items() if status != 404}


def answered(door: Door, directory: Directory) -> dict[str, Any]:
    """The response that says yes."""
    op, schema, title, example = door.kind.op, {"$ref": REF + "schemas/Acknowledged"}, "收下", {"outcome": "ok"}
    headers: dict[str, Any] = dict(OUR_HEADERS)
    if door.fetches:
        kinds = [kind for kind in directory.kinds.values() if kind.op.polled == op.name]
        return {"description": "已备好的结果", "headers": headers, "content": {
            "application/json": {"schema": entries(kinds), "example": {"entries": []}}}}  # fmt: skip
    reply = directory.replies.get(door.kind)
    if op.answers.awaited and reply is not None:
        schema, title, example = {"$ref": REF + f"schemas/{reply.op.name}"}, reply.op.title, body_of(reply).example()
        headers["X-Kind"] = {"description": "应答的报文种类", "schema": {"const": reply.op.name}}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": title, "headers": headers, "content": content}


def entries(kinds: list[type[Message]]) -> dict[str, Any]:
    """What a batch poll brings: by case number."""
    each = [
        {
            "type": "object", "required": ["case_no", "kind", "body"], "title": kind.op.title,
            "properties": {"case_no": CASE_NO, "kind": {"const": kind.op.name},
                           "body": {"$ref": f"{REF}schemas/{kind.op.name}"}},
        }
        for kind in kinds
    ]  # fmt: skip
    items: dict[str, Any] = {"oneOf": each} if each else {"type": "object"}
    return {"type": "object", "required": ["entries"], "properties": {"entries": {"type": "array", "items": items}}}


# ---- what we say to others --------------------------------------------------------------------------------------------
def webhook_of(door: Door, reply: type[Message] | None, tag: str) -> dict[str, Any]:
    """A message of our parties as its receiver has to take it."""
    op = door.kind.op
    headers = {
        "X-Sender": "由哪个席位发送", "X-Case-No": "办件号；0 为不属于某一办件", "X-Message-Id": "报文号；重发不变",
        "X-Attempt": "第几次发送，自 1 起", "X-Asked-At": "本应发出的沙箱时刻，Unix 毫秒数；途中被扣下的，仍算说出的那一天",
        "X-Sandbox-Time": "沙箱时刻，Unix 毫秒数",
    }  # fmt: skip
    shown: dict[str, Any] = {
        "operationId": f"webhook.{op.name}", "summary": op.title, "tags": [tag], "x-operation": op.name,
        "description": f"发往接收方地址之下的 `{door.method} {door.path}`。不答复或答复 5xx 时按重发阶梯再送。",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": told, "schema": {"type": "string"}}
            for name, told in headers.items()
        ],
    }  # fmt: skip
    if door.method != "GET" and door.body.schema()["properties"]:
        content = {"application/json": {"schema": door.body.schema(), "example": door.body.example()}}
        shown["requestBody"] = {"required": True, "content": content}
    good: dict[str, Any] = {"description": "收下；正文可空"}
    if op.answers.awaited and reply is not None:
        said = {"$ref": REF + f"schemas/{reply.op.name}"}
        good = {"description": reply.op.title, "content": {"application/json": {"schema": said}},
                "headers": {"X-Kind": {"required": True, "schema": {"const": reply.op.name}}}}  # fmt: skip
    refusing = {"description": "不接收：正文为 `error` 与 `detail`", "content": {"application/json": {
        "schema": {"$ref": REF + "schemas/Problem"}}}}  # fmt: skip
    shown["responses"] = {"200": good, "409": refusing, "422": refusing}
    if op.answers.awaited:
        shown["responses"]["202"] = {"description": "已收下，结果稍后送到 `/answers/{报文号}`"}
    return shown


def records_of(doors: list[Door], directory: Directory) -> dict[str, Any]:
    """Every schema that these doors refer to."""
    found: dict[str, Any] = {}
    for door in doors:
        found |= door.body.components()
        polled = [kind for kind in directory.kinds.values() if door.fetches and kind.op.polled == door.kind.op.name]
        for kind in filter(None, [directory.replies.get(door.kind), *polled]):
            found |= body_of(kind).components() | {kind.op.name: body_of(kind).schema()}
    return found
