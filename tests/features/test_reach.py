"""Whether a system answers: every way of not doing so has its name."""

import pytest

from features.reach import sentence, trouble_at
from tests.docs.terminals import free_port
from tests.features.real_systems import peer


@pytest.mark.parametrize(("how", "code"), [("page", ""), ("loop", "redirected"), ("hang", "timeout")])
def test_what_is_at_an_address(how: str, code: str) -> None:
    with peer(how) as url:
        assert trouble_at(url, 0.3) == code


def test_nobody_is_there() -> None:
    assert trouble_at(f"http://127.0.0.1:{free_port()}") == "connection_refused"


def test_no_tls_where_tls_is_expected() -> None:
    with peer("page") as url:
        assert trouble_at(url.replace("http:", "https:")) == "certificate"


def test_the_sentence_says_what_to_do() -> None:
    assert "确认对方系统已启动" in sentence("portal", "connection_refused")
