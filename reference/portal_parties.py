"""The portal's steps ①–③: the application, both parties identified, and all that need not be asked of them again."""

from dataclasses import replace

from contract.gov_platform import (
    Backfill,
    Backfilled,
    CertificatesFetched,
    FetchCertificates,
    IdentityVerified,
    VerifyIdentity,
)
from contract.housing import FindNetSign, NetSign
from contract.people import JoinInvited, LoginFailed, UploadAsked
from contract.portal import AUTHORISATION_DIFFERS, DUPLICATE_HOME, Apply, Join
from contract.records import BUYER, SELLER, Application
from reference.portal_files import PortalFile
from reference.portal_form import flaw
from sim.calendar import MINUTE_MS
from sim.identifiers import canonical_title
from sim.message import Message, Refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send

FIELDS = ("不动产权证号", "坐落", "面积", "婚姻状况", "户籍")
"""What sharing is expected to fill in; whatever it leaves empty the applicants are asked for."""
GATHERING_MS = 30 * MINUTE_MS
"""How long the form waits for what is shared: chosen, no document gives a figure."""
LETTERS = "SQB"
"""How the number of a consent begins; the number of the case it was given for follows."""
CERTIFICATES = ("居民身份证", "结婚证", "居民户口簿", "不动产权证书")


@timer("portal.buyers_verified", "买方均已认证")
class BuyersVerified(Message):
    """Every buyer has been identified."""


@timer("portal.parties_verified", "双方均已认证")
class PartiesVerified(Message):
    """The sellers were the last to be identified."""


@timer("portal.gathered", "证照、回填与网签均已返回")
class Gathered(Message):
    """Everything looked up is there."""


@timer("portal.papers_missing", "有证照未取到")
class PapersMissing(Message):
    """Everything has been answered, but some certificates were not found."""


@timer("portal.gathering_overdue", "共享查询久无应答")
class GatheringOverdue(Message):
    """What has not been answered by now is asked of the applicants, or verified later; they are not kept waiting for it."""


BUYERS_VERIFIED, PARTIES_VERIFIED = BuyersVerified(), PartiesVerified()
GATHERED, PAPERS_MISSING, GATHERING_OVERDUE = Gathered(), PapersMissing(), GatheringOverdue()


# ---- ① application, ② identity -----------------------------------------------------------------------------------------
def apply(file: PortalFile, heard: Apply) -> Posts:
    form, home = heard.application, heard.application.home
    if heard.authorisation.removeprefix(LETTERS) != str(file.case.number):
        return refuse(AUTHORISATION_DIFFERS)
    wrong = flaw(form)
    if wrong is not None:
        return refuse(wrong)
    other = file.party.ledgers.get("unit_code", {}).get(home.unit_code)
    if other is not None and not other.state("main").end:
        return refuse(DUPLICATE_HOME)
    file.enter("unit_code", home.unit_code)
    if "(" in home.title_no or " " in home.title_no:
        form = replace(form, home=replace(home, title_no=canonical_title(home.title_no)))
    file.application, file.authorisation = form, heard.authorisation
    return verify_buyer(file, heard)


def verify_buyer(file: PortalFile, heard: Message) -> Posts:
    return [_verify_next(file, BUYER)]


def verify_seller(file: PortalFile, heard: Message) -> Posts:
    return [_verify_next(file, SELLER)]


def _verify_next(file: PortalFile, role: str) -> Post:
    """Everybody who applies is identified, one after the other."""
    for person in file.people(role):
        if person.id_no not in file.identified[role]:
            return send("gov_platform", VerifyIdentity(role, person))
    return later(0, BUYERS_VERIFIED if role == BUYER else PARTIES_VERIFIED)


def keep_identity(file: PortalFile, heard: IdentityVerified) -> Posts:
    file.identified.get(heard.role, set()).add(heard.id_no)
    return NOTHING


def buyer_verified(file: PortalFile, heard: IdentityVerified) -> Posts:
    return _verified(file, heard, BUYER)


def seller_verified(file: PortalFile, heard: IdentityVerified) -> Posts:
    return _verified(file, heard, SELLER)


def _verified(file: PortalFile, heard: IdentityVerified, role: str) -> Posts:
    if heard.role != role or heard.id_no in file.identified[role]:
        return NOTHING
    file.identified[role].add(heard.id_no)
    return [_verify_next(file, role)]


def invite_seller(file: PortalFile, heard: BuyersVerified) -> Posts:
    invited = JoinInvited(file.authorisation)
    return [send("clerk" if file.at_window else "seller", invited), file.await_party()]


def join(file: PortalFile, heard: Join) -> Posts:
    file.seller_authorisation = heard.authorisation
    return verify_seller(file, heard)


def buyer_unknown(file: PortalFile, heard: Refused) -> Posts:
    return [send("buyer", LoginFailed(heard.detail)), file.await_party()]


def seller_unknown(file: PortalFile, heard: Refused) -> Posts:
    return [send("seller", LoginFailed(heard.detail)), file.await_party()]


# ---- ③ certificates, backfill, earlier net signing ------------------------------------------------------------------------
def gather(file: PortalFile, heard: PartiesVerified) -> Posts:
    form, consent = file.application, file.authorisation
    people = (*form.buyers, *form.sellers)
    return [
        send("gov_platform", FetchCertificates(consent, people, CERTIFICATES)),
        send("gov_platform", Backfill(consent, form.home.unit_code, tuple([person.id_no for person in people]))),
        send("housing", FindNetSign(form.home.unit_code, consent)),
        later(GATHERING_MS, GATHERING_OVERDUE),
    ]


def keep_certificates(file: PortalFile, heard: CertificatesFetched) -> Posts:
    first = file.missing is None
    file.missing = heard.missing if first else file.missing
    return _gathered(file, first)


def keep_fields(file: PortalFile, heard: Backfilled) -> Posts:
    first = file.fields is None
    if first or file.fields:  # what had to be typed in meanwhile stays as typed
        file.fields = heard.fields
    return _gathered(file, first)


def keep_net_sign(file: PortalFile, heard: NetSign) -> Posts:
    first, file.contract_no = file.contract_no is None, heard.contract_no
    return _gathered(file, first)


def _gathered(file: PortalFile, first: bool) -> Posts:
    if not first or file.outcome or file.missing is None or file.fields is None or file.contract_no is None:
        return NOTHING
    return [later(0, PAPERS_MISSING if _lacking(file) else GATHERED)]


def _lacking(file: PortalFile) -> tuple[str, ...]:
    """Certificates not found and fields not shared, all in one list."""
    return (*(file.missing or ()), *[field for field in FIELDS if field not in (file.fields or ())])


def go_without(file: PortalFile, heard: GatheringOverdue) -> Posts:
    """Whatever has not been answered is typed in or uploaded; an earlier net-sign is verified when its answer comes."""
    file.missing = CERTIFICATES if file.missing is None else file.missing
    file.fields = () if file.fields is None else file.fields
    file.contract_no = file.application.contract_no if file.contract_no is None else file.contract_no
    return [later(0, PAPERS_MISSING if _lacking(file) else GATHERED)]


def ask_papers(file: PortalFile, heard: PapersMissing) -> Posts:
    return [send("buyer", UploadAsked(_lacking(file))), file.await_party()]


def verified(file: PortalFile) -> Application:
    """The form as it goes to the registry: with the net-sign that housing knows of, not one that nobody can find."""
    form = file.application
    found = file.contract_no or ""
    return form if form.contract_no == found else replace(form, contract_no=found)
