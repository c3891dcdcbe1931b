"""Defects of a registry that vendors really make: order of things, amounts, names and numbers, platforms."""

from dataclasses import replace
from typing import Any

from contract.data_exchange import DataReturned
from contract.data_exchange import Receive as PushRecord
from contract.gov_platform import CertifyTitle, OpenReview, Progress, ReportMain, ReportPackage
from contract.hub import ChargesReady, PushCharges
from contract.notify import OfficialAccount, Sms
from contract.portal import Accepted
from contract.records import SELLER
from contract.registry import Accept, Approve, Receive, ReceiveAtWindow, Record, Seize, SeizureAnswered, Withdraw
from reference.mutants.defects import acting, also, defect, gone, on, rewriting, saying, silent_on, texts_as
from reference.mutants.mutant import Mutant
from reference.registry import ROLE, WITHDRAWN, push_record
from reference.registry_charges import NOTHING_DUE, PAYMENT_TEXT
from reference.registry_ends import close_withdrawn
from reference.registry_linked import TIMERS, start_items
from reference.registry_reflow import DistributeItems
from sim.calendar import DAY_MS
from sim.masking import mask_phone
from sim.posts import NOTHING, REPLY, SEND, Post, later, reply, send

STARTS = tuple(each.start for each in TIMERS.values())


def _not_seized(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    file.seized = False
    return posts


def _gbk(name: str, text: str) -> str:
    return text.encode("gbk", "replace").decode("gbk")


def _half_width(name: str, text: str) -> str:
    return text.replace("（", "(").replace("）", ")") if name == "title_no" else text


def _outwards(through: Any) -> Any:
    def change(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
        return [(*post[:3], through(post[3])) if post[0] == SEND else post for post in posts]

    return saying(change)


def _new_district(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    through = texts_as(lambda name, text: file.registry.code + text[6:] if name == "unit_code" else text)
    return [(*post[:3], through(post[3])) if post[0] == SEND else post for post in posts]


def _by_province(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    return [(post[0], "hub", *post[2:]) if post[1] == "tax_hub" else post for post in posts]


def _only_the_buyer_told(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    return [post for post in posts if not (isinstance(post[3], Sms | OfficialAccount) and post[3].to == SELLER)]


def _push_unrecorded(file: Any, heard: Any) -> list[Post]:
    post = push_record(file)
    return [(*post[:3], replace(post[3], title_no="待登簿"))]  # type: ignore[type-var]


def _too_early(file: Any, body: Any) -> Any:
    return replace(body, at_ms=body.at_ms - 30 * DAY_MS) if body.stage == "done" else body


def _controlled(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    return [reply(SeizureAnswered(1, "")) if post[0] == REPLY else post for post in posts]


def _first(*names: str) -> Any:
    return lambda file, body: replace(body, **{name: getattr(body, name)[:1] for name in names})


def _invited(file: Any, heard: Any) -> list[Post]:
    return [send("city_platform", OpenReview(file.receipt_code))]


def _told_to_pay(file: Any, heard: Any) -> list[Post]:
    phone = mask_phone(file.application.buyers[0].phone)
    return [send("notify", Sms("payment", "buyer", phone, PAYMENT_TEXT))]


MUTANTS: tuple[Mutant, ...] = (
    defect("linked-before-recording", "审核通过就推送联办事项，不等登簿", "T20",
           on(ROLE, Approve, also(lambda file, heard: start_items(file))), on(ROLE, Record, silent_on(*STARTS)),
           on(ROLE, DistributeItems, acting(lambda file, heard: NOTHING))),
    defect("record-pushed-before-recording", "登簿之前先把数据推给省数据汇聚平台", "T20", on(ROLE, Approve, also(_push_unrecorded))),
    defect("xiamen-by-province", "厦门的税费也走省级总对总", "T31", on(ROLE, None, saying(_by_province))),
    defect("released-after-two-days", "税费推送满两天即视为缴清，放行登簿", "T11",
           on(ROLE, ChargesReady, also(lambda file, heard: [later(2 * DAY_MS, NOTHING_DUE)]), states=("charging",))),
    defect("recorded-unpaid", "税费未缴先审核登簿", "", on(ROLE, ChargesReady, also(
        lambda file, heard: [later(0, NOTHING_DUE)] if heard.charges else []), states=("charging",))),
    defect("first-buyer-recorded", "几名买方只登第一名", "T32",
           on(ROLE, None, rewriting(PushRecord, _first("buyers"))), on(ROLE, None, rewriting(CertifyTitle, _first("holders")))),
    defect("rare-characters-lost", "生僻字存成问号", "T27", on(ROLE, None, _outwards(texts_as(_gbk)))),
    defect("half-width-brackets", "推送的权证号用半角括号", "T26", on(ROLE, None, _outwards(texts_as(_half_width)))),
    defect("old-district-rewritten", "不动产单元号的旧区划代码被改成新的", "T25", on(ROLE, None, saying(_new_district))),
    defect("price-in-yuan", "成交价按元传给计税", "T07", on(ROLE, None, rewriting(PushCharges, lambda file, body: replace(
        body, facts=replace(body.facts, price_fen=body.facts.price_fen // 100))))),
    defect("fee-waived-for-all", "登记费一律按小微企业免收", "T10",
           on(ROLE, None, rewriting(PushCharges, lambda file, body: replace(body, fee_exempt="micro_enterprise")))),
    defect("copies-ignored", "加领证书的工本费不报", "", on(ROLE, None, rewriting(
        PushCharges, lambda file, body: replace(body, copies=0)))),
    defect("seizure-ignored", "收到查封裁定只回执，不限制登簿", "T12", on(ROLE, Seize, saying(_not_seized))),
    defect("seized-after-recording", "登簿之后收到查封，反馈已控制", "T13",
           on(ROLE, Seize, saying(_controlled), states=("recorded", "done"))),
    defect("withdrawn-without-charges", "撤回时不取消税费", "T24",
           on(ROLE, Withdraw, acting(close_withdrawn, WITHDRAWN),
              states=("charging", "tax_correcting", "awaiting_payment", "reviewing", "recording"))),
    defect("id-in-sms", "短信里写出完整证件号", "", on(ROLE, None, rewriting(
        Sms, lambda file, body: replace(body, text=f"{body.text}（{file.application.buyers[0].id_no}）")))),
    defect("phone-unmasked", "短信的手机号不脱敏", "", on(ROLE, None, rewriting(
        Sms, lambda file, body: replace(body, masked_phone=file.application.buyers[0].phone)))),
    defect("seller-not-asked-to-pay", "分开缴款时只通知买方", "T11",
           on(ROLE, ChargesReady, saying(_only_the_buyer_told))),
    defect("told-to-pay-too-soon", "刚受理就发缴款短信", "", on(ROLE, Accept, also(_told_to_pay))),
    defect("times-reversed", "办结时间报成受理之前", "T21", on(ROLE, None, rewriting((ReportPackage, ReportMain), _too_early))),
    defect("results-not-reported", "报送套餐包缺子办件结果", "T21",
           on(ROLE, None, rewriting(ReportPackage, lambda file, body: replace(body, results=())))),
    defect("review-invited-twice", "一件邀请评价两次", "T22", on(ROLE, None, saying(
        lambda file, heard, posts: [each for post in posts for each in [post] * (1 + isinstance(post[3], OpenReview))]))),
    defect("review-before-acceptance", "收件就邀请评价", "T23", on(ROLE, (Receive, ReceiveAtWindow), also(_invited))),
    defect("city-platform-not-told", "进度只报省政务平台", "", on(ROLE, None, silent_on(Progress, to="city_platform"))),
    defect("returned-data-left", "住建退回的数据不再推送", "T20", on(ROLE, DataReturned, gone)),
    defect("numbers-mixed-up", "受理编号用收件码代替", "", on(ROLE, None, rewriting(
        Accepted, lambda file, body: Accepted(file.receipt_code)))),
)  # fmt: skip
