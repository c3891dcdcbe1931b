"""The platform's receipt code and e-seals: one code per case, both parties sign within fifteen days or it is void."""

from contract.gov_platform import (
    NOT_A_SIGNER,
    RECEIPT_CODE_UNKNOWN,
    SIGNERS_INVALID,
    SIGNING_OVER,
    CancelSigning,
    IssueReceiptCode,
    ReceiptCodeIssued,
    Sign,
    SigningDone,
    SigningExpired,
    StartSigning,
)
from contract.people import SignInvited
from contract.records import BUYER
from fake_departments.gov_platform_file import SIGNERS, PlatformFile, Settings
from sim.calendar import DAY_MS
from sim.days import compact_day
from sim.identifiers import receipt_code
from sim.message import Message, timer
from sim.posts import NOTHING, Posts, later, refuse, reply, send
from sim.table import State, Track, ignored, row

WINDOW, CLERK = "window", "clerk"

SIGNING_TERM_MS = 15 * DAY_MS
"""Chosen: no document gives the time in which both must sign."""


@timer("gov_platform.all_signed", "买卖双方均已签署", inventory=("FJ-06",))
class AllSigned(Message):
    """The last signature is in."""


@timer("gov_platform.signing_overdue", "签署期满", inventory=("FJ-06",))
class SigningOverdue(Message):
    """Fifteen days have passed since the invitation to sign."""


ALL_SIGNED, SIGNING_OVERDUE = AllSigned(), SigningOverdue()

NONE = State("none", "未取收件码", end=True)
CODED = State("coded", "已取收件码", end=True)
SIGNING = State("signing", "待签署")
SIGNED = State("signed", "已签齐", end=True)
VOID = State("void", "已取消或逾期失效", end=True)


def issue_code(file: PlatformFile, heard: IssueReceiptCode) -> Posts:
    """One receipt code per case, however often it is asked for."""
    settings: Settings = file.settings
    if not file.receipt_code:
        file.receipt_code = receipt_code(file.registry.code, compact_day(file.now_ms), file.serial)
        file.at_window = heard.channel == WINDOW
    return [
        reply(ReceiptCodeIssued(file.receipt_code), settings.receipt_code.at(file.draw(b"gov_platform.receipt_code")))
    ]


def start_signing(file: PlatformFile, heard: StartSigning) -> Posts:
    if heard.receipt_code != file.receipt_code:
        return refuse(RECEIPT_CODE_UNKNOWN)
    if sorted(heard.signers) != sorted(SIGNERS):
        return refuse(SIGNERS_INVALID)
    file.initiator, file.unsigned = file.sender, SIGNERS
    invitation = SignInvited(file.receipt_code)
    invited = (CLERK,) if file.at_window else SIGNERS
    return [later(SIGNING_TERM_MS, SIGNING_OVERDUE), *[send(seat, invitation) for seat in invited]]


def start_again(file: PlatformFile, heard: StartSigning) -> Posts:
    """A signing that goes on, or is done, is not begun anew."""
    return NOTHING if heard.receipt_code == file.receipt_code else refuse(RECEIPT_CODE_UNKNOWN)


def sign(file: PlatformFile, heard: Sign) -> Posts:
    role = heard.role
    if role not in SIGNERS or file.sender != (CLERK if file.at_window else role):
        return refuse(NOT_A_SIGNER)
    party = file.dossier.buyers if role == BUYER else file.dossier.sellers
    settings: Settings = file.settings
    if party[0].is_company and file.draw(b"gov_platform.agent") < settings.unauthorised_agent:
        return refuse(NOT_A_SIGNER, "经办人未获企业授权，不得以法人名义签章")
    if role not in file.unsigned:
        return NOTHING
    file.unsigned = tuple([other for other in file.unsigned if other != role])
    return NOTHING if file.unsigned else [later(0, ALL_SIGNED)]


def seal(file: PlatformFile, heard: AllSigned) -> Posts:
    return [send(file.initiator, SigningDone(f"QZ{file.receipt_code[2:]}"))]


def expire(file: PlatformFile, heard: SigningOverdue) -> Posts:
    return [send(file.initiator, SigningExpired(file.unsigned))]


def too_late(file: PlatformFile, heard: Message) -> Posts:
    return refuse(SIGNING_OVER)


SIGNING_TRACK = Track("signing", "收件码与电子签章", NONE, [
    row(NONE, IssueReceiptCode, CODED, issue_code),
    row((CODED, SIGNING, SIGNED, VOID), IssueReceiptCode, None, issue_code),
    row(CODED, StartSigning, SIGNING, start_signing),
    row((SIGNING, SIGNED), StartSigning, None, start_again),
    row(VOID, StartSigning, None, too_late),
    row((SIGNING, SIGNED), Sign, None, sign),
    row(VOID, Sign, None, too_late),
    row(SIGNING, AllSigned, SIGNED, seal),
    row(SIGNING, SigningOverdue, VOID, expire),
    row((NONE, CODED, SIGNING, SIGNED), CancelSigning, VOID),
    ignored(VOID, CancelSigning, "签署已取消或已逾期失效"),
])  # fmt: skip
