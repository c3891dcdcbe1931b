"""The control API's OpenAPI document, for people who read Chinese: what each call does, how it refuses, what it wants to be shown."""

from typing import Any, Final

TITLES: Final = {
    "GET /runs": "列出批次", "POST /runs": "建批次", "GET /runs/{run}": "查看批次", "DELETE /runs/{run}": "删除批次",
    "POST /runs/{run}/reset": "重置批次", "GET /runs/{run}/keys": "取各席位的签名密钥", "GET /runs/{run}/arranged": "查看安排的情形",
    "POST /runs/{run}/attach": "告知外部系统的地址", "POST /runs/{run}/cases": "当事人申请",
    "GET /runs/{run}/clock": "查看时钟", "POST /runs/{run}/clock/advance": "推进时钟", "GET /runs/{run}/clock/pending": "谁在等谁",
    "GET /runs/{run}/journal": "查报文日志", "GET /runs/{run}/messages/{message_id}": "查看一条报文",
    "GET /runs/{run}/messages/{message_id}/curl": "把一次往来写成 curl", "GET /runs/{run}/cases/{number}": "查看办件",
    "GET /runs/{run}/cases/{number}/timeline": "办件时间线", "GET /runs/{run}/cases/{number}/sequence.mmd": "办件时序图",
    "POST /runs/{run}/cases/{number}/close": "放下办件", "GET /runs/{run}/inbox": "看收件箱",
    "POST /runs/{run}/inbox/{message_id}/answer": "答复收件箱里的请求", "GET /runs/{run}/faults": "列出故障",
    "POST /runs/{run}/faults": "注入故障", "DELETE /runs/{run}/faults": "撤销全部故障", "DELETE /runs/{run}/faults/{name}": "撤销一个故障",
    "POST /runs/{run}/faults/scripts/{script}": "注入故障脚本", "GET /runs/{run}/numbers": "列出受理编号与办件号",
    "POST /runs/{run}/numbers": "绑定受理编号与办件号", "GET /runs/{run}/observations": "列出被测方自报的事",
    "POST /runs/{run}/observations": "补报被测方做过的事", "GET /runs/{run}/outbox": "看发件箱",
    "POST /runs/{run}/outbox/{message_id}/resend": "重发一条报文", "GET /runs/{run}/verdict": "判定批次",
    "GET /runs/{run}/record": "批次的记录", "GET /runs/{run}/snapshots": "列出快照", "POST /runs/{run}/snapshots": "取快照",
    "DELETE /runs/{run}/snapshots/{name}": "删除快照", "POST /runs/{run}/snapshots/{name}/restore": "恢复到快照",
}  # fmt: skip
"""What each call does, by its method and path."""
_TEXT: Final = {"type": "string"}
PROBLEM: Final[dict[str, Any]] = {
    "type": "object", "title": "控制接口不予办理的原因", "required": ["error", "title", "detail", "next_step", "fields"],
    "properties": {
        "error": {**_TEXT, "title": "稳定的错误码"}, "title": {**_TEXT, "title": "一句话说明"}, "detail": {**_TEXT, "title": "详情"},
        "next_step": {**_TEXT, "title": "下一步"},
        "fields": {"type": "array", "title": "逐个设置的原因", "items": {
            "type": "object", "title": "一个设置的原因", "properties": {
                "path": {**_TEXT, "title": "哪个设置"}, "code": {**_TEXT, "title": "错误码"}, "message": {**_TEXT, "title": "原因"},
                "rule": {**_TEXT, "title": "规则"}, "nearest": {"type": ["string", "null"], "title": "最接近的合法值"},
                "next_step": {**_TEXT, "title": "下一步"},
            },
        }},
    },
}  # fmt: skip


def in_chinese(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it was made, with titles, the refusals that are sent, and the token; it is changed in place."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["ControlProblem"] = PROBLEM
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "启动时显示的控制令牌"}
    }
    told = {"application/json": {"schema": {"$ref": "#/components/schemas/ControlProblem"}}}
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            call["summary"] = TITLES[f"{method.upper()} {path}"]
            call["security"] = [{"token": []}]
            for each in call.get("parameters", ()):
                each["schema"].pop("title", None)  # its English name, which says nothing more
            answers = call["responses"]
            answers.pop("422", None)
            answers["400"] = {"description": "请求不合要求", "content": told}
            answers["401"] = {"description": "没有令牌或令牌不对", "content": told}
            for status, answer in answers.items():
                if status.startswith("2"):
                    answer["description"] = "已办理"
                    for said in answer.get("content", {}).values():
                        said.get("schema", {}).pop("title", None)
    return document
