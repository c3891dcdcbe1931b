"""A small run folder made up from a seed: journals, samples, cases, verdict and run.json in the shapes the runtime writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import contract
from sim.calendar import format_time
from sim.journal.parquet import BODIES, SCHEMA
from sim.message import Message, Operation
from tests.dashboards.verdict import verdict

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

START = 1_725_235_200_000  # 2024-09-02 08:00 +08:00, a Monday
REGIONS = {
    "fuzhou": ("350102", "350104"), "xiamen": ("350203",), "putian": ("350302",), "sanming": ("350404",),
    "quanzhou": ("350502", "350582"), "zhangzhou": ("350602",), "nanping": ("350702",), "longyan": ("350802",),
    "ningde": ("350902",), "pingtan": ("350128",),
}  # fmt: skip
ITEMS = ("power", "water", "gas", "cable_tv", "housing_fund")
BY_HUB = ("power", "cable_tv", "housing_fund")
CHANNELS = ("online_hall", "minzhengtong", "window")
CASES = pa.schema(
    [("case_no", pa.int32()), ("region", pa.string()), ("registry", pa.string()), ("channel", pa.string()), ("items", pa.int8()),
     ("arrival_ms", pa.int64()), ("price_fen", pa.int64())]
)  # fmt: skip
WORD_COLUMNS = [name for name in SCHEMA.names if SCHEMA.field(name).type == SCHEMA.field("kind").type]
INSTANTS = ("t", "asked_t", "started_t")


def operations() -> dict[str, Operation]:
    """Every operation the contract declares, by name."""
    modules = [import_module(f"contract.{found.name}") for found in iter_modules(contract.__path__)]
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    return {kind.op.name: kind.op for kind in kinds if issubclass(kind, Message) and hasattr(kind, "op")}


class Desk:
    """One post of one registry with one clerk, round the clock: whoever asks gets the first gap that is long enough."""

    def __init__(self, post: str, registry: str) -> None:
        self.post, self.registry = post, registry
        self.spans: list[tuple[int, int, int]] = []

    def take(self, asked: int, work: int) -> tuple[int, int]:
        started = asked
        for begin, finish, _ in sorted((begin, finish, 0) for _, begin, finish in self.spans):
            if begin - started >= work:
                break
            started = max(started, finish)
        self.spans.append((asked, started, started + work))
        return started, started + work


class Region:
    """One region's journal in the making."""

    def __init__(self, luck: np.random.Generator, registries: tuple[str, ...]) -> None:
        self.luck = luck
        self.rows: list[dict[str, Any]] = []
        self.desks = {
            (post, code): Desk(post, code) for post in ("accept", "review", "record", "certify") for code in registries
        }

    def write(self, at: int, sender: str, receiver: str, kind: str, **more: Any) -> int:
        number = len(self.rows) + 1
        item = more.pop("item", kind.split(".")[0] if kind.split(".")[0] in ITEMS else "")
        self.rows.append({
            "id": number, "cause": 0, "answers": 0, "t": at, "asked_t": at - 20, "started_t": None, "item": item, "sender": sender,
            "receiver": receiver, "kind": kind, "attempt": 1, "part_of": 0, "outcome": "ok", "reply": "", "track": "main",
            "state_from": "", "state_to": "", "ref": None, "amount_fen": 0, **self.case, **more,
        })  # fmt: skip
        return number

    def chance(self, share: float) -> bool:
        return bool(self.luck.random() < share)

    def wait(self, median_ms: int, spread: float = 0.7) -> int:
        return int(median_ms * float(np.exp(self.luck.normal(0, spread))))

    def desk(self, at: int, post: str, timer: str, decision: str, **more: Any) -> int:
        """A task at a desk: the task, the work, the decision it leads to."""
        self.write(at, "registry", "clerk", "clerk.task")
        started, done = self.desks[post, self.case["registry"]].take(at, self.wait(5 * HOUR, 0.4))
        work = self.write(done, "clerk", "clerk", timer, asked_t=at, started_t=started)
        self.write(done + 20, "clerk", "registry", decision, asked_t=done, cause=work, **more)
        return done + 20


def story(region: Region, at: int, case: dict[str, Any], items: list[str], price_fen: int) -> None:
    """One case from its application to its end."""
    region.case = case
    say, chance, wait = region.write, region.chance, region.wait
    say(at, "buyer", "portal", "portal.apply", ref=f"SQB{case['case_no']}")
    for role in ("buyer", "seller"):
        at += wait(MINUTE)
        if chance(0.03):
            say(at, "portal", "gov_platform", "gov_platform.verify_identity", outcome="refused:face_mismatch")
            at += wait(MINUTE)
        say(at, "portal", "gov_platform", "gov_platform.verify_identity", reply="gov_platform.identity_verified")
        say(at + 500, role, "portal", "portal.join" if role == "seller" else "portal.upload")
    for kind, reply in (
        ("fetch_certificates", "certificates_fetched"),
        ("backfill", "backfilled"),
        ("issue_receipt_code", "receipt_code_issued"),
    ):
        say(at + 600, "portal", "gov_platform", f"gov_platform.{kind}", reply=f"gov_platform.{reply}")
    say(at + 700, "portal", "housing", "housing.find_net_sign", reply="housing.net_sign", item="filing")
    say(at + 800, "portal", "gov_platform", "gov_platform.start_signing")
    if chance(0.01):
        return end(region, at + 15 * DAY, "lapsed", ("gov_platform", "portal", "gov_platform.signing_expired"))
    for role in ("buyer", "seller"):
        say(at + 900, "gov_platform", role, "person.sign_invited")
        at += wait(6 * MINUTE)
        say(at, role, "gov_platform", "gov_platform.sign")
    say(at + 20, "gov_platform", "portal", "gov_platform.signing_done")
    at += 1000
    say(at, "portal", "registry", "registry.receive")
    for item in items:
        if item != "housing_fund":
            say(at + 20, "registry", item, f"{item}.precheck", reply=f"{item}.prechecked")
    if chance(0.05):
        at = region.desk(at, "accept", "clerk.asks_correction", "registry.ask_correction")
        say(at + 20, "registry", "portal", "portal.correction_asked")
        at += wait(6 * HOUR)
        say(at, "portal", "registry", "registry.corrected")
    if chance(0.015):
        at = region.desk(at, "accept", "clerk.declines", "registry.decline")
        return end(region, at + 20, "declined", ("registry", "portal", "portal.not_accepted"))
    at = region.desk(at, "accept", "clerk.accepts", "registry.accept")
    say(at + 20, "registry", "portal", "portal.accepted", ref=f"SL{case['case_no']}")
    say(at + 20, "registry", "gov_platform", "gov_platform.progress")
    say(at + 20, "registry", "city_platform", "gov_platform.report_package", reply="gov_platform.case_stored")
    return charges(region, at + 20, items, price_fen)


def charges(region: Region, at: int, items: list[str], price_fen: int) -> None:
    """Taxes and the fee: worked out, paid in one payment, written off."""
    say, chance, wait = region.write, region.chance, region.wait
    say(at, "registry", "hub", "hub.push_charges")
    say(
        at + 20,
        "hub",
        "non_tax",
        "non_tax.issue_pay_code",
        reply="non_tax.pay_code_issued",
        amount_fen=8000,
        item="fee",
    )
    say(at + 20, "hub", "tax", "tax.declare", item="tax")
    at += wait(5 * HOUR)
    tax_fen = price_fen // 100
    say(at, "tax", "hub", "tax.assessed", amount_fen=tax_fen, item="tax")
    say(at + 20, "hub", "registry", "hub.charges_ready", amount_fen=tax_fen + 8000)
    say(at + 20, "registry", "notify", "notify.sms", ref="payment")
    if chance(0.02):
        return end(region, at + 15 * DAY, "lapsed", ("hub", "registry", "hub.charges_lapsed"))
    if chance(0.01):
        say(at + DAY, "buyer", "portal", "portal.withdraw")
        say(at + DAY + 20, "registry", "hub", "hub.cancel_charges")
        say(at + DAY + 60, "tax", "hub", "tax.treasury_refunded", amount_fen=tax_fen, item="tax")
        return end(region, at + DAY + 99, "withdrawn", ("registry", "portal", "portal.closed"))
    at += wait(3 * HOUR, 1.0)
    say(at, "buyer", "gov_platform", "gov_platform.go_to_payment")
    say(at + 20, "gov_platform", "hub", "hub.open_payment")
    say(at + 40, "hub", "unionpay", "unionpay.query_bill")
    say(at + 60, "unionpay", "non_tax", "non_tax.query_bill", reply="non_tax.bill", item="fee")
    say(at + 60, "unionpay", "tax", "tax.query_bill", reply="tax.bill", item="tax")
    say(at + 90, "unionpay", "hub", "unionpay.bill_found", answers=1)
    say(at + 110, "hub", "buyer", "person.bill_shown")
    say(at + 5000, "buyer", "hub", "hub.choose_and_pay")
    say(
        at + 5020, "hub", "unionpay", "unionpay.create_order", reply="unionpay.order_created", amount_fen=tax_fen + 8000
    )
    say(at + 5040, "hub", "buyer", "person.cashier_opened")
    say(at + 9000, "buyer", "unionpay", "unionpay.pay")
    say(at + 9900, "unionpay", "unionpay", "unionpay.debited", amount_fen=tax_fen + 8000)
    say(
        at + 10_000,
        "unionpay",
        "non_tax",
        "non_tax.write_off",
        reply="non_tax.written_off",
        amount_fen=8000,
        item="fee",
    )
    say(at + 10_000, "unionpay", "tax", "tax.write_off", reply="tax.written_off", amount_fen=tax_fen, item="tax")
    if chance(0.02):
        say(at + 11_000, "unionpay", "hub", "unionpay.payment_notice", outcome="fault:payment_notice_lost")
    say(at + 12_000, "unionpay", "hub", "unionpay.payment_notice", amount_fen=tax_fen + 8000, attempt=1 + chance(0.02))
    say(at + 12_100, "hub", "buyer", "person.result_shown")
    say(at + 12_100, "hub", "registry", "hub.payment_settled", amount_fen=tax_fen + 8000)
    return recording(region, at + 12_100, items)


def recording(region: Region, at: int, items: list[str]) -> None:
    """Review, recording, certificate, then the linked items."""
    say = region.write
    at = region.desk(at, "review", "clerk.approves", "registry.approve")
    at = region.desk(at, "record", "clerk.records", "registry.record")
    say(at + 20, "registry", "data_exchange", "data_exchange.receive", reply="data_exchange.stored", item="filing")
    say(at + 20, "registry", "gov_platform", "gov_platform.progress")
    certified = region.desk(at + 20, "certify", "clerk.certifies", "registry.certify")
    say(certified + 20, "registry", "gov_platform", "gov_platform.certify_title", reply="gov_platform.title_certified")
    ends = [linked(region, at + 40, item) for item in items]
    filed = at + region.wait(2 * HOUR)
    say(filed - 60, "data_exchange", "housing", "data_exchange.record", item="filing")
    say(filed - 40, "housing", "data_exchange", "data_exchange.filing_receipt", item="filing")
    say(filed, "data_exchange", "registry", "data_exchange.filing_done", item="filing")
    end(region, max([certified, filed, *ends]) + 40, "done", ("registry", "portal", "portal.closed"))
    if region.chance(0.3):
        say(filed + DAY, "buyer", "city_platform", "gov_platform.rate")


def linked(region: Region, at: int, item: str) -> int:
    """One linked item, pushed and answered; sometimes rejected and pushed again. Returns when it closed."""
    say, rejected = region.write, region.chance(0.04)
    direct = item not in BY_HUB
    for attempt in range(1 + rejected):
        if not direct:
            say(at, "registry", "hub", f"hub.push_{item}", item=item)
        say(at + 20, "registry" if direct else "hub", item, f"{item}.push", reply=f"{item}.push_accepted")
        at += region.wait(DAY)
        if not direct:
            say(at - 60, "hub", item, f"{item}.fetch_results", case_no=0)
            say(at - 40, item, "hub", f"{item}.result")
        say(
            at,
            "hub" if not direct else item,
            "registry",
            f"{item}.result" if direct else f"hub.{item}_result",
            item=item,
        )
        closes = "finished" if attempt == rejected else "sentback"
        say(at, "registry", "registry", f"registry.{item}_{closes}", item=item)
    say(at + 20, "registry", "notify", "notify.sms", ref="item_result")
    return at


def end(region: Region, at: int, outcome: str, last: tuple[str, str, str]) -> None:
    """The end of a case as everybody hears it."""
    region.write(at, *last)
    if outcome == "withdrawn":
        region.write(at + 10, "unionpay", "buyer", "unionpay.card_returned", amount_fen=8000)
    for role in ("buyer", "seller"):
        region.write(at + 20, "portal", role, "person.case_over")


def beginnings(cases: int, seed: int, days: int) -> Iterator[dict[str, Any]]:
    """The cases in the order in which they arrive."""
    luck = np.random.default_rng([seed, 1])
    places = [(name, code) for name, codes in REGIONS.items() for code in codes]
    arrivals = np.sort(luck.integers(0, days * DAY, cases))
    for number, (arrival, place) in enumerate(zip(arrivals, luck.integers(0, len(places), cases), strict=True), 1):
        yield {
            "case_no": number, "region": places[place][0], "registry": places[place][1], "channel": CHANNELS[luck.integers(0, 3)],
            "items": int(luck.integers(0, 32)),
            "arrival_ms": START + int(arrival), "price_fen": int(luck.integers(500_000, 3_000_000)) * 100,
        }  # fmt: skip


def write_run_folder(folder: Path, cases: int = 300, seed: int = 7, days: int = 40, **run: Any) -> Path:
    """Write a complete run folder; `run` overrides entries of run.json."""
    facts = list(beginnings(cases, seed, days))
    folder.mkdir(parents=True, exist_ok=True)
    for name in REGIONS:
        (folder / "cases").mkdir(exist_ok=True)
        own = [fact for fact in facts if fact["region"] == name]
        pq.write_table(pa.Table.from_pylist(own, CASES), folder / "cases" / f"{name}.parquet")
    rows = 0
    for index, (name, codes) in enumerate(REGIONS.items()):
        region = Region(np.random.default_rng([seed, 2, index]), codes)
        for fact in facts:
            if fact["region"] == name:
                items = [item for bit, item in enumerate(ITEMS) if fact["items"] >> bit & 1]
                story(
                    region,
                    fact["arrival_ms"],
                    {"case_no": fact["case_no"], "registry": fact["registry"]},
                    items,
                    fact["price_fen"],
                )
        rows += write_region(folder / "journal" / name, region, np.random.default_rng([seed, 3, index]))
    write_json(folder / "run.json", {**run_facts(cases, seed, days, rows), **run})
    write_json(folder / "verdict.json", verdict())
    return folder


def write_region(folder: Path, region: Region, luck: np.random.Generator) -> int:
    """One region's journal, bodies and samples; returns how many rows the journal has."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = sorted(region.rows, key=lambda row: (row["t"], row["id"]))
    columns = {name: [row[name] for row in rows] for name in SCHEMA.names}
    arrays = [
        pa.array(column, pa.string()).dictionary_encode().cast(SCHEMA.field(name).type) if name in WORD_COLUMNS
        else pa.array(column, pa.int64()).view(SCHEMA.field(name).type) if name in INSTANTS
        else pa.array(column, SCHEMA.field(name).type)
        for name, column in columns.items()
    ]  # fmt: skip
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=SCHEMA),
        folder / "journal.parquet",
        row_group_size=65_536,
        compression="lz4",
    )
    pq.write_table(pa.Table.from_pylist([], schema=BODIES), folder / "bodies.parquet")
    begin, finish = (rows[0]["t"], rows[-1]["t"]) if rows else (START, START + DAY)
    instants = np.sort(luck.integers(begin, finish, 2_000))
    seen = [
        {"t_ms": int(t), "post": desk.post, "registry": desk.registry, "waiting": sum(a <= t < s for a, s, _ in desk.spans),
         "busy": sum(s <= t < e for _, s, e in desk.spans), "clerks": 1}
        for desk in region.desks.values() for t in instants
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(seen), folder / "samples.parquet")
    return len(rows)


def run_facts(cases: int, seed: int, days: int, rows: int) -> dict[str, Any]:
    """What run.json says."""
    return {
        "package": "fujian-2024-55", "title": "福建省二手房转移登记“一件事”", "document": "闽自然资发〔2024〕55号", "version": "0.1.0",
        "seed": seed, "cases": cases, "planned": cases, "begun": cases, "finished": cases, "from": format_time(START),
        "to": format_time(START + days * DAY), "horizon": format_time(START + (days + 60) * DAY), "workers": 2,
        "faults": {"id": "everyday", "title": "日常"}, "clock": "virtual", "order_tolerance_ms": 1000,
        "seconds": {"simulate": 12.5, "judge": 3.1, "measure": 1.4}, "peak_mib": 412, "digest": "9f0c5e21d7b34a68912f4c07ab5de310",
        "messages": rows, "deliveries": rows + rows // 4, "open_cases": [],
        "notes": ["所用工作日历含暂定年份（调休尚未公布）"],
    }  # fmt: skip


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
