"""The message gateway: short messages and the official account, always masked."""

from sim.message import Answers, Error, Message, request

NUMBER_INVALID = Error("number_invalid", "手机号不可用", "核对联系方式")
UNMASKED = Error("unmasked", "正文含未脱敏的个人信息", "脱敏后重发")


@request("notify.sms", "发送短信", Answers.ACK, "/sms", inventory=("FJ-15@registry", "FJ-58"), step="税费同缴-3", ref="template",
         errors=(NUMBER_INVALID, UNMASKED))  # fmt: skip
class Sms(Message):
    """`template` is payment, item_result, correction or result; `to` the role (buyer, seller); `text` already masked."""

    template: str
    to: str
    masked_phone: str
    text: str


@request("notify.official_account", "公众号消息", Answers.ACK, "/official-account", inventory=("FJ-15@registry",), step="税费同缴-3",
         ref="template", errors=(UNMASKED,))  # fmt: skip
class OfficialAccount(Message):
    template: str
    to: str
    text: str
