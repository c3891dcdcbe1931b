"""What the court was answered, and whether the register was written while the home was seized."""

from typing import Final

from features.evidence import Check, Seen
from features.vocabulary import VOCABULARY

SUBJECT = "查封"
SEIZE, RECORD = frozenset({"registry.seize"}), frozenset({"registry.record"})
ANSWERS: Final = {"已控制": 1, "未控制，已转移登记": 2}
VOCABULARY.word("反馈", "|".join(ANSWERS), str)


@VOCABULARY.checks(SUBJECT, "法院得到的反馈是{反馈}", "法院得到的反馈是已控制")
def court_answered(seen: Seen, answer: str) -> Check:
    """登记机构对查封的答复；未控制的写明理由。"""
    rows = seen.messages(SEIZE)
    said = seen.reply(rows[-1]) if rows else {}
    holds = said.get("status") == ANSWERS[answer] and bool(said.get("reason")) == (ANSWERS[answer] == 2)
    return seen.awaited(holds, answer, f"{said.get('status', '没有反馈')} {said.get('reason', '')}".strip(), rows)


@VOCABULARY.checks(SUBJECT, "查封之后没有登簿", "查封之后没有登簿")
def never_recorded(seen: Seen) -> Check:
    """查封送达在先的，登簿一次也没有成。"""
    seized, recorded = seen.messages(SEIZE), seen.messages(RECORD)
    late = [row for row in recorded if seized and row.t_ms >= seized[0].t_ms]
    if not seized:
        return seen.awaited(False, "没有登簿", "没有查封")
    return seen.check(not late, "没有登簿", seen.story(late), [*seized, *late])
