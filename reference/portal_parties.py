"""The portal's steps ①–③: the application, both parties identified, and all that need not be asked of them again."""

from dataclasses import replace

from contract.errors import APPLICANTS_MISSING
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
from contract.portal import ACCOUNT_MALFORMED, DUPLICATE_HOME, TAX_FACTS_MISSING, Apply, Join
from contract.records import BUYER, SELLER, Application
from reference.portal_files import PortalFile
from sim.calendar import SECOND_MS
from sim.identifiers import canonical_title
from sim.message import Error, Message, Refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send

DIGITS = (13, 8, 10, 16, 12)
"""How many digits an account number has, in the order of the items: power, water, gas, cable TV, housing fund."""
LOOK_UP_MS = 5 * SECOND_MS
"""So long the form waits for what is looked up; then it goes on by hand (FJ-3.4-03, FJ-A2-01): chosen."""
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


@timer("portal.look_ups_overdue", "证照、回填或网签久未返回，改为手填与上传")
class LookUpsOverdue(Message):
    """What has not been answered is done without: it is typed, uploaded, or left to filing after recording."""


LOOK_UPS_OVERDUE = LookUpsOverdue()
BUYERS_VERIFIED, PARTIES_VERIFIED = BuyersVerified(), PartiesVerified()
GATHERED, PAPERS_MISSING = Gathered(), PapersMissing()


# ---- ① application, ② identity -----------------------------------------------------------------------------------------
def apply(file: PortalFile, heard: Apply) -> Posts:
    form, home = heard.application, heard.application.home
    if not (form.buyers and form.sellers):
        return refuse(APPLICANTS_MISSING)
    lacking = _lacking(form)
    if lacking is not None:
        return refuse(lacking)
    other = file.party.ledgers.get("unit_code", {}).get(home.unit_code)
    if other is not None and not other.state("main").end:
        return refuse(DUPLICATE_HOME)
    file.enter("unit_code", home.unit_code)
    if "(" in home.title_no or " " in home.title_no:
        form = replace(form, home=replace(home, title_no=canonical_title(home.title_no)))
    file.application, file.authorisation = form, heard.authorisation
    return verify_buyer(file, heard)


def _lacking(form: Application) -> Error | None:
    """What of trade, tax and linked items cannot be right as it was typed."""
    if form.price_fen <= 0:
        return TAX_FACTS_MISSING
    wrong = [number for number, digits in zip(form.accounts, DIGITS, strict=True) if number and len(number) != digits]
    return ACCOUNT_MALFORMED if wrong else None


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
        later(LOOK_UP_MS, LOOK_UPS_OVERDUE),
    ]


def go_without(file: PortalFile, heard: LookUpsOverdue) -> Posts:
    """No department's silence holds an application up: what is missing is uploaded or typed."""
    if file.missing is None:
        file.missing = CERTIFICATES
    file.fields = file.fields or ()
    file.contract_no = file.contract_no or ""
    return [later(0, PAPERS_MISSING if file.missing else GATHERED)]


def keep_certificates(file: PortalFile, heard: CertificatesFetched) -> Posts:
    first, file.missing = file.missing is None, heard.missing
    return _gathered(file, first)


def keep_fields(file: PortalFile, heard: Backfilled) -> Posts:
    first, file.fields = file.fields is None, heard.fields
    return _gathered(file, first)


def keep_net_sign(file: PortalFile, heard: NetSign) -> Posts:
    first, file.contract_no = file.contract_no is None, heard.contract_no
    return _gathered(file, first)


def _gathered(file: PortalFile, first: bool) -> Posts:
    if not first or file.outcome or file.missing is None or file.fields is None or file.contract_no is None:
        return NOTHING
    return [later(0, PAPERS_MISSING if file.missing else GATHERED)]


def ask_papers(file: PortalFile, heard: PapersMissing) -> Posts:
    return [send("buyer", UploadAsked(file.missing or ())), file.await_party()]
