"""The message gateway: what is masked goes out, what is not comes back, and a payment message rings once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.notify import OfficialAccount, Sms
from contract.people import Told
from fake_departments.notify import ROLE, Settings
from sim.masking import mask_id, mask_phone
from sim.message import Refused
from tests.fake_departments.transfers import fixed
from tests.town import BUYER, START_MS, Town

PHONE = mask_phone(BUYER.phone)
PAY = Sms("payment", "buyer", PHONE, "您有1笔税费待缴，合计45000.00元，请在闽政通“我的办件”缴纳。")


def a_town() -> Town:
    return Town({"notify": ROLE}, {"notify": Settings(fixed(4_000))})


def refusals(town: Town) -> list[str]:
    town.run(minutes=1)
    return [heard.error for heard in town.heard("registry") if isinstance(heard, Refused)]


@pytest.mark.parametrize("to", ["buyer", "seller"])
def test_a_payment_message_reaches_its_reader_after_its_time(to: str) -> None:
    town = a_town()
    town.say("registry", "notify", Sms("payment", to, PHONE, PAY.text))
    assert not refusals(town)
    ((at, sender, told),) = town.heard_at(to)
    assert (at - START_MS, sender, type(told), told.about, told.text) == (4_100, "notify", Told, "payment", PAY.text)
    assert not town.heard("seller" if to == "buyer" else "buyer")


def test_every_other_message_ends_at_the_gateway() -> None:
    town = a_town()
    for template in ("item_result", "correction", "result"):
        town.say("registry", "notify", Sms(template, "buyer", PHONE, "您的用水过户已办结。"))
        town.say("registry", "notify", OfficialAccount(template, "buyer", PAY.text))
    assert not refusals(town)
    assert not town.heard("buyer")


def test_the_official_account_tells_whom_no_short_message_has_reached_and_nobody_twice() -> None:
    town = a_town()
    town.say("registry", "notify", Sms("payment", "seller", PHONE, PAY.text))
    for _ in range(2):
        town.say("registry", "notify", OfficialAccount("payment", "buyer", PAY.text))
        town.say("registry", "notify", OfficialAccount("payment", "seller", PAY.text))
    town.say("registry", "notify", Sms("payment", "buyer", PHONE, PAY.text))
    assert not refusals(town)
    assert len(town.heard("buyer")) == len(town.heard("seller")) == 1


@pytest.mark.parametrize("text", [
    f"{BUYER.id_no}的办件待缴", "证件350102198503072810", "证件35010219850307281X。", "证件35010219850307281x。",
    f"致电{BUYER.phone}", "致电15412345678，或电询",
])  # fmt: skip
def test_personal_numbers_in_the_text_are_turned_away(text: str) -> None:
    town = a_town()
    town.say("registry", "notify", Sms("payment", "buyer", PHONE, text))
    town.say("registry", "notify", OfficialAccount("payment", "buyer", text))
    assert refusals(town) == ["unmasked", "unmasked"]
    assert not town.heard("buyer")


@pytest.mark.parametrize("text", [
    mask_id(BUYER.id_no), PHONE, "应征凭证10013523000000000042", "缴款码35010223300000000123", "办件350102-20230306-000001",
    "订单2023030609000000000042", "税票335016240000000042",
])  # fmt: skip
def test_masked_and_business_numbers_pass(text: str) -> None:
    town = a_town()
    town.say("registry", "notify", Sms("payment", "buyer", PHONE, text))
    assert not refusals(town)
    assert len(town.heard("buyer", Told)) == 1


@pytest.mark.parametrize(("to", "phone", "error"), [
    ("buyer", BUYER.phone, "unmasked"), ("buyer", "", "number_invalid"), ("buyer", "138****001", "number_invalid"),
    ("buyer", "***********", "number_invalid"), ("clerk", PHONE, "number_invalid"),
])  # fmt: skip
def test_bad_numbers_are_turned_away(to: str, phone: str, error: str) -> None:
    town = a_town()
    town.say("registry", "notify", Sms("payment", to, phone, PAY.text))
    assert refusals(town) == [error]
    assert not town.heard("buyer")


def test_the_gateway_never_keeps_a_case_open() -> None:
    town = Town({"notify": ROLE}, {"notify": Settings(fixed(4_000))}, let_go=True)
    town.say("registry", "notify", PAY)
    town.run(minutes=1)
    assert not town.sandbox.cases


words = st.text(max_size=30) | st.from_regex(r"[0-9Xx*]{0,20}", fullmatch=True)
sms = st.builds(
    Sms, st.sampled_from(["payment", "result", ""]), st.sampled_from(["buyer", "seller", "", "court"]), words, words
)


@settings(max_examples=40)
@given(st.lists(sms | st.builds(OfficialAccount, words, words, words), max_size=12))
def test_no_messages_break_it(messages: list[Sms | OfficialAccount]) -> None:
    town = a_town()
    for message in messages:
        town.say("registry", "notify", message)
    assert set(refusals(town)) <= {"unmasked", "number_invalid"}
    assert not town.unexpected()


@pytest.mark.parametrize("ways", [("a", "s"), ("s", "a"), ("a",), ("s",)])
def test_a_second_bill_is_told_too_whichever_way_the_first_one_came(ways: tuple[str, ...]) -> None:
    town = a_town()
    bill = {"s": PAY, "a": OfficialAccount("payment", "buyer", PAY.text)}
    for told in (1, 2):
        for way in ways:
            town.say("registry", "notify", bill[way])
            town.run(minutes=1)
        assert len(town.heard("buyer", Told)) == told
        town.run(days=2)


def test_a_second_bill_of_the_same_day_is_told_by_short_message() -> None:
    town = a_town()
    for _ in range(2):
        town.say("registry", "notify", OfficialAccount("payment", "buyer", PAY.text))
        town.run(minutes=1)
        town.say("registry", "notify", PAY)
        town.run(hours=2)
    assert len(town.heard("buyer", Told)) == 2
