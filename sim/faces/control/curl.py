"""Any exchange of the journal as a `curl` line that says it again."""

import json
from shlex import quote

from sim.faces.bodies import body_of
from sim.faces.control.errors import Refusal
from sim.faces.doors import is_heard
from sim.faces.glossary import Glossary
from sim.faces.hosted import Hosted
from sim.faces.http_out import target_of
from sim.faces.masked import masked_value
from sim.faces.refusals import Problem
from sim.journal.record import Record


def curl_line(found: Hosted, record: Record, words: Glossary, server: str, *, masked: bool = False) -> str:
    """The line, and before it, as comments, what must be known to run it. Raises Refusal for what is no call of its own."""
    kind = words.directory.kinds.get(record.kind)
    door = None if kind is None else words.directory.doors[record.receiver].by_kind.get(kind)
    if kind is None or door is None or not (door.fetches or is_heard(kind)):
        title = words.kind(record.kind)
        detail = f"“{title}”不是单独的 HTTP 调用：答复随请求的应答返回，定时与人的动作不经过 HTTP"
        raise Refusal(Problem(409, "not_a_call", "不是 HTTP 调用", detail, "改取它所答复的请求（cause）的报文号"))
    ours = f"{server}/runs/{found.run.plan.name}/{record.receiver}"
    address = found.host.addresses.get(record.receiver, "") or ours
    path, data = door.path, record.raw or b""
    if record.body is not None:
        path, data = target_of(door, body_of(kind).parse(record.body.encode()), record.case_no)
    if masked and data and record.body is not None:
        data = json.dumps(masked_value("", json.loads(data)), ensure_ascii=False).encode()
    parts = ["curl", "-sS", "-X", door.method, quote(address + path), "-H", quote(f"X-Sender: {record.sender}")]
    if record.case_no:
        parts += ["-H", quote(f"X-Case-No: {record.case_no}")]
    if data:
        parts += [
            "-H",
            quote("Content-Type: application/json"),
            "--data-binary",
            quote(data.decode("utf-8", "replace")),
        ]
    return "\n".join([*_notes(found, record, words, masked), " ".join(parts)]) + "\n"


def _notes(found: Hosted, record: Record, words: Glossary, masked: bool) -> list[str]:
    notes = [f"# {words.seat(record.sender)} → {words.seat(record.receiver)}：{words.kind(record.kind)}"]
    remote = found.run.plan.remote
    if record.receiver in remote and not found.host.addresses.get(record.receiver):
        notes.append(f"# 席位 {record.receiver} 用收件箱，没有地址；下面的地址只示意")
    if record.sender not in remote:
        notes.append(f"# 席位 {record.sender} 由沙箱扮演：发给沙箱会被拒收（seat_is_ours），发给对方系统可用")
    if found.run.plan.scheme != "open":
        notes.append(f"# 本批次要签名（{found.run.plan.scheme}）：请求头用 liantiao sign 逐步算出后加上")
    if masked:
        notes.append("# 个人信息已脱敏，不能原样发送；去掉 masked=1 得到可执行的")
    return notes
