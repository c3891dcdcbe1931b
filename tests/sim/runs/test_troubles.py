"""What went wrong on the wire: what it is called stays when the peer's own words are left out."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from sim.faces.control.rows import _answered
from sim.runs.troubles import PEER_SAYS, TROUBLES, title_of_trouble, told_of


@pytest.mark.parametrize("code", [*TROUBLES, "http_500"])
def test_the_title_of_a_trouble_says_nothing_of_the_peer_s_words(code: str) -> None:
    secret = "身份证号 350102199003072810：查无此人"
    told, _ = told_of(code, secret)
    assert secret in told
    shown = title_of_trouble(told)
    assert shown == (PEER_SAYS if code.startswith("http_") else told_of(code)[0])
    assert title_of_trouble(told_of(code)[0]) == told_of(code)[0]


def test_a_status_alone_stays() -> None:
    assert title_of_trouble(told_of("http_503")[0]) == "对方答复 HTTP 503"


def test_a_masked_row_tells_the_title_only() -> None:
    kept = json.dumps({"status": 200, "trouble": "对方的结果代码不认识：林晓 15400012345", "sent": "x"})
    record: Any = SimpleNamespace(answered=kept)
    assert _answered(record, masked=True) == {"status": 200, "trouble": "对方的结果代码不认识"}
    assert "林晓" in _answered(record, masked=False)["trouble"]
