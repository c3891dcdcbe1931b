"""One case told from its journal rows: as lines to read, and as a Mermaid sequence diagram."""

from sim.faces.control.rows import is_timer, why, yuan
from sim.faces.glossary import Glossary, beijing
from sim.journal.record import Record

_NOT_IN_MERMAID = str.maketrans({";": "；", "#": "＃", ":": "：", "\n": " ", "<": "＜", ">": "＞", "%": "％"})


def timeline_text(number: int, rows: list[Record], words: Glossary) -> str:
    """A line for each row: when, who to whom, what, what became of it, and how the receiver's state moved."""
    lines = [f"办件 {number}：{len(rows)} 条报文"]
    for row in rows:
        who = words.seat(row.receiver)
        way = f"{who}（自）" if row.sender == row.receiver else f"{words.seat(row.sender)} → {who}"
        parts = [beijing(row.t_ms)[:23].replace("T", " "), way, words.kind(row.kind)]
        if row.amount_fen:
            parts.append(yuan(row.amount_fen))
        if row.reply:
            parts.append(f"应答：{words.kind(row.reply)}")
        if row.attempt > 1:
            parts.append(f"第 {row.attempt} 次")
        if row.outcome != "ok":
            said = why(row)
            parts.append(words.outcome(row.kind, row.outcome) + (f"（{said}）" if said else ""))
        if change := moved(row, words):
            parts.append(f"〔{change}〕")
        lines.append("  ".join(parts))
    return "\n".join(lines) + "\n"


def sequence(number: int, rows: list[Record], words: Glossary) -> str:
    """The case as a Mermaid sequence diagram, seats in the order in which they come in."""
    said = [row for row in rows if not is_timer(row, words)]
    seats = list(dict.fromkeys(seat for row in said for seat in (row.sender, row.receiver)))
    lines = ["sequenceDiagram", "    autonumber", f"    title 办件 {number}"]
    lines += [f"    participant {_key(seat)} as {words.seat(seat)}" for seat in seats]
    for row in said:
        sender, receiver, title = _key(row.sender), _key(row.receiver), words.kind(row.kind)
        if row.amount_fen:
            title += f" {yuan(row.amount_fen)}"
        sort = row.outcome.partition(":")[0]
        if sort == "fault":
            lines.append(f"    {sender}-x{receiver}: {_plain(title)}（{_plain(words.outcome(row.kind, row.outcome))}）")
            continue
        lines.append(f"    {sender}->>{receiver}: {_plain(title)}")
        if sort == "refused":
            lines.append(f"    {receiver}--x{sender}: {_plain(words.outcome(row.kind, row.outcome))}")
        elif row.reply:
            lines.append(f"    {receiver}-->>{sender}: {_plain(words.kind(row.reply))}")
        if change := moved(row, words):
            lines.append(f"    Note over {receiver}: {_plain(change)}")
    return "\n".join(lines) + "\n"


def moved(row: Record, words: Glossary) -> str:
    """核税中 → 已核税, where the receiver's state moved."""
    if not row.track or row.state_from == row.state_to:
        return ""
    before = words.state(row.receiver, row.track, row.state_from)
    return f"{words.track(row.receiver, row.track)}：{before} → {words.state(row.receiver, row.track, row.state_to)}"


def _key(seat: str) -> str:
    """A seat's name where Mermaid would take it for a word of its own."""
    return f"s_{seat}"


def _plain(text: str) -> str:
    return text.translate(_NOT_IN_MERMAID)
