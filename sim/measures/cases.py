"""Measures of cases: how long each stage took, how cases ended, what happened to how many, which departments answered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np

from sim.dossier import ITEMS
from sim.measures.moments import NEVER, REFUSED, Cases, Flags, Moments, Times

QUANTILES: Final = {"median_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99}
STAGES: Final = (
    ("acceptance", "transfer", "申请至受理", "applied", "accepted"),
    ("assessment", "tax", "受理至税费核定", "accepted", "charged"),
    ("payment", "tax", "核定至缴清", "charged", "paid"),
    ("recording", "transfer", "缴清至登簿", "paid", "recorded"),
    ("certificate", "transfer", "登簿至发证", "recorded", "certified"),
    ("filing", "filing", "登簿至网签备案完成", "recorded", "filed"),
    *((item, item, "登簿至有结果", "recorded", item) for item in ITEMS),
    ("whole", "", "申请至全部办结", "applied", "done"),
)
"""(id, item, title, from, to): the names of landmarks."""
ENDS: Final = {
    "done": "办结", "declined": "不予受理", "refused": "不予登记", "withdrawn": "撤回", "lapsed": "逾期失效", "other": "其他",
    "open": "未完",
}  # fmt: skip


def _closed_by(item: str) -> tuple[str, str]:
    """What the registry says to itself when an item is over; a result may also have come as the answer to a question."""
    return f"registry.{item}_finished", f"registry.{item}_givenup"


CLOSURE: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    "gov_platform": ("发起签章至签署结果", ("gov_platform.start_signing",),
                     ("gov_platform.signing_done", "gov_platform.signing_expired", "gov_platform.cancel_signing")),
    "tax": ("申报至核税结果", ("tax.declare",), ("tax.assessed", "tax.exempted", "tax.returned", "tax.cancel_declaration")),
    "non_tax": ("开具缴款书", ("non_tax.issue_pay_code",), ("non_tax.issue_pay_code",)),
    "unionpay": ("扣款至缴款结果", ("unionpay.debited",),
                 ("unionpay.payment_notice", "unionpay.card_returned", "hub.payment_settled")),
    "housing": ("推送至网签备案回执", ("data_exchange.receive",), ("data_exchange.filing_done", "data_exchange.data_returned")),
    **{item: ("推送至结果", (f"{item}.push", f"{item}.push{REFUSED}"),
              (f"{item}.result", f"{item}.push{REFUSED}", f"{item}.cancel", *_closed_by(item))) for item in ITEMS},
}  # fmt: skip
"""Department -> (what is measured, its requests, what answers them)."""
SHARES: Final[dict[str, tuple[str, Callable[[Moments], Flags]]]] = {
    "withdrawn": ("申请撤回", lambda m: m.seen("portal.withdraw")),
    "refunded": ("发生退款", lambda m: m.seen("tax.treasury_refunded", "non_tax.reverse", "unionpay.refunded", "unionpay.card_returned")),
    "declined": ("不予受理或不予登记", lambda m: m.seen("portal.not_accepted", "registry.refuse_registration")),
    "corrected": ("要求补正", lambda m: m.seen("registry.ask_correction")),
    "tax_returned": ("税务退回补正", lambda m: m.seen("tax.returned", "hub.charges_returned")),
    "payment_failed": ("支付失败过", lambda m: m.seen("person.payment_failed")),
    "seized": ("办理中遇查封", lambda m: m.seen("registry.seize")),
    "resubmitted": ("联办退回后再推", lambda m: np.logical_or.reduce([m.twice(f"{item}.push") for item in ITEMS])),
    "refused": ("报文被业务退回过", lambda m: m.refused),
    "struck": ("报文被丢失、拒收或停机挡下", lambda m: m.struck),
    "retried": ("有报文重发", lambda m: m.retried),
    "rated": ("作出评价", lambda m: m.seen("gov_platform.rate")),
}  # fmt: skip


class RegionCases:
    """The cases of one region, reduced to what is reported of them."""

    def __init__(self, moments: Moments, chosen: Cases) -> None:
        marks = landmarks(moments)
        self.count = len(moments.numbers)
        self.stages = {id_: _between(marks[begin], marks[end]) for id_, _, _, begin, end in STAGES}
        self.over = marks["over"][marks["over"] < NEVER]
        self.ends = _ends(moments, marks)
        self.shares = {name: int(flags(moments).sum()) for name, (_, flags) in SHARES.items()}
        self.closure = {name: _closed(moments, asks, answers) for name, (_, asks, answers) in CLOSURE.items()}
        self.items = {
            item: _item(moments, item, (chosen >> bit & 1).astype(np.bool_)) for bit, item in enumerate(ITEMS)
        }


def landmarks(m: Moments) -> dict[str, Times]:
    """The moments between which stages run; where a system keeps one to itself, the next that shows it."""
    over = m.first("portal.closed", "portal.not_accepted", "person.case_over")
    recorded = m.first("registry.record", "data_exchange.receive")
    return {
        "applied": m.first("clerk.visit", "portal.apply"),
        "accepted": m.first("registry.accept", "portal.accepted"),
        "charged": m.first("hub.charges_ready"),
        "paid": m.first("hub.payment_settled"),
        "recorded": recorded,
        "certified": m.first("gov_platform.certify_title"),
        "filed": m.last("data_exchange.filing_done"),
        **{item: _heard(m, item) for item in ITEMS},
        "over": over,
        "done": np.where(recorded < NEVER, over, NEVER),
    }


def _heard(m: Moments, item: str) -> Times:
    """When the registry last heard of an item: from the provincial service if it was pushed there, else directly."""
    return np.where(
        m.seen(f"hub.push_{item}"), m.last(f"hub.{item}_result"), m.last(f"{item}.result", *_closed_by(item))
    )


def _between(begin: Times, end: Times) -> Times:
    both = (begin < NEVER) & (end < NEVER)
    return end[both] - begin[both]


def _ends(m: Moments, marks: Mapping[str, Times]) -> dict[str, int]:
    """How many cases ended how; the first that fits counts."""
    over = marks["over"] < NEVER
    turned_away = m.seen("portal.not_accepted", f"registry.receive{REFUSED}", f"registry.receive_at_window{REFUSED}")
    causes = {
        "done": marks["recorded"] < NEVER,
        "refused": m.seen("registry.refuse_registration"),
        "withdrawn": m.seen("portal.withdraw"),
        "lapsed": m.seen("hub.charges_lapsed", "gov_platform.signing_expired", "registry.correction_overdue"),
        "declined": turned_away,
    }
    counts = {"open": int((~over).sum())}
    left = over
    for end, caused in causes.items():
        counts[end] = int((left & caused).sum())
        left = left & ~caused
    counts["other"] = int(left.sum())
    return {end: counts[end] for end in ENDS}


def _closed(m: Moments, asks: tuple[str, ...], answers: tuple[str, ...]) -> dict[str, int]:
    """Cases with a request, with any answer, with an answer since the last was sent; and how long that took in all.

    A copy of a request that arrives after the answer asks for nothing new: it was sent before.
    """
    first, last, answered = m.first(*asks), m.last_sent(*asks), m.last(*answers)
    asked, heard = first < NEVER, answered < NEVER
    closed = asked & heard & (answered >= last)
    return {
        "requests": int(asked.sum()), "answers": int((asked & heard).sum()), "closed": int(closed.sum()),
        "sum_ms": int((answered[closed] - last[closed]).sum()),
    }  # fmt: skip


def _item(m: Moments, item: str, chosen: Flags) -> dict[str, int]:
    pushed = m.seen(f"{item}.push", f"{item}.push{REFUSED}", f"hub.push_{item}")
    return {
        "chosen": int(chosen.sum()), "pushed": int(pushed.sum()), "again": int(m.twice(f"{item}.push").sum()),
        **{how: int(m.seen(kind).sum()) for how, kind in zip(("done", "returned"), _closed_by(item), strict=True)},
    }  # fmt: skip


def durations(regions: Mapping[str, RegionCases]) -> list[dict[str, Any]]:
    """Median, p90, p99 and mean of every stage, for the province (region "") and for each region."""
    found = []
    for stage, item, title, _, _ in STAGES:
        parts = {name: cases.stages[stage] for name, cases in regions.items()}
        whole = np.concatenate(list(parts.values())) if parts else np.zeros(0, np.int64)
        for region, values in {"": whole, **parts}.items():
            found.append({"stage": stage, "item": item, "title": title, "region": region, **_spread(values)})
    return found


def _spread(values: Times) -> dict[str, int | None]:
    count = len(values)
    if not count:
        return {"n": 0, **dict.fromkeys(QUANTILES), "mean_ms": None}
    quantiles = np.quantile(values, list(QUANTILES.values()))
    spread = {name: round(float(value)) for name, value in zip(QUANTILES, quantiles, strict=True)}
    return {"n": count, **spread, "mean_ms": int(values.sum()) // count}


def ends(regions: Mapping[str, RegionCases]) -> list[dict[str, Any]]:
    """How many cases ended how: the province (region ""), then each region."""
    whole = summed([dict.fromkeys(ENDS, 0), *(cases.ends for cases in regions.values())])
    return [{"region": "", **whole}, *({"region": name, **cases.ends} for name, cases in regions.items())]


def closure(regions: Mapping[str, RegionCases]) -> list[dict[str, Any]]:
    """Every region × department: requests, answers, closed, their share and mean duration."""
    found = []
    for department, (title, _, _) in CLOSURE.items():
        for region, cases in regions.items():
            cell = dict(cases.closure[department])
            total, closed = cell.pop("sum_ms"), cell["closed"]
            found.append({
                "department": department, "title": title, "region": region, **cell,
                "share": closed / cell["requests"] if cell["requests"] else None, "mean_ms": total // closed if closed else None,
            })  # fmt: skip
    return found


def shares(regions: Mapping[str, RegionCases]) -> list[dict[str, Any]]:
    """What happened to how many cases."""
    count = sum(cases.count for cases in regions.values())
    totals = {name: sum(cases.shares[name] for cases in regions.values()) for name in SHARES}
    return [
        {"id": name, "title": title, "cases": totals[name], "share": totals[name] / count if count else None}
        for name, (title, _) in SHARES.items()
    ]


def summed(each: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of tables that have the same keys."""
    total: dict[str, int] = {}
    for table in each:
        for key, value in table.items():
            total[key] = total.get(key, 0) + value
    return total
