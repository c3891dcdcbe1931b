"""The platform's “我的办件”: how far a case is, and the entries to payment and receipts that its stage opens."""

from contract.gov_platform import (
    NOT_AWAITING_PAYMENT,
    NOT_OWN,
    NOT_YET_PAID,
    STAGE_UNKNOWN,
    AskReceipts,
    GoToPayment,
    MyCase,
    MyCaseShown,
    Progress,
)
from contract.hub import OpenPayment, RequestReceipts
from fake_departments.gov_platform_file import PlatformFile
from sim.message import Refused, refused
from sim.posts import NOTHING, Posts, refuse, send
from sim.table import State, Track, row

TAX_HUB = "tax_hub"
AWAITING_PAYMENT = "awaiting_payment"
STAGES = {"accepted": 1, AWAITING_PAYMENT: 2, "paid": 4, "recorded": 8, "closed": 16}
"""Bits in the order of the stages: the highest one seen is where the case is."""
SETTLED = STAGES["paid"] | STAGES["recorded"]
"""A case is recorded only when it is paid or exempt; one that is closed may have been neither."""


def progress(file: PlatformFile, heard: Progress) -> Posts:
    """A stage reported twice, or late, never takes the case back."""
    bit = STAGES.get(heard.stage)
    if bit is None:
        return refuse(STAGE_UNKNOWN)
    if bit > file.seen:
        file.stage, file.remark = heard.stage, ""
    file.seen |= bit
    return NOTHING


def go_to_payment(file: PlatformFile, heard: GoToPayment) -> Posts:
    if heard.role != file.sender:
        return refuse(NOT_OWN)
    if file.stage != AWAITING_PAYMENT:
        return refuse(NOT_AWAITING_PAYMENT)
    return [send(TAX_HUB, OpenPayment(heard.role))]


def ask_receipts(file: PlatformFile, heard: AskReceipts) -> Posts:
    if heard.role != file.sender:
        return refuse(NOT_OWN)
    if not file.seen & SETTLED:
        return refuse(NOT_YET_PAID)
    return [send(TAX_HUB, RequestReceipts(heard.role))]


def note_refusal(file: PlatformFile, heard: Refused) -> Posts:
    """What the tax-and-fee service would not open is said where the applicant looks next."""
    file.remark = heard.detail
    return NOTHING


def my_case(file: PlatformFile, heard: MyCase) -> MyCaseShown:
    return MyCaseShown(file.stage, file.remark)


SHOWN = State("shown", "可查询", end=True)

PROGRESS_TRACK = Track("progress", "我的办件", SHOWN, [
    row(SHOWN, Progress, None, progress),
    row(SHOWN, GoToPayment, None, go_to_payment),
    row(SHOWN, AskReceipts, None, ask_receipts),
    row(SHOWN, refused(OpenPayment), None, note_refusal),
    row(SHOWN, refused(RequestReceipts), None, note_refusal),
])  # fmt: skip
