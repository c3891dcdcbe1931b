"""The government service platform, provincial or a city's: identity, certificates and backfill here; the rest in its tracks."""

from functools import cache

from contract.gov_platform import (
    AUTHORISATION_MISSING,
    FACE_MISMATCH,
    Backfill,
    Backfilled,
    CertificatesFetched,
    CertifyTitle,
    FetchCertificates,
    IdentityVerified,
    MyCase,
    TitleCertified,
    VerifyIdentity,
)
from contract.records import BUYER, SELLER
from fake_departments.gov_platform_file import PlatformFile, Settings
from fake_departments.gov_platform_progress import PROGRESS_TRACK, my_case
from fake_departments.gov_platform_reflow import REFLOW_TRACK
from fake_departments.gov_platform_reviews import REVIEW_TRACK
from fake_departments.gov_platform_signing import SIGNING_TRACK
from sim.identifiers import credit_code, licence_number
from sim.posts import Posts, refuse, reply
from sim.table import Part, Role, State, Track, row

TITLE_LICENCE = "11100000MB03271699022"
"""The licence type of 不动产权证书: its ministry's credit code and a number (type number synthetic)."""

SHARED_FIELDS = ("不动产权证号", "坐落", "面积", "婚姻状况", "户籍")
"""What the sharing service fills in, so that nobody types it."""


def verify_identity(file: PlatformFile, heard: VerifyIdentity) -> Posts:
    """A face check: the person must be one of the case's own in that role, and the camera sometimes errs."""
    settings: Settings = file.settings
    role, id_no = heard.role, heard.person.id_no
    persons = file.dossier.buyers if role == BUYER else file.dossier.sellers if role == SELLER else ()
    if id_no not in [person.id_no for person in persons]:
        return refuse(FACE_MISMATCH, "证件号码与本办件该方当事人不符")
    tries = file.tries.get(role, 0)
    file.tries[role] = tries + 1
    n = tries * 2 + (role == SELLER)
    if file.draw(b"gov_platform.face", n) < settings.identity_failed:
        return refuse(FACE_MISMATCH)
    token = f"{file.serial:08d}{n:02d}"
    return [reply(IdentityVerified(role, id_no, token), settings.identity.at(file.draw(b"gov_platform.identity", n)))]


def fetch_certificates(file: PlatformFile, heard: FetchCertificates) -> Posts:
    """Now and then one of the kinds asked for is not in the library."""
    if not heard.authorisation:
        return refuse(AUTHORISATION_MISSING)
    settings: Settings = file.settings
    n, kinds, share = file.fetches, heard.kinds, settings.certificate_missing
    file.fetches = n + 1
    u = file.draw(b"gov_platform.certificate", n)
    missing = (kinds[int(u / share * len(kinds))],) if kinds and u < share else ()
    if missing and file.draw(b"gov_platform.three_missing", n) < settings.three_certificates_missing:
        missing = tuple([kind for kind in kinds if kind != missing[0]][:2]) + missing
    found = tuple([kind for kind in kinds if kind not in missing])
    after_ms = settings.certificate.at(file.draw(b"gov_platform.certificate_time", n))
    return [reply(CertificatesFetched(found, missing), after_ms)]


def backfill(file: PlatformFile, heard: Backfill) -> Posts:
    if not heard.authorisation:
        return refuse(AUTHORISATION_MISSING)
    settings: Settings = file.settings
    lacks = file.draw(b"gov_platform.field_missing") < settings.shared_field_missing
    fields = SHARED_FIELDS[:-1] if lacks else SHARED_FIELDS
    return [reply(Backfilled(fields), settings.backfill.at(file.draw(b"gov_platform.backfill")))]


@cache
def issuer(registry_code: str) -> str:
    """A registry's credit code (synthetic: its district is unassigned)."""
    return credit_code("11", f"00{registry_code}")


def certify_title(file: PlatformFile, heard: CertifyTitle) -> Posts:
    """A title has one electronic certificate: asked for again, it is the same."""
    settings: Settings = file.settings
    mark = licence_number(TITLE_LICENCE, issuer(file.registry.code), f"{file.serial:08d}")
    after_ms = settings.certificate_issue.at(file.draw(b"gov_platform.certify_title"))
    return [reply(TitleCertified(mark), after_ms)]


SERVING = State("serving", "随时受理", end=True)

SUPPORT_TRACK = Track("support", "公共支撑", SERVING, [
    row(SERVING, VerifyIdentity, None, verify_identity),
    row(SERVING, FetchCertificates, None, fetch_certificates),
    row(SERVING, Backfill, None, backfill),
    row(SERVING, CertifyTitle, None, certify_title),
])  # fmt: skip

ROLE = Role(
    "gov_platform",
    "政务服务平台",
    (Part(PlatformFile, [SUPPORT_TRACK, SIGNING_TRACK, PROGRESS_TRACK, REFLOW_TRACK, REVIEW_TRACK]),),
    Settings,
    {MyCase: my_case},
)
