"""What every operation's entry in the OpenAPI documents shares: the shape of a no, headers, and what a door itself refuses."""

from typing import Any, Final

from sim.faces.error_list import body_errors
from sim.message import Error

REF: Final = "#/components/"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

DOOR_ERRORS: Final = {
    401: (
        Error("missing_header", "缺少签名请求头", "签名的请求须带 X-Key、X-Timestamp、X-Nonce、X-Body-Digest、X-Signature"),
        Error("unknown_key", "本批次没有这个密钥编号", "核对 X-Key"),
        Error("bad_header", "签名请求头格式不符", "按签名说明书写"),
        Error("timestamp_skew", "时间戳与本端相差超过 5 分钟", "校准时钟后重新签名"),
        Error("body_digest_differs", "正文摘要不符", "对实际发出的字节取摘要"),
        Error("signature_differs", "签名不符", "用 liantiao sign 逐步对照"),
        Error("nonce_replayed", "随机数已用过", "每次发送都换新的随机数"),
    ),
    403: (
        Error("seat_unknown", "没有这个席位", "核对 X-Sender"),
        Error("seat_is_ours", "席位由沙箱扮演", "建批次时声明该席位由真实系统接入"),
        Error("sender_unclear", "发送方不明", "在请求头 X-Sender 中写明席位，或带签名"),
    ),
    404: (
        Error("run_unknown", "没有这个联调批次", "核对地址中的批次名"),
        Error("no_such_operation", "没有这个接口", "按提示的最接近的接口更正路径"),
        Error("case_unknown", "没有这个办件", "核对办件号"),
        Error("seat_absent", "办件所在地区没有这个席位", "改用该地区的席位"),
        Error("not_found", "查无此号", "核对业务号码后重新提交"),
    ),
    405: (Error("method_not_allowed", "方法不对", "改用 Allow 中的方法"),),
    408: (Error("too_slow", "报文没有按时收完", "检查网络后重新提交"),),
    413: (Error("body_too_large", "报文过大", "拆分后重新提交"),),
    414: (Error("uri_too_long", "地址过长", "缩短路径与查询"),),
    431: (Error("headers_too_large", "请求头过大", "减少请求头"),),
    500: (Error("internal_error", "沙箱内部出错", "本批次已标为未完成；请把报文与时间告知沙箱维护者"),),
    503: (
        Error("sandbox_busy", "沙箱忙", "按 Retry-After 稍后重试"),
        Error("journal_broken", "报文日志不能写入", "检查磁盘后重启服务"),
        Error("run_not_opened", "联调批次打不开", "按 detail 中的原因处理后重启服务，或删除批次"),
        Error("run_restoring", "联调批次正在恢复", "稍后重试"),
        Error("run_deleting", "联调批次正在删除", "稍后重试"),
    ),
}  # fmt: skip
"""What the door refuses whatever the operation, by status; 400 is the body's own list."""
DOOR_TITLES: Final = {
    400: "报文不合要求", 401: "签名不符", 403: "发送方不对", 404: "没有此地址、批次、办件或号码", 405: "方法不对",
    408: "报文收得太慢", 413: "报文过大", 414: "地址过长", 431: "请求头过大", 500: "沙箱内部出错（沙箱的缺陷）",
    503: "沙箱忙，或批次没有打开",
}  # fmt: skip

_TEXT: Final = {"type": "string"}
PROBLEM: Final[dict[str, Any]] = {
    "type": "object", "title": "不予受理的原因", "required": ["error", "title", "detail", "next_step", "fields", "basis"],
    "properties": {
        "error": {"type": "string", "title": "稳定的错误码"},
        "title": {"type": "string", "title": "一句话说明"},
        "detail": {"type": "string", "title": "详情：当前状态、此时接受什么"},
        "next_step": {"type": "string", "title": "下一步"},
        "fields": {"type": "array", "title": "逐个字段的原因", "items": {"$ref": REF + "schemas/FieldProblem"}},
        "basis": {"type": "array", "title": "依据：报文编号与办事步骤", "items": _TEXT},
        "message_id": {"type": "string", "title": "报文号"},
        "allow": {"type": "array", "title": "接受的方法", "items": _TEXT},
        "runs": {"type": "array", "title": "现有批次", "items": _TEXT},
        "nearest": {"title": "最接近的接口", "anyOf": [{"type": "object"}, {"type": "null"}]},
    },
}  # fmt: skip
FIELD_PROBLEM: Final[dict[str, Any]] = {
    "type": "object", "title": "一个字段的原因", "required": ["path"],
    "properties": {
        "path": {"type": "string", "title": "字段位置，空为整个报文"},
        "code": {"type": "string", "title": "错误码", "enum": [error.code for error in body_errors()]},
        "message": {"type": "string", "title": "原因"},
        "standard": {"type": "string", "title": "所依据的标准"},
        "nearest": {"type": "string", "title": "最接近的字段名"},
        "next_step": {"type": "string", "title": "下一步"},
    },
}  # fmt: skip
ACKNOWLEDGED: Final[dict[str, Any]] = {
    "type": "object", "title": "回执", "required": ["outcome"], "properties": {"outcome": {"const": "ok", "title": "已收下"}},
}  # fmt: skip

OUR_HEADERS: Final = {
    "X-Message-Id": {"description": "沙箱给这条报文的编号，可据此查日志", "schema": _TEXT},
    "X-Sandbox-Time": {"description": "沙箱时刻，Unix 毫秒数", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
}  # fmt: skip
SIGNATURE_HEADERS: Final = {
    "X-Key": ("密钥编号", "^[!-~]{1,128}$"),
    "X-Timestamp": ("Unix 毫秒数，与本端相差不超过 5 分钟", "^[0-9]{1,19}$"),
    "X-Nonce": ("随机数，10 分钟内不重复", "^[A-Za-z0-9._-]{8,64}$"),
    "X-Body-Digest": ("正文摘要：SHA-256（hmac-sm3 时为 SM3），小写十六进制", "^[0-9a-f]{64}$"),
    "X-Signature": ("对待签名串的签名；HMAC 为小写十六进制，RSA 为 Base64", ""),
}  # fmt: skip


def catalogue(errors: tuple[Error, ...]) -> str:
    """Errors as lines of Markdown."""
    return "\n".join(f"- `{error.code}` {error.title}：{error.next_step}" for error in errors)


def problem(title: str, errors: tuple[Error, ...], headers: dict[str, Any] | None = None) -> dict[str, Any]:
    """A response that says no."""
    named: dict[str, Any] = {"properties": {"error": {"enum": [error.code for error in errors]}}}
    schema = {"allOf": [{"$ref": REF + "schemas/Problem"}, named]}
    found: dict[str, Any] = {"description": f"{title}\n\n{catalogue(errors)}"}
    if headers:
        found["headers"] = headers
    return found | {"content": {"application/json": {"schema": schema}}}


def shared_responses() -> dict[str, Any]:
    """The door's own refusals, by the names that operations refer to."""
    found = {
        f"Status{status}": problem(DOOR_TITLES[status], errors)
        for status, errors in DOOR_ERRORS.items()
        if status not in (405, 503)
    }
    bad = (Error("bad_body", "报文不合要求", "按 fields 逐项更正"),)
    fields = "\n\n`fields` 里的错误码\n\n" + catalogue(body_errors())
    found["Status400"] = problem(DOOR_TITLES[400], bad)
    found["Status400"]["description"] += fields
    allow = {"Allow": {"description": "接受的方法", "schema": _TEXT}}
    found["Status405"] = problem(DOOR_TITLES[405], DOOR_ERRORS[405], allow)
    retry = {"Retry-After": {"description": "多少秒后重试", "schema": _TEXT}}
    found["Status503"] = problem(DOOR_TITLES[503], DOOR_ERRORS[503], retry)
    return found


def shared_parameters() -> dict[str, Any]:
    """Header parameters that every operation has."""
    found: dict[str, Any] = {
        name.replace("-", ""): {
            "name": name, "in": "header", "required": False, "description": told,
            "schema": {"type": "string"} | ({"pattern": pattern} if pattern else {}),
        }
        for name, (told, pattern) in SIGNATURE_HEADERS.items()
    }  # fmt: skip
    found["XMessageId"] = {
        "name": "X-Message-Id", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 100},
        "description": "发送方自己的报文号；结果另行送达时以它称呼这条报文",
    }  # fmt: skip
    return found
