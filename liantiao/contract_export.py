"""`liantiao contract export`: what integration teams load into their own tools, written from the declarations."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from liantiao import help_pages
from liantiao.directory import directory
from liantiao.simulating.run_folder import complete_or_absent
from sim.faces.docs_page import Asked
from sim.faces.doors import Directory, Door
from sim.faces.openapi import Documents
from sim.plain import PlainError

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
COLLECTION = "liantiao.postman_collection.json"
"""The file by which an earlier export is known."""
README = """# 联调沙箱接口文件

由 `liantiao contract export` 按报文声明生成，请勿手改。共 {seats} 个席位、{operations} 个接口。

| 文件 | 用途 |
|---|---|
| `openapi/席位.json` | 每个席位一份 OpenAPI 3.1：路径、字段、错误码、示例，以及该席位要发给别人的报文（webhooks） |
| `liantiao.postman_collection.json` | Postman v2.1 合集，每席一个文件夹，Postman 与 Apifox 都能导入 |

## 用法

1. 启动沙箱，并空出自己要接入的席位：`liantiao serve --real portal= --real registry= --real hub=`。
2. 在 Postman 或 Apifox 中导入合集，核对变量：`baseUrl` 沙箱地址，`run` 批次名，`caseNo` 办件号，`token` 启动时显示的控制令牌。
3. 直接发送。请求头 `X-Sender` 是以哪个席位发送，须是已空出的席位；`X-Case-No` 是办件号。
4. 批次若启用签名，先用 `liantiao sign` 逐步对照，再在工具的前置脚本里计算签名请求头。

示例中的证号、户号、票号都能通过校验，但不属于任何人；示例里的业务号码在沙箱中没有登记，发送后得到“查无此号”是正常答复。
没有哪份政策文件公布过报文格式，这里的接口是我们自己拟定的。
"""


class ContractError(PlainError):
    """What was asked to be exported cannot be; the message says what would do."""


contract_app = typer.Typer(cls=help_pages.Group, no_args_is_help=True, help="接口文件。")


@contract_app.command("export", cls=help_pages.Command)
def contract_command(
    out: Annotated[Path, typer.Option("--out", help="输出文件夹：完整写成或不存在")],
    address: Annotated[str, typer.Option("--base-url", help="沙箱地址")] = "http://127.0.0.1:8900",
    seat: Annotated[list[str] | None, typer.Option("--seat", help="只导出这个席位；可多次")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="输出文件夹里是上一次导出时，替换它")] = False,
) -> None:
    """导出接口文件：每席一份 OpenAPI，一份 Postman（Apifox）合集，与中文说明。"""
    known = directory()
    seats = seat or [name for name, doors in known.doors.items() if doors.doors]
    wrong = [name for name in seats if name not in known.doors]
    if wrong:
        raise ContractError(f"--seat 不认识“{'、'.join(wrong)}”；席位有：{'、'.join(known.doors)}。")
    if not address.startswith(("http://", "https://")):
        raise ContractError(f"--base-url “{address}”应以 http:// 或 https:// 开头，例如 http://127.0.0.1:8900。")
    documents, base = Documents(known), address.rstrip("/")
    with complete_or_absent(out, replace=replace, known_by=COLLECTION, last="上一次的导出") as folder:
        (folder / "openapi").mkdir()
        for name in seats:
            write(folder / "openapi" / f"{name}.json", documents.seat(name, base))
        write(folder / COLLECTION, collection(known, seats, base))
        operations = sum(len(known.doors[name].doors) for name in seats)
        (folder / "README.md").write_text(README.format(seats=len(seats), operations=operations), encoding="utf-8")
    print(f"已写入 {out}：{len(seats)} 个席位，{operations} 个接口")


def write(path: Path, document: dict[str, Any]) -> None:
    """A document for people to read and for tools to load."""
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def collection(known: Directory, seats: list[str], base: str) -> dict[str, Any]:
    """One Postman collection: a folder for each seat, and one for the control API's first steps."""
    folders = [
        {"name": f"{known.doors[seat].role.title}（{seat}）", "item": [item(known, seat, door) for door in known.doors[seat].doors]}
        for seat in seats
    ]  # fmt: skip
    variables = {"baseUrl": base, "run": "demo", "caseNo": "1", "token": ""}
    return {
        "info": {"name": "联调沙箱", "schema": SCHEMA, "description": "二手房转移登记“一件事”联调沙箱的全部接口"},
        "item": [*folders, {"name": "控制接口", "item": control_items()}],
        "variable": [{"key": key, "value": value, "type": "string"} for key, value in variables.items()],
    }


def item(known: Directory, seat: str, door: Door) -> dict[str, Any]:
    """One request, ready to be sent."""
    asked, op = Asked(known, door), door.kind.op
    values = {name: "{{caseNo}}" if name == "case" else value for name, value in asked.values.items()}
    segments = [str(values[part[1:-1]] if part.startswith("{") else part) for part in door.parts]
    headers = asked.headers | ({"X-Case-No": "{{caseNo}}"} if "X-Case-No" in asked.headers else {})
    query = [{"key": key, "value": value} for key, value in asked.query]
    text = json.dumps(asked.body, ensure_ascii=False, indent=2) if asked.body is not None else None
    return {
        "name": f"{'、'.join(op.inventory)} {op.title}".strip(),
        "request": request(
            door.method, ["runs", "{{run}}", seat, *segments], headers, text, query, f"操作名 {op.name}"
        ),
    }


def control_items() -> list[dict[str, Any]]:
    """The steps around a case: the run, people applying, its clock, its journal."""
    token = {"Authorization": "Bearer {{token}}"}
    begin = '{"first": {{caseNo}}, "last": {{caseNo}}}'
    return [
        {"name": name, "request": request(method, ["runs", "{{run}}", *rest], token, body, query, "")}
        for name, method, rest, body, query in (
            ("查看批次", "GET", (), None, []),
            ("买卖双方发起办件", "POST", ("cases",), begin, []),
            ("查看时钟", "GET", ("clock",), None, []),
            ("拨动时钟一小时（步进批次）", "POST", ("clock", "advance"), '{"by_ms": 3600000}', []),
            ("查询报文日志", "GET", ("journal",), None, [{"key": "case_no", "value": "{{caseNo}}"}]),
        )
    ]


def request(
    method: str, path: list[str], headers: dict[str, str], body: str | None, query: list[dict[str, str]], told: str
) -> dict[str, Any]:
    """A request as the collection's format has it."""
    tail = "?" + "&".join(f"{each['key']}={each['value']}" for each in query) if query else ""
    found: dict[str, Any] = {
        "method": method, "description": told,
        "header": [{"key": key, "value": value} for key, value in headers.items()],
        "url": {"raw": "{{baseUrl}}/" + "/".join(path) + tail, "host": ["{{baseUrl}}"], "path": path, "query": query},
    }  # fmt: skip
    if body is not None:
        found["header"].append({"key": "Content-Type", "value": "application/json"})
        found["body"] = {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}
    return found
