"""The numbers people, homes, certificates, taxes and payments carry: how to make them and how to recognise them.

Formats marked synthetic are ours, because the real rule is not published; real systems keep their own pattern.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from sim.check_digits import credit_check, identity_check, licence_check, luhn_check, organisation_check

UNASSIGNED_DISTRICT: Final = "359999"
"""No such district in GB/T 2260: an identity number made with it belongs to nobody."""

PHONE_PREFIX: Final = "154"
"""The one prefix of the block 150-159 that was never opened to subscribers: it passes an 11-digit mobile check and
reaches nobody. Blocks 10 to 12 will not do: exchanges connect 110 or 10000 whatever digits follow."""

LICENCE_ROOT: Final = "1.2.156.3005.2"
OLD_DISTRICTS: Final = {"350404": "350402", "350405": "350427", "350604": "350681", "350605": "350625"}
"""Districts of 2021 and the code that parcels numbered before then still carry."""

PROVINCES: Final = {"32": "苏", "35": "闽", "41": "豫", "44": "粤"}
"""How certificates call the provinces of our packages, by the first two digits of a district."""

ACCOUNT_SHAPES: Final = {
    "power": ("350", 10),
    "water": ("", 8),
    "gas": ("", 10),
    "cable_tv": ("8350", 12),
    "housing_fund": ("", 12),
}
"""Prefix and serial digits of each linked item's account (synthetic except the 13 digits of power)."""

_UNIT: Final = re.compile(r"(\d{6})(\d{3})(\d{3})([GJZ][A-HSXWTFYQ])(\d{5})([WFLQ])(\d{8})")
_CREDIT: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_TITLE: Final = re.compile(r"(.)（(\d{4})）(.{2,})不动产(权|证明)第(\d{6,7})号")
_ORDER: Final = re.compile(r"[0-9A-Za-z]{8,40}")
_LICENCE: Final = re.compile(r"1\.2\.156\.3005\.2\.[0-9A-Z]{21}\.[0-9A-Z]{18}\.[0-9A-Z]+\.[0-9A-Z]{3}\.[0-9A-Z]")


def identity_number(birth: str, sequence: int, district: str = UNASSIGNED_DISTRICT) -> str:
    """公民身份号码; birth is yyyymmdd, an odd sequence is a man's."""
    first_17 = f"{district}{birth}{sequence:03d}"
    return first_17 + identity_check(first_17)


def is_identity_number(text: str) -> bool:
    """Upper-case X only: a lower-case x is a different string to every system that compares text."""
    if re.fullmatch(r"\d{17}[\dX]", text, re.ASCII) is None:
        return False
    return _is_date(text[6:14]) and identity_check(text[:17]) == text[17]


def old_identity_number(text: str) -> str:
    """The 15-digit number of before 1999."""
    return text[:6] + text[8:17]


def organisation_code(first_8: str) -> str:
    """组织机构代码, nine characters."""
    return first_8 + organisation_check(first_8)


def credit_code(kind: str, first_8: str, district: str = UNASSIGNED_DISTRICT) -> str:
    """统一社会信用代码; kind is 91 for a company, 11 for an authority."""
    first_17 = kind + district + organisation_code(first_8)
    return first_17 + credit_check(first_17)


def is_credit_code(text: str) -> bool:
    """The outer check only: some codes in force carry an organisation code that predates GB 11714."""
    return _CREDIT.fullmatch(text) is not None and credit_check(text[:17]) == text[17]


def unit_code(district: str, zone: int, subzone: int, parcel: int, building: int, room: int, land: str = "GB") -> str:
    """不动产单元代码 of a home: room is floor x 100 + door."""
    return f"{district}{zone:03d}{subzone:03d}{land}{parcel:05d}F{building:04d}{room:04d}"


def is_unit_code(text: str) -> bool:
    """As stored, without the spaces some systems show."""
    return _UNIT.fullmatch(text) is not None


def spaced_unit_code(text: str) -> str:
    """As shown on certificates: groups of 6, 6, 7 and 9."""
    return f"{text[:6]} {text[6:12]} {text[12:19]} {text[19:]}"


def title_number(year: int, place: str, serial: int, province: str = "闽", proof: bool = False) -> str:
    """不动产权证书号, or 登记证明号 when `proof`; place is the full name of the city or county."""
    return f"{province}（{year}）{place}不动产{'证明' if proof else '权'}第{serial:07d}号"


def is_title_number(text: str) -> bool:
    """Canonical form only; `canonical_title` first for what people type."""
    return _TITLE.fullmatch(text) is not None


def canonical_title(text: str) -> str:
    """Without spaces and with full-width brackets, so that two spellings of one certificate compare equal."""
    return re.sub(r"\s", "", text).replace("(", "（").replace(")", "）")


def licence_number(kind: str, issuer: str, serial: str, version: str = "001") -> str:
    """电子证照标识; kind is the 21 characters of the licence type."""
    body = f"{kind}.{issuer}.{serial}.{version}"
    return f"{LICENCE_ROOT}.{body}.{licence_check(body)}"


def is_licence_number(text: str) -> bool:
    """Shape and check character."""
    if _LICENCE.fullmatch(text) is None:
        return False
    body, _, check = text.removeprefix(LICENCE_ROOT + ".").rpartition(".")
    return licence_check(body) == check


def pay_code(district: str, year: int, serial: int) -> str:
    """缴款码, 20 digits; the last one is our own Luhn digit (synthetic), real codes have another rule."""
    first_19 = f"{district}{year % 100:02d}3{serial:010d}"
    return first_19 + luhn_check(first_19)


def is_pay_code(text: str) -> bool:
    """Only for codes we made."""
    return re.fullmatch(r"\d{20}", text, re.ASCII) is not None and luhn_check(text[:19]) == text[19]


def bill_code(year: int, kind: str = "0101") -> str:
    """电子票据代码: 监管区划, class and kind, year."""
    return f"35{kind}{year % 100:02d}"


def bill_number(serial: int) -> str:
    """电子票据号码."""
    return f"{serial:010d}"


def bill_check(random_bits: int) -> str:
    """电子票据校验码: six characters that follow from nothing on the bill."""
    return f"{random_bits & 0xFFFFFF:06x}"


def tax_voucher(year: int, serial: int) -> str:
    """应征凭证序号, 20 digits."""
    return f"100135{year % 100:02d}{serial:012d}"


def tax_receipt(year: int, serial: int) -> str:
    """电子税票号码, 18 digits."""
    return f"335016{year % 100:02d}{serial:010d}"


def tax_office(district: str) -> str:
    """税务机关代码, 11 digits."""
    return f"1{district}0000"


def acceptance_number(district: str, day: str, serial: int, pattern: str = "{district}-{day}-{serial:06d}") -> str:
    """业务受理号; every registry has its own pattern."""
    return pattern.format(district=district, day=day, serial=serial)


def receipt_code(district: str, day: str, serial: int) -> str:
    """统一收件码 (synthetic): opaque to everybody who receives it."""
    return f"SJ{district}{day}{serial:08d}"


def case_number(implementation_code: str, day: str, serial: int) -> str:
    """办件编号: the 31-character 实施编码, a day and a serial, 43 in all."""
    return f"{implementation_code}{day}{serial:04d}"


def is_case_number(text: str) -> bool:
    """The first eighteen characters are the authority's own credit code."""
    return len(text) == 43 and is_credit_code(text[:18]) and text[18:].isdigit() and _is_date(text[31:39])


def account_number(item: str, serial: int) -> str:
    """户号 or 个人账号 of a linked item; leading zeros belong to it."""
    prefix, width = ACCOUNT_SHAPES[item]
    return f"{prefix}{serial:0{width}d}"


def order_id(merchant: str, moment: str, serial: int) -> str:
    """银联订单号: letters and digits only, unique within a trading day; moment is yyyymmddHHMMSS."""
    return f"{merchant[-6:]}{moment}{serial:08d}"


def is_order_id(text: str) -> bool:
    """8 to 40 letters and digits; neither hyphen nor underscore."""
    return _ORDER.fullmatch(text) is not None


def phone_number(serial: int) -> str:
    """Eleven digits that ring nowhere."""
    return f"{PHONE_PREFIX}{serial:08d}"


def is_callable(phone: str) -> bool:
    """Could a person answer? Anything but our own unopened prefix counts as yes."""
    return not phone.startswith(PHONE_PREFIX) or len(phone) != 11


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y%m%d")
    except ValueError:
        return False
    return True
