"""What registering a home costs: the registration fee 登记费 and certificates 工本费, and who is let off."""

from typing import Final, Literal, NamedTuple

ExemptReason = Literal[
    "seizure", "cancellation", "priority_notice", "change", "correction", "objection", "micro_enterprise"
]

PRICES: Final = "发改价格规〔2016〕2559号；财税〔2016〕79号"
STORAGE_PRICE: Final = "财税〔2019〕45号：单独发证的车库、车位、储藏室按住宅类收取"
HOME_FEN: Final = 8_000
OTHER_FEN: Final = 55_000
CERTIFICATE_FEN: Final = 1_000


class Exemption(NamedTuple):
    """Why the registration fee is not charged: the reason people read, and its legal source."""

    title: str
    basis: str


# Source: domain file §3. It is sure of the two documents, not of each item: those marked 待核 are unverified.
EXEMPTIONS: Final[dict[ExemptReason, Exemption]] = {
    "seizure": Exemption("查封登记", "财税〔2016〕79号"),
    "cancellation": Exemption("注销登记", "财税〔2016〕79号"),
    "priority_notice": Exemption("预告登记", "财税〔2016〕79号（底稿未列，待核）"),
    "change": Exemption("变更登记", "财税〔2019〕45号"),
    "correction": Exemption("更正登记", "财税〔2019〕45号（待核）"),
    "objection": Exemption("异议登记", "底稿列为免收；财税〔2016〕79号或为减半（待核）"),
    "micro_enterprise": Exemption("小微企业（含个体工商户）", "财税〔2016〕79号（待核）"),
}


class FeeLine(NamedTuple):
    """One charge of one registration 件, in fen; `exempt` says why it is free, else it is empty."""

    title: str
    quantity: int
    unit_fen: int
    amount_fen: int
    basis: str
    exempt: str = ""


def fees(
    residential: bool, copies: int, exempt_reason: ExemptReason | None = None, *, storage: bool = False
) -> tuple[FeeLine, ...]:
    """The fee lines of one registration, in fen; transfer and mortgage together are two, so ask twice.

    80 yuan for a home or separately certified storage (garage, parking space, storeroom), 550 otherwise, whatever the
    area or price. The fee includes one certificate; each further one of `copies` costs 10 yuan, also when the fee is
    waived (our reading: the waiver names the fee and the first certificate). `copies` 0 is a registration that issues
    none. The non-tax item code is unknown and belongs to configuration. Source: domain file §3.
    """
    if copies < 0:
        raise ValueError("证书本数不得为负")
    if exempt_reason is not None and exempt_reason not in EXEMPTIONS:
        raise ValueError(f"不认识的免收事由：{exempt_reason}；可用：{'、'.join(EXEMPTIONS)}")
    unit_fen = HOME_FEN if residential or storage else OTHER_FEN
    basis = STORAGE_PRICE if storage and not residential else PRICES
    if exempt_reason is None:
        fee = FeeLine("不动产登记费", 1, unit_fen, unit_fen, basis)
    else:
        exemption = EXEMPTIONS[exempt_reason]
        fee = FeeLine("不动产登记费", 1, unit_fen, 0, exemption.basis, exemption.title)
    extra = copies - 1
    if extra < 1:
        return (fee,)
    return fee, FeeLine("不动产权属证书工本费", extra, CERTIFICATE_FEN, extra * CERTIFICATE_FEN, PRICES)
