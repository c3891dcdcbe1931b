"""Small hand-made journals: a story is the messages of one case, written down as a run folder that can be judged."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from sim.calendar import MINUTE_MS, parse_day
from sim.journal.parquet import BODIES, SCHEMA, WORD
from sim.judge.tables import CASES
from sim.package.places import Region

START_MS = parse_day("2024-03-05") + 9 * 60 * MINUTE_MS
"""A Tuesday morning at nine."""
NO_NUMBERS = (None, "payment", "buyer", "seller")
"""What a journal shows where it shows no business number."""
ITEMS = ("power", "water", "gas", "cable_tv", "housing_fund")
__all__ = ["ITEMS", "START_MS", "Heard", "Story", "bought", "bought_in", "withdrawn", "write_run"]


@dataclass(frozen=True)
class Heard:
    """One row of a journal; `minute` counts from START_MS, `states` are those before and after, where they are seen."""

    minute: float
    route: str
    kind: str
    ref: str | None = None
    amount_fen: int = 0
    outcome: str = "ok"
    cause: int | None = None
    part_of: int = 0
    item: str = ""
    asked_minute: float | None = None
    registry: str = ""
    id: int = 0
    states: tuple[str, str] = ("", "")


@dataclass
class Story:
    """The messages of one case and what is known of it beforehand."""

    rows: list[Heard] = field(default_factory=list)
    case_no: int = 1
    region: str = "fuzhou"
    registry: str = "350102"
    channel: str = "minzhengtong"
    items: tuple[str, ...] = ()

    def add(
        self, minute: float, route: str, kind: str, ref: str | None = None, amount_fen: int = 0, **more: Any
    ) -> Self:
        """One more message."""
        self.rows.append(Heard(minute, route, kind, ref, amount_fen, **more))
        return self

    def without(self, *kinds: str) -> Self:
        """Some kinds never happen."""
        self.rows = [row for row in self.rows if row.kind not in kinds]
        return self

    def after(self, minute: float) -> Self:
        """Nothing happens after this minute."""
        self.rows = [row for row in self.rows if row.minute <= minute]
        return self

    def change(self, kind: str, /, **fields: Any) -> Self:
        """Every message of a kind is different in some fields."""
        assert any(row.kind == kind for row in self.rows), f"no {kind} in this story"
        self.rows = [replace(row, **fields) if row.kind == kind else row for row in self.rows]
        return self

    def as_case(self, **fields: Any) -> Self:
        """The same messages about another case."""
        for name, value in fields.items():
            setattr(self, name, value)
        return self

    def with_own_numbers(self) -> Self:
        """The same messages with numbers that no other case has."""
        self.rows = [
            row if row.ref in NO_NUMBERS else replace(row, ref=f"{row.ref}-{self.case_no}") for row in self.rows
        ]
        return self

    def mask(self) -> int:
        """The chosen items as bits."""
        return sum(1 << ITEMS.index(item) for item in self.items)


APPLICATION = [
    (0, "buyer>portal", "portal.apply", "SQB1"),
    (1, "portal>gov_platform", "gov_platform.verify_identity", "buyer"),
    (5, "seller>portal", "portal.join", "SQS1"),
    (6, "portal>gov_platform", "gov_platform.verify_identity", "seller"),
    (7, "portal>gov_platform", "gov_platform.fetch_certificates", "SQB1"),
    (7, "portal>gov_platform", "gov_platform.backfill", "SQB1"),
    (7, "portal>housing", "housing.find_net_sign", "SQB1"),
    (8, "portal>gov_platform", "gov_platform.issue_receipt_code", "SJM1"),
    (9, "portal>gov_platform", "gov_platform.start_signing", "SJM1"),
    (12, "buyer>gov_platform", "gov_platform.sign", "buyer"),
    (15, "seller>gov_platform", "gov_platform.sign", "seller"),
    (16, "gov_platform>portal", "gov_platform.signing_done", "QZ1"),
    (17, "portal>registry", "registry.receive", "SJM1"),
    (60, "clerk>registry", "registry.accept"),
    (61, "registry>portal", "portal.accepted", "350102-20240305-000001"),
    (61, "registry>gov_platform", "gov_platform.progress"),
    (61, "registry>city_platform", "gov_platform.progress"),
    (61, "registry>city_platform", "gov_platform.report_package", "350102-20240305-000001"),
]
TAXED = [
    (61, "registry>hub", "hub.push_charges"),
    (62, "hub>non_tax", "non_tax.issue_pay_code", "JKM1", 8_000),
    (62, "hub>tax", "tax.declare", None, 100_000_000),
    (200, "tax>hub", "tax.assessed", None, 1_500_000),
    (201, "hub>registry", "hub.charges_ready", None, 1_508_000),
    (202, "registry>gov_platform", "gov_platform.progress"),
    (202, "registry>city_platform", "gov_platform.progress"),
    (202, "registry>notify", "notify.sms", "payment"),
    (300, "buyer>gov_platform", "gov_platform.go_to_payment"),
    (301, "gov_platform>hub", "hub.open_payment"),
    (302, "hub>unionpay", "unionpay.query_bill", "CX1"),
    (303, "unionpay>non_tax", "non_tax.query_bill", "JKM1", 8_000),
    (303, "unionpay>tax", "tax.query_bill", "SP1", 1_500_000),
    (304, "unionpay>hub", "unionpay.bill_found", "CX1"),
    (305, "hub>buyer", "person.bill_shown"),
    (306, "hub>unionpay", "unionpay.create_order", "DD1", 1_508_000),
    (307, "hub>buyer", "person.cashier_opened", "DD1", 1_508_000),
    (309, "unionpay>unionpay", "unionpay.debited", "DD1", 1_508_000),
    (310, "unionpay>non_tax", "non_tax.write_off", "JKM1", 8_000),
    (311, "unionpay>tax", "tax.write_off", "SP1", 1_500_000),
    (312, "unionpay>hub", "unionpay.payment_notice", "DD1", 1_508_000, 900),
    (312, "unionpay>non_tax", "unionpay.split", "JKM1", 8_000, 900),
    (312, "unionpay>tax", "unionpay.split", "SP1", 1_500_000, 900),
    (313, "hub>buyer", "person.result_shown"),
    (314, "hub>registry", "hub.payment_settled", None, 1_508_000),
    (315, "registry>gov_platform", "gov_platform.progress"),
    (315, "registry>city_platform", "gov_platform.progress"),
    (2000, "hub>hub", "unionpay.reconciliation_entry", "DD1", 1_508_000),
    (400, "buyer>gov_platform", "gov_platform.ask_receipts"),
    (401, "gov_platform>hub", "hub.request_receipts"),
    (402, "hub>tax", "tax.fetch_certificate", "SP1", 1_500_000),
    (402, "hub>non_tax", "non_tax.fetch_receipt", "JKM1", 8_000),
    (403, "hub>buyer", "person.receipts_ready"),
]
RECORDED = [
    (350, "clerk>registry", "registry.approve"),
    (500, "clerk>registry", "registry.record"),
    (501, "registry>data_exchange", "data_exchange.receive", "闽（2024）福州市不动产权第0000001号"),
    (501, "registry>gov_platform", "gov_platform.progress"),
    (501, "registry>city_platform", "gov_platform.progress"),
    (501, "registry>city_platform", "gov_platform.report_package", "350102-20240305-000001"),
    (560, "clerk>registry", "registry.certify"),
    (600, "data_exchange>housing", "data_exchange.record", "HJ1"),
    (601, "housing>data_exchange", "data_exchange.filing_receipt", "HJ1"),
    (602, "data_exchange>registry", "data_exchange.filing_done", "BA1"),
]
CLOSED = [
    (5000, "registry>portal", "portal.closed"),
    (5001, "registry>gov_platform", "gov_platform.progress"),
    (5001, "registry>city_platform", "gov_platform.progress"),
    (5001, "registry>city_platform", "gov_platform.report_package", "350102-20240305-000001"),
    (5001, "registry>city_platform", "gov_platform.open_review", "350102-20240305-000001"),
    (5002, "portal>buyer", "person.case_over"),
    (5002, "portal>seller", "person.case_over"),
    (6000, "buyer>city_platform", "gov_platform.rate"),
]


MOVES = {"tax.write_off": ("unpaid", "paid"), "non_tax.write_off": ("unpaid", "paid")}
"""What a message moves at its receiver, where a promise looks at it."""


def _rows(*parts: list[tuple[Any, ...]]) -> list[Heard]:
    rows = []
    for part in parts:
        for minute, route, kind, *rest in part:
            ref, amount_fen, cause = (*rest, None, 0, None)[:3] if len(rest) < 3 else rest
            amount_fen = amount_fen if isinstance(amount_fen, int) else 0
            rows.append(Heard(minute, route, kind, ref, amount_fen, cause=cause, states=MOVES.get(kind, ("", ""))))
    return rows


def bought(*items: str) -> Story:
    """A sale in Fuzhou from application to rating, in which nothing goes wrong; `items` are linked."""
    story = Story(_rows(APPLICATION, TAXED, RECORDED, CLOSED), items=items)
    for item in items:
        own_way = item in ("water", "gas", "power")
        way = "registry" if own_way else "hub"
        if not own_way:
            story.add(505, "registry>hub", f"hub.push_{item}", item=item)
        story.add(506, f"{way}>{item}", f"{item}.push", f"HH-{item}", item=item)
        story.add(4000, f"{item}>{way}", f"{item}.result", f"SL-{item}", item=item)
        if not own_way:
            story.add(4100, "hub>registry", f"hub.{item}_result", item=item, part_of=777)
    return story


def bought_in(region: Region, registry: str, *items: str) -> Story:
    """The same sale elsewhere: by the region's own way of paying taxes, linking items and reporting."""
    story = bought(*items).as_case(region=region.id, registry=registry)
    if region.tax_path == "local":
        own = {"hub": "local_hub", "tax": "local_tax", "non_tax": "local_non_tax", "unionpay": "local_pay"}
        story.rows = [row if row.item else replace(row, route=_renamed(row.route, own)) for row in story.rows]
    for item in {"power", "cable_tv", "housing_fund"}.intersection(items):
        way = "registry" if item in region.direct_items else "hub"
        story.without(f"hub.push_{item}", f"hub.{item}_result")
        story.change(f"{item}.push", route=f"{way}>{item}").change(f"{item}.result", route=f"{item}>{way}")
        if way == "hub":
            story.add(505, "registry>hub", f"hub.push_{item}", item=item)
            story.add(4100, "hub>registry", f"hub.{item}_result", item=item, part_of=777)
    if region.reflow_mode == 1:
        story.rows = [row for row in story.rows if row.kind != "gov_platform.report_package" or row.minute != 501]
        story.change("gov_platform.report_package", kind="gov_platform.report_main")
        story.add(63, "city_platform>registry", "gov_platform.items_distributed")
        for item in items:
            story.add(4200, "registry>city_platform", "gov_platform.report_item", item, item=item)
    return story


def _renamed(route: str, names: dict[str, str]) -> str:
    return ">".join(names.get(seat, seat) for seat in route.split(">"))


def withdrawn() -> Story:
    """The buyers pay, and withdraw before recording; everything goes back the lawful way."""
    story = Story(_rows(APPLICATION, TAXED, CLOSED)).without("gov_platform.rate", "gov_platform.ask_receipts")
    story.without("hub.request_receipts", "tax.fetch_certificate", "non_tax.fetch_receipt", "person.receipts_ready")
    story.add(330, "buyer>portal", "portal.withdraw").add(331, "portal>registry", "registry.withdraw")
    story.add(332, "registry>hub", "hub.cancel_charges")
    story.add(333, "hub>non_tax", "non_tax.reverse", "JKM1", 8_000)
    story.add(334, "hub>unionpay", "unionpay.refund", "DD1", 8_000)
    story.add(3000, "tax>hub", "tax.treasury_refunded", "SP1", 1_500_000)
    story.add(3001, "unionpay>hub", "unionpay.refunded", "DD1", 8_000)
    story.add(3010, "hub>hub", "unionpay.reconciliation_entry", "DD1", -8_000)
    return story.add(3011, "hub>registry", "hub.charges_cancelled", None, 1_508_000)


def write_run(folder: Path, *stories: Story, bodies: Iterable[tuple[int, str, Any]] = (), **run: Any) -> Path:
    """A run folder of these stories; `bodies` are (case number, kind, body)."""
    record = {"planned": len(stories), "begun": len(stories), "open_cases": []} | run
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    cases = [
        {"case_no": s.case_no, "region": s.region, "registry": s.registry, "channel": s.channel, "items": s.mask()}
        for s in stories
    ]
    pq.write_table(pa.Table.from_pylist(cases, CASES), folder / "cases.parquet")
    for region in sorted({story.region for story in stories}):
        home = folder / "journal" / region
        home.mkdir(parents=True, exist_ok=True)
        told = [story for story in stories if story.region == region]
        pq.write_table(journal_table(told), home / "journal.parquet")
        kept = [
            {"case_no": number, "id": at, "kind": kind, "json": json.dumps(body, ensure_ascii=False)}
            for at, (number, kind, body) in enumerate(bodies, 1)
        ]
        pq.write_table(pa.Table.from_pylist(kept, BODIES), home / "bodies.parquet")
    return folder


def journal_table(stories: Iterable[Story]) -> pa.Table:
    """The rows of some stories in the order in which they are heard."""
    heard = sorted(((row.minute, story.case_no, at) for story in stories for at, row in enumerate(story.rows)))
    by_number = {story.case_no: story for story in stories}
    rows = [
        _row(id_, by_number[number], by_number[number].rows[at]) for id_, (_, number, at) in enumerate(heard, 1_000)
    ]
    columns = {name: [row[name] for row in rows] for name in SCHEMA.names}
    arrays = [
        pa.array(columns[field.name], pa.string()).dictionary_encode().cast(WORD)
        if field.type == WORD
        else pa.array(columns[field.name], pa.int64()).cast(field.type)
        if pa.types.is_timestamp(field.type)
        else pa.array(columns[field.name], field.type)
        for field in SCHEMA
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _row(id_: int, story: Story, heard: Heard) -> dict[str, Any]:
    t = START_MS + int(heard.minute * MINUTE_MS)
    asked = t - 50 if heard.asked_minute is None else START_MS + int(heard.asked_minute * MINUTE_MS)
    sender, receiver = heard.route.split(">")
    return {
        "id": heard.id or id_, "cause": id_ - 1 if heard.cause is None else heard.cause, "answers": 0, "t": t, "asked_t": asked,
        "started_t": None, "case_no": story.case_no, "item": heard.item, "sender": sender, "receiver": receiver,
        "kind": heard.kind, "attempt": 1, "part_of": heard.part_of, "outcome": heard.outcome, "reply": "",
        "registry": heard.registry or story.registry, "track": "", "state_from": heard.states[0], "state_to": heard.states[1],
        "ref": heard.ref, "amount_fen": heard.amount_fen,
    }  # fmt: skip
