"""`/docs`: every operation of every seat on one page for people, with a `curl` line each; it needs no network."""

import json
import shlex
from html import escape
from typing import Any, Final
from urllib.parse import quote

from sim.faces.bodies import body_of
from sim.faces.doors import CASE, Directory, Door
from sim.faces.error_list import errors_of
from sim.faces.openapi.operations import ANSWER_TITLES, EXAMPLE_CASE, body_shown

STYLE: Final = """
:root{--ink:#1d2733;--soft:#5b6b7b;--line:#dfe5ec;--paper:#fff;--back:#f5f7fa;--blue:#1a5fb4;--green:#1e7a46;--red:#a33}
*{box-sizing:border-box}html{scroll-behavior:smooth}
body{margin:0;color:var(--ink);background:var(--back);font:15px/1.65 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif}
nav{position:fixed;inset:0 auto 0 0;width:280px;overflow:auto;padding:20px 16px;background:var(--paper);border-right:1px solid var(--line)}
nav a{display:flex;justify-content:space-between;gap:8px;padding:3px 8px;border-radius:6px;color:var(--ink);text-decoration:none}
nav a:hover{background:var(--back)}nav small{color:var(--soft);white-space:nowrap}
main{margin-left:280px;padding:26px 36px 80px;max-width:1180px}
h1{font-size:24px;margin:0 0 6px}h2{font-size:19px;margin:40px 0 4px;padding-top:8px}nav strong{display:block;margin:0 8px 10px}
p{margin:6px 0;color:var(--soft)}code,pre{font:13px/1.55 "DejaVu Sans Mono",Consolas,"Noto Sans CJK SC",monospace}
details{background:var(--paper);border:1px solid var(--line);border-radius:8px;margin:8px 0}
summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px;padding:8px 14px;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}summary:hover{background:var(--back);border-radius:8px}
summary b{font-weight:600;min-width:12em}summary code{overflow-wrap:anywhere}summary small{margin-left:auto;color:var(--soft)}
.m{display:inline-block;min-width:52px;text-align:center;border-radius:4px;color:#fff;background:var(--green);font-size:12px}
.GET{background:var(--blue)}.in{padding:2px 16px 14px;border-top:1px solid var(--line)}
dl{display:grid;grid-template-columns:6em 1fr;gap:2px 12px;margin:10px 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
pre{margin:8px 0 0;padding:10px 12px;background:#17212b;color:#e6edf3;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
.e code{color:var(--red)}@media(max-width:820px){nav{position:static;width:auto}main{margin:0;padding:16px}}
"""


def docs_page(directory: Directory, base: str) -> bytes:
    """The page; `base` is the server's address."""
    seats = [(seat, doors.role.title, doors.doors) for seat, doors in directory.doors.items()]
    links = "".join(
        f'<a href="#{seat}"><span>{escape(title)}</span><small>{seat}</small></a>' for seat, title, _ in seats
    )
    parts = "".join(_seat(directory, seat, title, doors, base) for seat, title, doors in seats)
    total = sum(len(doors) for _, _, doors in seats)
    page = f"""<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>联调沙箱接口</title><link rel="icon" href="data:,">
<style>{STYLE}</style>
<nav><strong>联调沙箱接口</strong>{links}</nav><main><h1>联调沙箱接口</h1>
<p>{len(seats)} 个席位，{total} 个接口。机器可读：<a href="/openapi.json">/openapi.json</a>，每席一份在 <code>/openapi/席位.json</code>。
下面的 curl 以批次 <code>demo</code> 为例；请求由哪个席位发送，那个席位须由真实系统接入（<code>--real 席位=地址</code>）。</p>
<p>金额以分计，时刻为 Unix 毫秒数，正文为 UTF-8 的 JSON。没有哪份政策文件公布过报文格式，这里的接口是我们自己拟定的。</p>
{parts}</main></html>"""
    return page.encode()


def _seat(directory: Directory, seat: str, title: str, doors: list[Door], base: str) -> str:
    shown = "".join(_operation(directory, seat, door, base) for door in doors)
    if not doors:
        return ""
    where = f'地址 <code>{escape(base)}/runs/demo/{seat}</code>，<a href="/openapi/{seat}.json">OpenAPI</a>'
    return f'<h2 id="{seat}">{escape(title)}</h2><p>{where}</p>{shown}'


def _operation(directory: Directory, seat: str, door: Door, base: str) -> str:
    op = door.kind.op
    numbers = "、".join(op.inventory)
    reply = directory.replies.get(door.kind)
    told = ANSWER_TITLES[op.answers] + (f"：{reply.op.title}" if reply is not None else "")
    facts = {
        "操作名": f"<code>{op.name}</code>",
        "发送方": escape("、".join(_named(directory, each) for each in directory.senders(door.kind)) or "（未定）"),
        "应答": escape("取走已备好的结果" if door.fetches else told),
        "办事步骤": escape(op.step),
        "错误": '<span class="e">' + "<br>".join(
            f"<code>{error.code}</code> {escape(error.title)}：{escape(error.next_step)}" for error in errors_of(op)
        ) + "</span>" if errors_of(op) else "",
    }  # fmt: skip
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items() if value)
    if reply is not None:
        answer = json.dumps(body_of(reply).example(), ensure_ascii=False)
        rows += f"<dt>应答示例</dt><dd><code>{escape(answer)}</code></dd>"
    return (
        f'<details><summary><span class="m {door.method}">{door.method}</span><b>{escape(op.title)}</b>'
        f"<code>{escape(door.path)}</code><small>{escape(numbers)}</small></summary>"
        f'<div class="in"><dl>{rows}</dl><pre>{escape(curl_line(directory, seat, door, base))}</pre></div></details>'
    )


def _named(directory: Directory, seat: str) -> str:
    return f"{directory.doors[seat].role.title} {seat}"


class Asked:
    """One valid request at a door, ready to be shown or sent: path with query, headers and body."""

    def __init__(self, directory: Directory, door: Door) -> None:
        example = door.body.example()
        values = {
            name: EXAMPLE_CASE if name == CASE else quote(str(example[name]), safe="") for name in door.parameters
        }
        self.values = values
        self.path = door.path
        self.query: list[tuple[str, str]] = []
        if door.method == "GET":
            self.query = [(name, str(each)) for name, each in example.items() if name not in values]
        self.headers: dict[str, str] = {}
        senders = directory.senders(door.kind)
        if senders:
            self.headers["X-Sender"] = senders[0]
        if not door.names_case and not door.fetches:
            self.headers["X-Case-No"] = str(EXAMPLE_CASE)
        shown: dict[str, Any] | None = None if door.method == "GET" else body_shown(door)
        self.body: dict[str, Any] | None = None if shown is None else shown["content"]["application/json"]["example"]

    @property
    def filled(self) -> str:
        """Path and query with the example's values."""
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in self.query)
        path = self.path.format(**self.values)
        return f"{path}?{query}" if query else path


def curl_line(directory: Directory, seat: str, door: Door, base: str) -> str:
    """How people say this with curl."""
    asked = Asked(directory, door)
    words = [f"curl -X {door.method} {shlex.quote(f'{base}/runs/demo/{seat}{asked.filled}')}"]
    words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in asked.headers.items()]
    if asked.body is not None:
        words.append("-H 'Content-Type: application/json'")
        words.append(f"-d {shlex.quote(json.dumps(asked.body, ensure_ascii=False))}")
    return " \\\n  ".join(words)
