"""The message gateway: it sends what is masked, and a payment message reaches the phone of the buyer or seller."""

import re
from dataclasses import dataclass
from typing import Any

from contract.notify import NUMBER_INVALID, UNMASKED, OfficialAccount, Sms
from contract.people import Told
from contract.records import BUYER, SELLER
from sim.calendar import DAY_MS
from sim.durations import Duration
from sim.message import Message, timer
from sim.party import File, Party
from sim.posts import NOTHING, Posts, later, refuse, send
from sim.table import Part, Role, State, Track, row

PAYMENT = "payment"
"""The one template that asks its reader to act; the others end at the gateway."""
PHONE, ACCOUNT = "phone", "account"
"""How somebody was told of a bill."""
SAME_BILL_MS = DAY_MS
"""So soon after somebody was told, the official account speaks of the same bill: chosen."""

PERSONAL = re.compile(
    r"(?<!\d)(?:\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]|1[3-9]\d{9})(?!\d)"
)
"""An identity number of 18 characters (region, birthday, serial) or a mobile number of 11, with no digit before or after."""

MASKED_PHONE = re.compile(r"1\d{2}\*{4}\d{4}")


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a short message is on its way."""

    sms: Duration


@timer("notify.delivered", "短信送达手机")
class Delivered(Message):
    """The network has delivered a payment message."""

    to: str
    text: str


READY = State("ready", "可发送", end=True)


class NotifyFile(File):
    """How many payment messages of a case the gateway has sent, and how and when each reader was last told."""

    __slots__ = ("reached", "sent")

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.sent = 0
        self.reached: dict[str, tuple[str, int]] = {}


def send_sms(file: NotifyFile, heard: Sms) -> Posts:
    """One short message comes with each bill: the first after the official account is of the bill that was read there."""
    if PERSONAL.search(heard.text) or PERSONAL.search(heard.masked_phone):
        return refuse(UNMASKED)
    if heard.to not in (BUYER, SELLER) or MASKED_PHONE.fullmatch(heard.masked_phone) is None:
        return refuse(NUMBER_INVALID)
    if heard.template != PAYMENT:
        return NOTHING
    how, told_ms = file.reached.get(heard.to, ("", 0))
    if how == ACCOUNT:
        file.reached[heard.to] = PHONE, told_ms
        return NOTHING
    return _tell(file, heard.to, heard.text, PHONE)


def publish(file: NotifyFile, heard: OfficialAccount) -> Posts:
    """What a short message has not reached is read here: nobody is told of one bill twice."""
    if PERSONAL.search(heard.text):
        return refuse(UNMASKED)
    if heard.template != PAYMENT or heard.to not in (BUYER, SELLER):
        return NOTHING
    if heard.to in file.reached and file.now_ms - file.reached[heard.to][1] < SAME_BILL_MS:
        return NOTHING
    return _tell(file, heard.to, heard.text, ACCOUNT)


def _tell(file: NotifyFile, to: str, text: str, how: str) -> Posts:
    file.reached[to] = how, file.now_ms
    settings: Settings = file.settings
    file.sent += 1
    return [later(settings.sms.at(file.draw(b"notify.sms", file.sent)), Delivered(to, text))]


def deliver(file: NotifyFile, heard: Delivered) -> Posts:
    return [send(heard.to, Told(PAYMENT, heard.text))]


SENDING = Track("sending", "通知发送", READY, [
    row(READY, Sms, None, send_sms),
    row(READY, OfficialAccount, None, publish),
    row(READY, Delivered, None, deliver),
])  # fmt: skip

ROLE = Role("notify", "短信与公众号通知网关", (Part(NotifyFile, [SENDING]),), Settings)
