"""For every promise, the stories that keep it and the stories that break it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sim.package import load_package
from tests.scenarios.journal_rows import ITEMS, Story, bought, bought_in, withdrawn

FUJIAN = load_package("fujian-2024-55")
XIAMEN, PUTIAN = FUJIAN.region("xiamen"), FUJIAN.region("putian")
ID_NO, PHONE = "350102198503072810", "13905911234"
PARTIES = {"application": {"buyers": [{"id_no": "B1"}, {"id_no": "B2"}], "sellers": [{"id_no": "S1"}]}}
Bodies = list[tuple[int, str, Any]]


def looked_at(role: str, id_no: str) -> tuple[int, str, Any]:
    """The kept body of the question whether a person is who they say."""
    return (1, "gov_platform.verify_identity", {"role": role, "person": {"id_no": id_no}})


def identified(role: str, id_no: str) -> Bodies:
    """The kept bodies of one person's identification."""
    return [looked_at(role, id_no), (1, "gov_platform.identity_verified", {"role": role, "id_no": id_no, "token": "T"})]


EVERYBODY = [*identified("buyer", "B1"), *identified("buyer", "B2"), *identified("seller", "S1")]


@dataclass(frozen=True)
class Judged:
    """Stories that keep a promise, each of which it applies to, and stories each of which breaks it."""

    kept: list[Callable[[], Story]]
    broken: list[Callable[[], Story]]
    limits: dict[str, float] = field(default_factory=dict)
    kept_bodies: Bodies = field(default_factory=list)
    broken_bodies: list[Bodies] = field(default_factory=list)


def resubmitted() -> Story:
    """Water is rejected and pushed again."""
    story = bought("water").add(4500, "registry>water", "water.push", "HH-water", item="water")
    return story.add(4900, "water>registry", "water.result", "SL-water-2", item="water")


def exempt() -> Story:
    """Nothing is due, so nothing is paid."""
    paying = [row.kind for row in bought().rows if 202 <= row.minute < 350 or row.kind.startswith("unionpay")]
    story = bought().without(*paying, "hub.request_receipts", "gov_platform.ask_receipts", "person.receipts_ready")
    story.without("tax.fetch_certificate", "non_tax.fetch_receipt", "gov_platform.progress")
    for minute in (61, 501, 5001):
        for platform in ("gov_platform", "city_platform"):
            story.add(minute, f"registry>{platform}", "gov_platform.progress")
    return story.change("hub.charges_ready", amount_fen=0)


def written_off_by_a_message_heard_twice() -> Story:
    """The network delivers one write-off twice to a real bureau, whose states nobody sees; it answers as the first time."""
    story = bought().change("tax.write_off", cause=55, states=("", ""))
    return story.add(311.2, "unionpay>tax", "tax.write_off", "SP1", 1_500_000, cause=55)


def leg_asked_again(**fields: Any) -> Story:
    """The channel asks one leg again on its own, and the bureau answers the same order in the same way: nothing moves."""
    again = {"states": ("paid", "paid"), "cause": 56, **fields}
    return bought().add(311.3, "unionpay>tax", "tax.write_off", "SP1", 1_500_000, **again)


def claimed_by_another_order() -> Story:
    """A second order is told that the voucher is its own, and splits it once more."""
    story = leg_asked_again()
    return story.add(320, "unionpay>tax", "unionpay.split", "SP1", 1_500_000, cause=950)


def all_vouchers_lapsed() -> Story:
    """The assessment came so late that every query is refused; an empty list is shown, and nobody pays."""
    story = bought().after(304.5).change("non_tax.query_bill", outcome="refused:expired")
    story.change("tax.query_bill", outcome="refused:expired").add(305, "hub>buyer", "person.bill_shown")
    return story


def all_refused_at_write_off() -> Story:
    """The vouchers lapse while the bank debits: every write-off is refused, and the whole payment goes back."""
    story = bought().change("tax.write_off", outcome="refused:expired", states=("lapsed", "lapsed"))
    story.change("non_tax.write_off", outcome="refused:expired", states=("lapsed", "lapsed")).without("unionpay.split")
    return story.add(312, "unionpay>buyer", "unionpay.card_returned", "DD1", 1_508_000).after(313)


def withdrawn_at_once() -> Story:
    """In mode 1 the buyers withdraw before the platform has come to distribute the items."""
    return bought_in(PUTIAN, "350302", "water").without(
        "gov_platform.items_distributed", "registry.record", "water.push", "gov_platform.report_item"
    )


def signed_for_by_the_clerk() -> Story:
    """Both sides sign at the clerk's counter."""
    return bought().change("gov_platform.sign", route="clerk>gov_platform")


def called_back() -> Story:
    """Water is pushed, called back, and pushed again."""
    story = bought("water").add(600, "registry>water", "water.cancel", "SL-water", item="water")
    return story.add(601, "registry>water", "water.push", "HH-water", item="water")


def one_platform_only() -> Story:
    story = bought()
    story.rows = [r for r in story.rows if r.route != "registry>city_platform" or r.kind != "gov_platform.progress"]
    return story


def decided(minute: float) -> Story:
    """The housing fund decides at this minute; its result is fetched long after."""
    story = bought("housing_fund").add(
        minute, "housing_fund>housing_fund", "housing_fund.pay_out", item="housing_fund", id=77
    )
    return story.change("housing_fund.result", minute=9000, cause=77).change("hub.housing_fund_result", minute=9100)


def withdrawn_while_signing() -> Story:
    story = bought().after(10).add(11, "buyer>portal", "portal.withdraw")
    story.add(12, "portal>buyer", "person.case_over")
    return story.add(12, "portal>gov_platform", "gov_platform.cancel_signing")


TABLE: dict[str, Judged] = {
    "money_conserved": Judged([bought, withdrawn, written_off_by_a_message_heard_twice, leg_asked_again], [
        lambda: bought().change("tax.write_off", amount_fen=1_499_999), lambda: leg_asked_again(states=("unpaid", "paid")),
    ]),
    "money_conserved_overall": Judged([leg_asked_again], [
        lambda: bought().without("non_tax.write_off"), lambda: leg_asked_again(states=("unpaid", "paid")),
    ]),
    "split_matches_write_off": Judged([bought, leg_asked_again], [
        lambda: bought().without("unionpay.split"), lambda: bought().change("tax.write_off", amount_fen=1),
    ]),
    "written_off_once": Judged([
        bought, written_off_by_a_message_heard_twice, leg_asked_again,
        lambda: written_off_by_a_message_heard_twice().add(311.5, "unionpay>tax", "tax.write_off", "SP1", 1_500_000, cause=56),
    ], [
        lambda: leg_asked_again(states=("unpaid", "paid")), lambda: leg_asked_again(states=("cleared", "paid")),
        lambda: leg_asked_again(states=("unpaid", "paid"), cause=55).change("tax.write_off", cause=55),
        claimed_by_another_order,
    ]),
    "settled_amount_is_due": Judged([bought, leg_asked_again], [
        lambda: bought().change("hub.payment_settled", amount_fen=8_000),
        lambda: bought().change("tax.write_off", states=("paid", "paid")),
    ]),
    "notice_after_write_offs": Judged(
        [bought, lambda: bought().change("unionpay.payment_notice", cause=0).change("unionpay.split", cause=0)],
        [
            lambda: bought().change("unionpay.payment_notice", asked_minute=309.5),
            lambda: bought().without("tax.write_off"),
            lambda: bought().change("unionpay.payment_notice", cause=0, asked_minute=309).change("unionpay.split", cause=0),
        ],
    ),
    "reconciliation_agrees": Judged([bought, withdrawn, written_off_by_a_message_heard_twice, leg_asked_again], [
        lambda: bought().change("unionpay.reconciliation_entry", amount_fen=8_000),
    ]),
    "money_back_lawfully": Judged([withdrawn], [
        lambda: withdrawn().without("tax.treasury_refunded"),
        lambda: withdrawn().without("tax.treasury_refunded").change("unionpay.refunded", amount_fen=1_508_000),
        lambda: withdrawn().without("non_tax.reverse"),
    ]),
    "no_refund_after_recording": Judged([bought], [
        lambda: bought().add(900, "tax>hub", "tax.treasury_refunded", "SP1", 1_500_000),
    ]),
    "recorded_after_settled": Judged([bought, exempt], [
        lambda: bought().without("hub.payment_settled"), lambda: bought().change("registry.record", minute=313.99),
    ]),
    "none_recorded_when_seized": Judged(
        [lambda: bought().add(600, "court>registry", "registry.seize", "WS1")],
        [lambda: bought().add(499.999, "court>registry", "registry.seize", "WS1")],
    ),
    "recorded_once": Judged([bought], [lambda: bought().add(520, "clerk>registry", "registry.record")]),
    "linked_after_recording": Judged(
        [lambda: bought("water"), lambda: bought("water").change("water.push", minute=499.995, asked_minute=499.99)],
        [
            lambda: bought("water").change("water.push", minute=490, asked_minute=490),
            lambda: bought("water").without("registry.record"),
            lambda: bought("cable_tv").change("hub.push_cable_tv", asked_minute=480),
        ],
    ),
    "chosen_items_pushed": Judged([
        lambda: bought("water"), lambda: bought(*ITEMS), bought,
        lambda: bought("water").change("water.push", outcome="refused:account_unknown"),
    ], [
        lambda: bought("water").change("water.push", outcome="refused:case_closed"),
        lambda: bought("water", "gas").without("gas.push"), lambda: bought("water").as_case(items=()),
        lambda: bought("power").without("power.push"),
    ]),
    "one_effective_push": Judged(
        [
            lambda: bought("water"), resubmitted, called_back,
            lambda: bought("water").change("water.push", cause=88).add(506.5, "registry>water", "water.push", "HH", cause=88),
            lambda: bought("water").add(505.5, "registry>water", "water.push", "HH", outcome="refused:account_unknown"),
        ],
        [
            lambda: bought("water").add(700, "registry>water", "water.push", "HH-water", item="water"),
            lambda: resubmitted().add(4950, "registry>water", "water.push", "HH", item="water").change("water.result", ref="x")
            .add(4960, "registry>water", "water.push", "HH", item="water"),
        ],
    ),
    "linked_items_end": Judged([lambda: bought("water", "power")], [lambda: bought("water", "power").without("power.result")]),
    "direct_or_hub": Judged([lambda: bought("power", "cable_tv"), lambda: bought_in(XIAMEN, "350203", *ITEMS)], [
        lambda: bought("cable_tv").without("hub.push_cable_tv"),
        lambda: bought("power").add(505, "registry>hub", "hub.push_power", item="power"),
    ]),
    "poll_of_own_registry": Judged([lambda: bought("cable_tv")], [
        lambda: bought("cable_tv", "housing_fund").change("hub.cable_tv_result", registry="350103"),
    ]),
    "own_tax_path": Judged([lambda: bought_in(XIAMEN, "350203", *ITEMS)], [
        lambda: bought().as_case(region="xiamen", registry="350203"),
        lambda: bought_in(XIAMEN, "350203").change("non_tax.write_off", route="local_pay>non_tax"),
        lambda: bought_in(XIAMEN, "350203").change("hub.push_charges", route="registry>hub"),
    ]),
    "province_tax_path": Judged([bought], [lambda: bought().change("tax.declare", route="registry>tax")]),
    "data_shared_once": Judged(
        [
            bought,
            lambda: bought().change("data_exchange.receive", cause=88)
            .add(501.5, "registry>data_exchange", "data_exchange.receive", "BDC", cause=88),
            lambda: bought().add(700, "data_exchange>registry", "data_exchange.data_returned")
            .add(710, "registry>data_exchange", "data_exchange.receive", "BDC"),
        ],
        [
            lambda: bought().without("data_exchange.receive"),
            lambda: bought().change("data_exchange.receive", minute=450),
            lambda: bought().add(710, "registry>data_exchange", "data_exchange.receive", "BDC"),
            lambda: bought().without("registry.record"),
        ],
    ),
    "filed_by_reflow": Judged([bought], [
        lambda: bought().without("data_exchange.record"), lambda: bought().without("data_exchange.filing_receipt"),
        lambda: bought().without("data_exchange.filing_done"),
        lambda: bought().change("data_exchange.filing_receipt", minute=590),
    ]),
    "one_receipt_code": Judged([bought], [
        lambda: bought().change("registry.receive", ref="SJM2"),
        lambda: bought().add(8.5, "portal>gov_platform", "gov_platform.issue_receipt_code", "SJM2"),
        lambda: bought().without("gov_platform.issue_receipt_code"),
    ]),
    "identified_and_signed": Judged([bought, lambda: signed_for_by_the_clerk().as_case(channel="window")], [
        lambda: bought().without("gov_platform.verify_identity"),
        lambda: bought().change("gov_platform.verify_identity", ref="buyer"),
        lambda: bought().change("gov_platform.verify_identity", ref="seller"),
        lambda: bought().change("gov_platform.verify_identity", minute=18),
        lambda: bought().change("registry.receive", minute=13),
        lambda: bought().change("gov_platform.sign", outcome="refused:not_a_signer"),
        lambda: bought().change("gov_platform.sign", ref="seller", route="seller>gov_platform"),
        lambda: bought().change("gov_platform.sign", ref="buyer", route="buyer>gov_platform"),
        lambda: bought().change("gov_platform.sign", route="buyer>gov_platform"),
        signed_for_by_the_clerk,
    ]),
    "bodies_identified": Judged(
        [bought], [bought, bought, bought, bought, bought],
        kept_bodies=[(1, "portal.apply", PARTIES), *EVERYBODY],
        broken_bodies=[
            *([(1, "portal.apply", PARTIES), *EVERYBODY, looked_at(role, number)]
              for role, number in (("buyer", "B9"), ("buyer", "S1"), ("agent", "B1"))),
            [(1, "portal.apply", PARTIES), looked_at("buyer", "B1"), *EVERYBODY[2:]],
            [(1, "portal.apply", PARTIES)],
        ],
    ),
    "look_ups_authorised": Judged([bought], [
        lambda: bought().change("gov_platform.backfill", ref="SQB9"), lambda: bought().without("portal.apply", "portal.join"),
        lambda: bought().change("housing.find_net_sign", minute=-9),
    ]),
    "bodies_authorised": Judged(
        [bought], [bought, bought],
        kept_bodies=[(1, "portal.apply", {"authorisation": "SQB1"}), (1, "power.precheck", {"authorisation": "SQB1"})],
        broken_bodies=[
            [(1, "portal.apply", {"authorisation": "SQB1"}), (1, "power.precheck", {"authorisation": "SQB2"})],
            [(1, "portal.apply", {"authorisation": "SQB1"}), (1, "gov_platform.backfill", {"unit_code": "35"})],
        ],
    ),
    "no_unexpected_message": Judged(
        [
            bought, all_vouchers_lapsed,
            lambda: bought("water").add(505.5, "registry>water", "water.push", "HH", outcome="refused:account_unknown"),
            lambda: bought().add(9_000, "unionpay>hub", "unionpay.payment_notice", "DD1", cause=900, outcome="refused:case_closed"),
        ],
        [
            lambda: bought().change("portal.accepted", outcome="refused:unexpected"),
            lambda: bought().add(203, "unionpay>hub", "tax.write_off:refused", outcome="refused:unexpected"),
            lambda: bought().change("unionpay.payment_notice", outcome="refused:not_found"),
            lambda: bought().change("tax.assessed", outcome="refused:amount_differs"),
            lambda: bought().change("portal.closed", outcome="refused:case_closed"),
            lambda: bought().add(205, "tax>tax", "tax.voucher_due", outcome="refused:unexpected"),
        ],
    ),
    "every_case_ends": Judged([bought, withdrawn_while_signing], [
        lambda: bought().without("person.case_over"), lambda: bought().after(4_999),
    ]),
    "closed_cases_told": Judged([bought], [lambda: bought().without("person.case_over")]),
    "withdrawn_cancelled_everywhere": Judged([withdrawn, withdrawn_while_signing], [
        lambda: withdrawn().without("hub.cancel_charges"), lambda: withdrawn().without("hub.charges_cancelled"),
        lambda: withdrawn().change("hub.charges_cancelled", amount_fen=8_000),
        lambda: withdrawn().add(600, "clerk>registry", "registry.record"),
        lambda: withdrawn().add(600, "registry>water", "water.push", item="water"),
        lambda: withdrawn_while_signing().without("gov_platform.cancel_signing"),
    ]),
    "sixteen_steps_in_order": Judged([bought, exempt, withdrawn, all_vouchers_lapsed, all_refused_at_write_off], [
        lambda: all_vouchers_lapsed().without("tax.query_bill", "non_tax.query_bill"),
        lambda: all_vouchers_lapsed().change("tax.query_bill", asked_minute=304.2).change("non_tax.query_bill", asked_minute=304.2),
        lambda: all_refused_at_write_off().without("tax.write_off", "non_tax.write_off"),
        lambda: bought().without("unionpay.query_bill"), lambda: bought().change("person.receipts_ready", asked_minute=401),
        lambda: bought().change("unionpay.create_order", asked_minute=320),
        lambda: bought().change("hub.push_charges", asked_minute=-5), lambda: bought().without("notify.sms"),
    ]),
    "told_before_paying": Judged([bought], [
        lambda: bought().without("notify.sms"), lambda: bought().change("notify.sms", asked_minute=320),
        lambda: bought().change("notify.sms", ref="correction"),
    ]),
    "progress_to_both": Judged([bought, withdrawn, exempt], [one_platform_only, lambda: bought().without("gov_platform.progress")]),
    "reflow_by_mode": Judged([bought, withdrawn, lambda: bought_in(PUTIAN, "350302", "water", "gas"), withdrawn_at_once], [
        lambda: bought_in(PUTIAN, "350302", "water").without("gov_platform.items_distributed"),
        lambda: bought_in(PUTIAN, "350302", "water").change("gov_platform.items_distributed", minute=5_003),
        lambda: bought().as_case(region="putian", registry="350302"),
        lambda: bought_in(PUTIAN, "350302", "water").without("gov_platform.report_item"),
        lambda: bought_in(PUTIAN, "350302").as_case(region="fuzhou", registry="350102"),
        lambda: bought().without("gov_platform.report_package"),
    ]),
    "rated_once_after_acceptance": Judged([bought], [
        lambda: bought().add(6001, "buyer>city_platform", "gov_platform.rate"),
        lambda: bought().change("gov_platform.rate", minute=30),
    ]),
    "review_opened": Judged([bought], [lambda: bought().without("gov_platform.open_review")]),
    "least_data": Judged(
        [bought], [bought, bought],
        kept_bodies=[(1, "unionpay.create_order", {"order_no": "D", "charges": [{"sort": "tax", "number": "1"}]})],
        broken_bodies=[
            [(1, "unionpay.create_order", {"order_no": "D", "charges": [{"sort": "tax", "phone": PHONE}]})],
            [(1, "data_exchange.receive", {"title_no": "闽", "buyers": [{"name": "张三", "id_no": ID_NO}]})],
        ],
    ),
    "masked_for_people": Judged(
        [bought], [bought, bought],
        kept_bodies=[
            (1, "notify.sms", {"masked_phone": "139****1234", "text": "凭证序号10013524000000012345"}),
            (1, "person.bill_shown", {"charges": [{"payer_id_no": "359***********0211", "office": "13501040000"}]}),
            (1, "person.told", {"text": "证件350***********2810，税票335016241200001234"}),
        ],
        broken_bodies=[
            [(1, "notify.sms", {"masked_phone": PHONE, "text": ""})], [(1, "person.told", {"text": f"证件{ID_NO}已核"})],
        ],
    ),
    "accepted_in_time": Judged(
        [bought], [lambda: bought().change("registry.accept", minute=3000)], {"acceptance": 1},
    ),
    "registered_in_time": Judged([bought], [lambda: bought().change("registry.record", minute=9000)], {"registration": 3}),
    "assessed_in_time": Judged([bought], [lambda: bought().change("tax.assessed", minute=4500)], {"tax_assessment": 2}),
    **{
        f"{item}_in_time": Judged(
            [lambda item=item: bought(item)], [lambda item=item: bought(item).change(f"{item}.result", minute=9000)],
            {f"{item}_transfer": 3},
        )
        for item in ("power", "water", "gas", "cable_tv")
    },
    "shared_in_time": Judged([bought], [lambda: bought().change("data_exchange.receive", minute=3000)], {"data_sharing": 1}),
    "refunded_in_time": Judged([withdrawn], [lambda: withdrawn().change("hub.charges_cancelled", minute=20_000)], {"refund": 5}),
    "closed_in_time": Judged([bought], [lambda: bought().change("portal.closed", minute=30_000)], {"whole_package": 5}),
    "linked_results_fetched_in_time": Judged(
        [lambda: bought("cable_tv")], [lambda: bought("cable_tv").change("hub.cable_tv_result", minute=12_000)], {"linked_results": 1},
    ),
    "housing_fund_decides_in_time": Judged(
        [lambda: bought("housing_fund"), lambda: decided(4000)],
        [lambda: bought("housing_fund").change("housing_fund.result", minute=9000), lambda: decided(8500)],
    ),
}  # fmt: skip
