"""The provincial online application system: one application, both parties identified and signed, then handed over (①–⑤)."""

import re

from contract.gov_platform import (
    Backfilled,
    CancelSigning,
    CertificatesFetched,
    IdentityVerified,
    IssueReceiptCode,
    ReceiptCodeIssued,
    SigningDone,
    SigningExpired,
    StartSigning,
    VerifyIdentity,
)
from contract.housing import NetSign
from contract.people import CaseOver, CorrectionWanted, PackageReady
from contract.portal import (
    Accepted,
    Apply,
    Closed,
    Correct,
    CorrectionAsked,
    Join,
    LoginAgain,
    NotAccepted,
    QueryProgress,
    Upload,
    Withdraw,
)
from contract.records import BUYER, SELLER
from contract.registry import Corrected, Receive
from contract.registry import Withdraw as RegistryWithdraw
from reference import portal_parties as parties
from reference.portal_files import PartyOverdue, PortalFile, keep, show_progress
from reference.portal_parties import BuyersVerified, Gathered, PapersMissing, PartiesVerified
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, send
from sim.table import Part, Role, State, Track, ignored, row

CODE = re.compile("[A-Z]{2}[0-9A-Z]+")
"""What a receipt code looks like."""
DOCUMENTS = ("转移登记申请表（含网签备案信息）", "存量房买卖合同")
SIGNERS = (BUYER, SELLER)


@timer("portal.turned_down", "登记机构不收件")
class TurnedDown(Message):
    """The registry will not have the application."""


@timer("portal.goes_on_waiting", "撤回未成，继续待受理")
class GoesOnWaiting(Message):
    """The withdrawal was refused before the case was accepted."""


@timer("portal.goes_on_accepted", "撤回未成，继续在办")
class GoesOnAccepted(Message):
    """The withdrawal was refused after the case was accepted."""


@timer("portal.code_unusable", "收件码不合规，重新取码")
class CodeUnusable(Message):
    """What came is no receipt code: it is not used, and asked for again."""


CODE_UNUSABLE = CodeUnusable()
TURNED_DOWN, GOES_ON_WAITING, GOES_ON_ACCEPTED = TurnedDown(), GoesOnWaiting(), GoesOnAccepted()


# ---- ④ receipt code and seals, ⑤ handing over ---------------------------------------------------------------------------------
def ask_code(file: PortalFile, heard: Gathered | Upload | CodeUnusable) -> Posts:
    return [send("gov_platform", IssueReceiptCode(file.application.channel, file.application.items))]


def start_signing(file: PortalFile, heard: ReceiptCodeIssued) -> Posts:
    if not CODE.fullmatch(heard.receipt_code):
        return [later(0, CODE_UNUSABLE)]
    file.receipt_code = heard.receipt_code
    return [send("gov_platform", StartSigning(heard.receipt_code, DOCUMENTS, SIGNERS))]


def hand_over(file: PortalFile, heard: SigningDone) -> Posts:
    file.seal_no = heard.seal_no
    form = parties.verified(file)
    if file.at_window:
        return [send("clerk", PackageReady(form, file.receipt_code, heard.seal_no, file.authorisation))]
    return [send("registry", Receive(file.receipt_code, form, heard.seal_no, file.authorisation))]


def keep_code(file: PortalFile, heard: ReceiptCodeIssued) -> Posts:
    file.receipt_code = heard.receipt_code
    return NOTHING


def keep_seal(file: PortalFile, heard: SigningDone) -> Posts:
    file.seal_no = heard.seal_no
    return NOTHING


def not_received(file: PortalFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return NOTHING if heard.error == "not_now" else [later(0, TURNED_DOWN)]


# ---- while the registry has it --------------------------------------------------------------------------------------------------
def keep_acceptance(file: PortalFile, heard: Accepted) -> Posts:
    file.acceptance_no = heard.acceptance_no
    return NOTHING


def ask_correction(file: PortalFile, heard: CorrectionAsked) -> Posts:
    file.correction = heard.what
    return [send("buyer", CorrectionWanted(heard.what))]


def keep_correction(file: PortalFile, heard: CorrectionAsked) -> Posts:
    file.correction = heard.what
    return NOTHING


def correct(file: PortalFile, heard: Correct) -> Posts:
    return [send("registry", Corrected(heard.what))]


def turned_away(file: PortalFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return NOTHING


# ---- ends ----------------------------------------------------------------------------------------------------------------------------
def _over(file: PortalFile, outcome: str) -> list[Post]:
    file.outcome = outcome
    over = CaseOver(outcome)
    return [send("buyer", over), send("seller", over)]


def call_off(file: PortalFile, heard: Withdraw) -> Posts:
    return _over(file, "withdrawn")


def call_off_signing(file: PortalFile, heard: Withdraw) -> Posts:
    return [send("gov_platform", CancelSigning(heard.reason)), *_over(file, "withdrawn")]


def pass_on_withdrawal(file: PortalFile, heard: Withdraw) -> Posts:
    return [send("registry", RegistryWithdraw(heard.reason))]


def go_on(file: PortalFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return [later(0, GOES_ON_ACCEPTED if file.acceptance_no else GOES_ON_WAITING)]


def lapse(file: PortalFile, heard: PartyOverdue | SigningExpired) -> Posts:
    return _over(file, "lapsed")


def decline(file: PortalFile, heard: TurnedDown | NotAccepted) -> Posts:
    return _over(file, "declined")


def close(file: PortalFile, heard: Closed) -> Posts:
    return _over(file, heard.outcome)


UNASKED = State("unasked", "未申请", end=True)
VERIFYING_BUYER = State("verifying_buyer", "买方认证中")
BUYER_UNKNOWN = State("buyer_unknown", "待买方重新认证")
AWAITING_SELLER = State("awaiting_seller", "待卖方确认")
VERIFYING_SELLER = State("verifying_seller", "卖方认证中")
SELLER_UNKNOWN = State("seller_unknown", "待卖方重新认证")
GATHERING = State("gathering", "取证照与回填中")
AWAITING_PAPERS = State("awaiting_papers", "待上传缺失证照")
CODING = State("coding", "生成收件码中")
SIGNING = State("signing", "双方签署中")
HANDED_OVER = State("handed_over", "已分发待受理")
CORRECTING = State("correcting", "待补正")
UNDER_WAY = State("under_way", "已受理在办")
WITHDRAWING = State("withdrawing", "撤回中")
OVER = State("over", "办件结束", end=True)

AFTER_SIGNING = (HANDED_OVER, CORRECTING, UNDER_WAY, WITHDRAWING, OVER)
AFTER_CODING = (SIGNING, *AFTER_SIGNING)
AFTER_GATHERING = (AWAITING_PAPERS, CODING, *AFTER_CODING)
AFTER_BUYERS = (AWAITING_SELLER, SELLER_UNKNOWN, GATHERING, *AFTER_GATHERING)
WAITING_FOR_PEOPLE = (BUYER_UNKNOWN, AWAITING_SELLER, SELLER_UNKNOWN, AWAITING_PAPERS)
BEFORE_SIGNING = (VERIFYING_BUYER, VERIFYING_SELLER, GATHERING, CODING, *WAITING_FOR_PEOPLE)
AT_REGISTRY = (HANDED_OVER, CORRECTING, UNDER_WAY, WITHDRAWING)

# fmt: off
MAIN = Track("main", "网上申请", UNASKED, [
    # while the application is                  we hear                    it becomes        and we
    row(UNASKED,                                Apply,                     VERIFYING_BUYER,  parties.apply),
    row(VERIFYING_BUYER,                        IdentityVerified,          None,             parties.buyer_verified),
    row(VERIFYING_BUYER,                        BuyersVerified,            AWAITING_SELLER,  parties.invite_seller),
    row(VERIFYING_BUYER,                        refused(VerifyIdentity),   BUYER_UNKNOWN,    parties.buyer_unknown),
    row(BUYER_UNKNOWN,                          LoginAgain,                VERIFYING_BUYER,  parties.verify_buyer),
    row(AWAITING_SELLER,                        Join,                      VERIFYING_SELLER, parties.join),
    row(VERIFYING_SELLER,                       IdentityVerified,          None,             parties.seller_verified),
    row(VERIFYING_SELLER,                       refused(VerifyIdentity),   SELLER_UNKNOWN,   parties.seller_unknown),
    row(SELLER_UNKNOWN,                         LoginAgain,                VERIFYING_SELLER, parties.verify_seller),
    row(VERIFYING_SELLER,                       PartiesVerified,           GATHERING,        parties.gather),
    row((GATHERING, *AFTER_GATHERING),          CertificatesFetched,       None,             parties.keep_certificates),
    row((GATHERING, *AFTER_GATHERING),          Backfilled,                None,             parties.keep_fields),
    row((GATHERING, *AFTER_GATHERING),          NetSign,                   None,             parties.keep_net_sign),
    row(GATHERING,                              Gathered,                  CODING,           ask_code),
    row(GATHERING,                              parties.GatheringOverdue,  None,             parties.go_without),
    row(GATHERING,                              PapersMissing,             AWAITING_PAPERS,  parties.ask_papers),
    row(AWAITING_PAPERS,                        Upload,                    CODING,           ask_code),
    row(CODING,                                 ReceiptCodeIssued,         SIGNING,          start_signing),
    row(SIGNING,                                CodeUnusable,              CODING,           ask_code),
    row(SIGNING,                                SigningDone,               HANDED_OVER,      hand_over),
    row(SIGNING,                                SigningExpired,            OVER,             lapse),
    row(WAITING_FOR_PEOPLE,                     PartyOverdue,              OVER,             lapse),
    row((HANDED_OVER, WITHDRAWING),             refused(Receive),          None,             not_received),
    row((HANDED_OVER, WITHDRAWING),             TurnedDown,                OVER,             decline),
    row((HANDED_OVER, CORRECTING),              Accepted,                  UNDER_WAY,        keep_acceptance),
    row(HANDED_OVER,                            CorrectionAsked,           CORRECTING,       ask_correction),
    row(CORRECTING,                             Correct,                   HANDED_OVER,      correct),
    row((HANDED_OVER, CORRECTING, WITHDRAWING), NotAccepted,               OVER,             decline),
    row(AT_REGISTRY,                            Closed,                    OVER,             close),
    # withdrawal
    row(BEFORE_SIGNING,                         Withdraw,                  OVER,             call_off),
    row(SIGNING,                                Withdraw,                  OVER,             call_off_signing),
    row((HANDED_OVER, CORRECTING, UNDER_WAY),   Withdraw,                  WITHDRAWING,      pass_on_withdrawal),
    row(WITHDRAWING,                            refused(RegistryWithdraw), None,             go_on),
    row(WITHDRAWING,                            GoesOnWaiting,             HANDED_OVER),
    row(WITHDRAWING,                            GoesOnAccepted,            UNDER_WAY),
    # said again, or too late
    row((BUYER_UNKNOWN, *AFTER_BUYERS),         IdentityVerified,          None,             parties.keep_identity),
    row((BUYER_UNKNOWN, *AFTER_BUYERS),         refused(VerifyIdentity),   None,             turned_away),
    row(AFTER_CODING,                           ReceiptCodeIssued,         None,             keep_code),
    row(AFTER_SIGNING,                          SigningDone,               None,             keep_seal),
    row((UNDER_WAY, WITHDRAWING, OVER),         Accepted,                  None,             keep_acceptance),
    row((CORRECTING, UNDER_WAY, WITHDRAWING, OVER), CorrectionAsked,       None,             keep_correction),
    row((CORRECTING, UNDER_WAY, OVER),          refused(Receive),          None,             turned_away),
    row((*AT_REGISTRY, OVER),                   refused(Corrected),        None,             turned_away),
    row(OVER,                                   refused(RegistryWithdraw), None,             turned_away),
    row(OVER,                                   refused(CancelSigning),    None,             turned_away),
    ignored(OVER,                               SigningExpired,            "申请已结束，签署是否逾期已无关系"),
    ignored(OVER,                               NotAccepted,               "申请已结束，重复或迟到的不予受理通知"),
    ignored(OVER,                               Closed,                    "重复的办件结束通知"),
])
# fmt: on

ROLE = Role(
    "portal", "省网上申请系统", (Part(PortalFile, [MAIN]),), queries={QueryProgress: show_progress}, keeps=keep
)  # fmt: skip
