"""Situations: what a scenario's 假如 and 当 ask for, held against what really became of a case that nobody arranged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from features.casting import SOON, UNEVENTFUL, Cast
from features.playing import BEGINS_MS, arrange
from features.reading import Scenario
from features.signs import ENDS, RECORDED, SIGNS, Course
from features.steps import times
from features.steps.habits import IN_TIME, MISHAPS, OMISSIONS, REJECTS
from features.vocabulary import VOCABULARY
from sim.calendar import DAY_MS
from sim.dossier import ITEMS, PLAIN_NAME, Dossier

TITLES: Final = (
    {share: phrase for phrase, (share, _) in (*MISHAPS.items(), *OMISSIONS.items())}
    | {f"{item}_rejected": f"{title}退回" for title, (item, _) in REJECTS.items()}
    | {"rejected_again": "补齐再推仍被退回", "tax_reassessed": "核定之后税务收回重核", "tax_waived": "税款全部免征",
       "three_certificates_missing": "一次缺三种证照"}
)  # fmt: skip
"""What may happen in a case, as officers say it."""
KIND_OF: Final = (
    "region", "channel", "residential", "area_m2_x100", "price_fen", "original_price_fen", "has_cost_documents",
    "sole_home", "buyer_home_count", "agent", "minor", "loan", "mortgage", "net_signed", "copies", "separate_payers",
    "account_wrong", "fund_centre", "items",
)  # fmt: skip
"""The facts of a dossier that are not names or numbers of its own."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a scenario asks for: what must and must not happen, by its share's name, and why a person has to say that it did.

    What `by_word` names leaves no sign, nor do we know what follows from it: what else happened is then no matter. `never`
    says why it cannot occur at all while nothing is arranged, "" where it can; `alone` that only the case prepared for this
    scenario has its facts.
    """

    happens: Mapping[str, bool]
    reasons: Mapping[str, str]
    by_word: tuple[str, ...]
    never: str
    alone: bool

    def unlike(self, course: Course, word: str) -> str:
        """Why a case is not in this situation, "" where it is; `word` is who says so of what nobody can see, "" for nobody."""
        if self.never:
            return self.never
        told = [*self.by_word]
        for share, wanted in self.happens.items():
            happened = SIGNS[share](course)
            if happened is None:
                told += [TITLES[share]] if wanted and UNEVENTFUL.get(share) != 1.0 else []
            elif happened != wanted and (wanted or not self.by_word):
                return f"“{TITLES[share]}”{_apart(share, wanted)}"
        if not course.has(*RECORDED) and not word and not any(self.happens[share] for share in ENDS):
            return "没有看到登簿，看不出有没有别的情形；由经办人在工作清单里认定"
        for item, code in self.reasons.items():
            if course.reason(item) != code:
                return f"“{TITLES[f'{item}_rejected']}”的理由是 {course.reason(item) or '空'}，不是 {code}"
        if told and not word:
            return f"“{'”“'.join(told)}”在报文里认不出；在工作清单里写上受理编号与经办人，由经办人认定"
        return ""


def _apart(share: str, wanted: bool) -> str:
    """What is different, as it is said of a happening or of an omission."""
    omitted = UNEVENTFUL.get(share) == 1.0
    return "没有发生" if wanted != omitted else "发生了，不是场景的情形"


def situation_of(scenario: Scenario) -> Situation:
    """What a scenario asks for. Raises FeatureError as casting does."""
    cast, by_word, dated = Cast(BEGINS_MS), [], False
    for step in scenario.steps:
        if step.role == "then":
            continue
        phrase, _ = VOCABULARY.find(step, f"{scenario.file}:{step.line}")
        dated |= phrase.subject == times.SUBJECT
        before = _said(cast)
        arrange(cast, step, scenario)
        if _unseen(before, _said(cast)):
            by_word.append(step.text)
    never = "观察中不安排技术故障" if cast.faults else "场景要求指定的日期或时刻，观察中不拨动时钟" if dated else ""
    happens = {share: bool(cast.shares.get(share, 0.0)) for share in SIGNS}
    happens["rejected_again"] &= happens["resubmitted"]
    reasons = {name.removesuffix(".reject"): code for name, code in cast.reasons.items() if name.endswith(".reject")}
    alone = bool(
        cast.search or cast.registry or cast.alike or cast.second or cast.company or cast.name_kind != PLAIN_NAME
    )
    return Situation(happens, reasons, tuple(by_word), never, alone)


Said = tuple[Mapping[str, Any], ...]
"""Shares, durations and reasons."""


def _said(cast: Cast) -> Said:
    return dict(cast.shares), dict(cast.durations), dict(cast.reasons)


def _unseen(before: Said, after: Said) -> bool:
    """Whether a step asked for something that leaves no sign: a habit nobody sees, how long something takes."""
    shares, durations, reasons = ({name for name in new if old.get(name) != new[name]}
                                  for old, new in zip(before, after, strict=True))  # fmt: skip
    helpful = {IN_TIME[share][0] for share in shares & IN_TIME.keys()} | SOON.keys()
    unseen = {name for name in reasons if name.removesuffix(".reject") not in ITEMS}
    return bool(shares - SIGNS.keys() or durations - helpful or unseen)


def kind_of(dossier: Dossier) -> tuple[Any, ...]:
    """What two cases have in common that differ in their people, homes and numbers only."""
    people = tuple((person.is_company, person.id_type) for person in (*dossier.buyers, *dossier.sellers))
    held = (dossier.arrival_ms - dossier.acquired_ms) // DAY_MS
    return (*(getattr(dossier, name) for name in KIND_OF), len(dossier.buyers), people, held)
