"""A file is wrong before the first request: file, key and the nearest valid name are said."""

import pytest

from sim.faces.dialects.audit import findings
from sim.faces.dialects.errors import DialectError
from tests.sim.faces.dialects.files import PINYIN, dialect, in_format

APPLY = '[operations."portal.apply"]\npath = "/a"\n'
KEY = "operations.portal.apply.fields.application."
RECORDED = '[operations."data_exchange.receive"]\npath="/a"\nfields={recorded_ms=%s}'
FIELDS = APPLY + '[operations."portal.apply".fields]\n'
TOLD = [
    ("titel = 'x'", "titel", "title"),
    ("[format]\nbody = 'yaml'", "format.body", "xml"),
    ("[format]\nencoding = 'gb2312'", "format.encoding", "gbk"),
    ("[format]\nbody = 'form'\ntext_data = true", "format.text_data", ""),
    ("[answer]\nsucces = ['0']", "answer.succes", "success"),
    ("[answer]\nsuccess = ['0']\ncode='c'\n[answer.refusals]\nseized = '0'", "answer.success", ""),
    ("[answer.refusals]\nseised = '1'", "answer.refusals.seised", "seized"),
    ("[answer.refusals]\nseized = '1'\nnot_now = 1", "answer.refusals.not_now", ""),
    ("[answer]\nhttp = '200'", "answer.http", ""),
    ("[place]\ncase = 'heder:X'", "place.case", "header"),
    ("[place]\ncase = 'header'", "place.case", ""),
    ("[sign]\nkind = 'md5_sorted'", "sign.kind", "md5-sorted"),
    ("[sign]\nkind = 'sm3-sorted'\nat = 'body:sign'", "sign.key", ""),
    ("[seats.taks]\n", "seats.taks", "tax"),
    ("[seats.tax.answer]\ncod = 'x'", "seats.tax.answer.cod", "code"),
    ("[records.Persn]\nname = 'xm'", "records.Persn", "Person"),
    ("[records.Person]\nnme = 'xm'", "records.Person", "name"),
    ("[records.Person]\nname = 'x m'", "records.Person.name.to", ""),
    ('[operations."portal.aply"]\npath = "/a"', "operations", "portal.apply"),
    ('[operations."portal.apply"]\npath = "a"', "operations.portal.apply.path", ""),
    ('[operations."portal.apply"]\n', "operations.portal.apply.path", ""),
    ('[operations."portal.apply"]\npath = "/a/{autorisation}"', "operations.portal.apply.path", "authorisation"),
    (FIELDS + '"application.price_fn" = "zj"', "operations.portal.apply.fields", "application.price_fen"),
    (FIELDS + '"application.price_fen" = { to = "zj", unit = "yuann" }', KEY + "price_fen.unit", "yuan"),
    (FIELDS + '"application.price_fen" = { to = "zj", unit = "m2" }', KEY + "price_fen.unit", ""),
    (FIELDS + '"application.channel" = { to = "qd", unit = "yuan" }', KEY + "channel.unit", ""),
    (FIELDS + '"application.channel" = { to = "qd", values = "qdao" }\n[values.qudao]\na = "1"', KEY + "channel.values", "qudao"),
    (FIELDS + '"application.channel" = { to = "qd", vales = "qd" }', KEY + "channel.vales", "values"),
    (FIELDS + '"application.channel" = { absent = 1 }', KEY + "channel.absent", ""),
    (FIELDS + '"application.channel" = "same"\n"application.contract_no" = "same"', "operations.portal.apply.fields", ""),
    (FIELDS + '"application.channel" = "fw"\n"application.home" = "fw"', "operations.portal.apply.fields", ""),
    (FIELDS + '"application.buyers[].name" = "xm"', "operations.portal.apply.fields", ""),
    (FIELDS + '"authorisation" = ""', "operations.portal.apply.fields.authorisation.to", ""),
    ("[values.qd]\na = '1'\nb = '1'", "values.qd.b", ""),
    (APPLY + '[operations."portal.upload"]\npath = "/a"', "operations.portal.upload.path", ""),
    ("not toml at all", "全文", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "nearest"), TOLD)
def test_what_is_wrong_is_named(text: str, key: str, nearest: str) -> None:
    with pytest.raises(DialectError) as told:
        dialect(text)
    assert (told.value.key, told.value.nearest) == (key, nearest)
    assert "某厂商.toml" in str(told.value)


def test_paths_that_are_the_same_may_be_told_apart_by_a_constant() -> None:
    gateway = '[operations."{}"]\npath = "/gateway"\nconstants = {{ jkbh = "{}" }}\n'
    spoken = dialect(gateway.format("portal.apply", "A01") + gateway.format("portal.upload", "A02"))
    assert [each.kind.op.name for each in spoken.heard_at["portal"]] == ["portal.apply", "portal.upload"]


def test_a_seat_may_have_success_codes_of_its_own() -> None:
    spoken = dialect("[answer]\ncode = 'c'\nsuccess = ['0']\n[seats.unionpay.answer]\nsuccess = ['00']")
    assert spoken.manner("tax").answering.success == ("0",)
    assert spoken.manner("unionpay").answering.success == ("00",)
    assert spoken.manner("unionpay").answering.code


def test_names_that_xml_cannot_have_are_refused() -> None:
    with pytest.raises(DialectError) as told:
        dialect("[format]\nbody = 'xml'\n" + FIELDS + '"authorisation" = "1sq"')
    assert "XML" in str(told.value)


def look(text: str, *seats: str) -> list[tuple[str, str]]:
    return [(each.sort, each.key) for each in findings(dialect(text), seats or ("portal",))]


def test_what_is_left_unmapped_is_listed() -> None:
    found = look(FIELDS + 'authorisation = "sq"\n')
    assert ("未对应", "operations.portal.join") in found
    assert ("未对应", KEY + "channel") in found
    assert ("未对应", "operations.portal.apply.fields.authorisation") not in found


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (FIELDS + '"application.price_fen" = "zj"', KEY + "price_fen"),
        (FIELDS + '"application.price_fen" = { to = "zj_yuan", unit = "fen" }', KEY + "price_fen"),
        (FIELDS + '"application.price_fen" = { to = "zj_fen", unit = "yuan" }', KEY + "price_fen"),
        (RECORDED % '{to="sj_sec",unit="ms"}', "operations.data_exchange.receive.fields.recorded_ms"),
        (RECORDED % '{to="sj",unit="yyyyMMdd"}', "operations.data_exchange.receive.fields.recorded_ms"),
    ],
)  # fmt: skip
def test_suspicious_units_are_named(text: str, key: str) -> None:
    assert ("可疑", key) in look(text, "portal", "registry")


def test_missing_success_codes_are_named() -> None:
    assert ("不通过", "answer.success") in look("[answer]\ncode = 'c'\n" + APPLY)


def test_the_other_system_s_file_has_nothing_wrong() -> None:
    found = findings(dialect(PINYIN), ["portal", "registry", "hub"])
    assert {each.key for each in found if each.sort != "未对应"} == {
        "operations.hub.charges_ready", "operations.hub.payment_settled", "operations.hub.push_charges",
    }  # fmt: skip
    assert in_format(body='"xml"')
