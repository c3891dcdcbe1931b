"""What is signed verifies, what is changed does not, and every refusal says what and what next."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.faces.canonical import canonical, sorted_target
from sim.faces.keys import KeyRing, OpenKey
from sim.faces.nonces import NonceMemory
from sim.faces.signatures import SKEW_MS, SignatureError, sign, signature_headers, verify
from tests.sim.faces.rings import (
    NOW,
    SIGNING,
    bodies,
    heard,
    methods,
    nonces,
    refusal,
    ring,
    signed,
    signing_seats,
    targets,
)


@given(signing_seats, methods, targets, bodies, st.integers(-SKEW_MS, SKEW_MS), nonces)
def test_what_is_signed_verifies(seat: str, method: str, target: str, body: bytes, late: int, nonce: str) -> None:
    call = signed(seat, method, target, body, NOW + late, nonce)
    assert heard(call) == seat


def changed(text: str, at: int, to: str) -> str:
    at %= len(text)
    return text[:at] + to + text[at + 1 :]


@given(signing_seats, st.binary(min_size=1, max_size=200), st.integers(0, 199), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_seen(seat: str, body: bytes, at: int, flip: int) -> None:
    other = bytearray(body)
    other[at % len(body)] ^= flip
    call = replace(signed(seat, body=body), body=bytes(other))
    error = refusal(call)
    assert error.code == "body_digest_differs"
    assert f"{len(body)} 字节" in error.message


@given(signing_seats, targets, st.integers(1, 60), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_changed_character_of_the_path_is_seen(seat: str, target: str, at: int, to: str) -> None:
    other = target[:1] + changed(target[1:] or "x", at, to)
    call = replace(signed(seat, target=target), target=other)
    if sorted_target(other) == sorted_target(target):
        assert heard(call) == seat
    else:
        assert refusal(call).code == "signature_differs"


@given(signing_seats, st.integers(0, 12), st.sampled_from("0123456789"))
def test_one_changed_digit_of_the_timestamp_is_seen(seat: str, at: int, digit: str) -> None:
    timestamp = changed(str(NOW), at, digit)
    if timestamp != str(NOW):
        skewed = abs(int(timestamp) - NOW) > SKEW_MS
        code = refusal(signed(seat).but(x_timestamp=timestamp)).code
        assert code == ("timestamp_skew" if skewed else "signature_differs")


@given(signing_seats, nonces, st.integers(0, 63), st.sampled_from("abcXYZ019._-"))
def test_one_changed_character_of_the_nonce_is_seen(seat: str, nonce: str, at: int, to: str) -> None:
    other = changed(nonce, at, to)
    if other != nonce:
        assert refusal(signed(seat, nonce=nonce).but(x_nonce=other)).code == "signature_differs"


@given(signing_seats, st.integers(0, 400), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_changed_character_of_the_signature_is_seen(seat: str, at: int, to: str) -> None:
    call = signed(seat)
    other = changed(call.headers["x-signature"], at, to)
    if other != call.headers["x-signature"]:
        assert refusal(call.but(x_signature=other)).code == "signature_differs"


@pytest.mark.parametrize("seat", SIGNING)
def test_the_method_and_the_key_are_signed_along(seat: str) -> None:
    assert refusal(replace(signed(seat), method="PUT")).code == "signature_differs"
    other = next(name for name in SIGNING if name != seat)
    assert refusal(signed(seat).but(x_key=ring().of(other).id)).code in ("signature_differs", "body_digest_differs")


@pytest.mark.parametrize(
    ("target", "signed_as"),
    [
        ("/a", "/a"),
        ("/a?", "/a"),
        ("/a?b=2&a=1", "/a?a=1&b=2"),
        ("/a?a=2&a=10&a=1", "/a?a=1&a=10&a=2"),
        ("/a?q=%E5%8E%A6&B=1", "/a?B=1&q=%E5%8E%A6"),
        ("/a?x=1?2", "/a?x=1?2"),
        ("/a?a&&b", "/a?&a&b"),
    ],
)
def test_pairs_of_the_query_are_signed_in_byte_order(target: str, signed_as: str) -> None:
    assert sorted_target(target) == signed_as
    call = signed(target=target)
    assert heard(replace(call, target=signed_as)) == "registry"


def test_the_canonical_text_is_six_lines_with_no_line_feed_at_the_end() -> None:
    assert canonical("POST", "/a?b=2&a=1", "k-1", "17", "n", "d") == "POST\n/a?a=1&b=2\nk-1\n17\nn\nd"


@pytest.mark.parametrize("late", [-SKEW_MS, SKEW_MS])
def test_five_minutes_either_way_pass_and_a_millisecond_more_does_not(late: int) -> None:
    call = signed(now_ms=NOW)
    assert heard(call, now_ms=NOW + late) == "registry"
    error = refusal(call, now_ms=NOW + late + (1 if late > 0 else -1))
    assert error.code == "timestamp_skew"
    assert "300.001 秒" in error.message
    assert str(NOW) in error.message
    assert "2024-11-26 10:00:00.000+08:00" in error.message
    assert ("慢" if late > 0 else "快") in error.message


@pytest.mark.parametrize(("timestamp", "unit"), [(NOW // 1000, "秒"), (NOW * 1000, "微秒")])
def test_a_timestamp_in_another_unit_is_told_so(timestamp: int, unit: str) -> None:
    error = refusal(signed(now_ms=timestamp))
    assert error.code == "timestamp_skew"
    assert f"像是{unit}" in error.next_step


def test_an_instant_beyond_all_calendars_is_still_only_a_refusal() -> None:
    assert "无此日期" in refusal(signed().but(x_timestamp="9" * 19)).message


def test_a_copy_is_refused_until_its_timestamp_is_too_old() -> None:
    memory = NonceMemory()
    call = signed(now_ms=NOW + SKEW_MS)
    assert heard(call, memory) == "registry"
    for later in (0, 1, SKEW_MS, 2 * SKEW_MS):
        assert refusal(call, memory, NOW + later).code == "nonce_replayed"
    assert refusal(call, memory, NOW + 2 * SKEW_MS + 1).code == "timestamp_skew"


def test_the_same_nonce_under_another_key_is_another_nonce() -> None:
    memory = NonceMemory()
    assert [heard(signed(seat), memory) for seat in SIGNING] == list(SIGNING)


def test_whoever_cannot_sign_spends_no_nonce() -> None:
    memory = NonceMemory()
    assert refusal(signed().but(x_signature="0" * 64), memory).code == "signature_differs"
    assert len(memory) == 0
    assert heard(signed(), memory) == "registry"


@pytest.mark.parametrize("name", ["x-key", "x-timestamp", "x-nonce", "x-body-digest", "x-signature"])
def test_a_missing_header_is_named(name: str) -> None:
    for call in (signed().without(name), signed().but(**{name: ""})):
        error = refusal(call)
        assert error.code == "missing_header"
        assert name in error.message.lower()


def test_a_key_of_another_run_is_unknown() -> None:
    error = refusal(signed().but(x_key="registry-00000000"))
    assert error.code == "unknown_key"
    assert "registry-00000000" in error.message


def test_an_open_seat_only_says_who_it_is() -> None:
    key = ring().of("portal")
    assert sign(key, "GET", "/a", b"", NOW, "") == {"X-Key": key.id}
    assert verify("GET", "/a", {"x-key": key.id}, b"", ring(), NOW, NonceMemory()) == "portal"


def test_a_caller_without_name_passes_only_where_all_are_open() -> None:
    everyone = KeyRing([OpenKey("portal", "p-1"), OpenKey("tax", "t-1")])
    assert verify("GET", "/a", {}, b"", everyone, NOW, NonceMemory()) is None
    for keys in (ring(), KeyRing([])):
        with pytest.raises(SignatureError, match="X-Key"):
            verify("GET", "/a", {}, b"", keys, NOW, NonceMemory())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x_nonce", "short"),
        ("x_nonce", "has\nbreak"),
        ("x_timestamp", "１７３２５８６４００"),
        ("x_body_digest", "A" * 64),
    ],
)
def test_a_header_out_of_form_is_told_its_form(name: str, value: str) -> None:
    error = refusal(signed().but(**{name: value}))
    assert error.code == "bad_header"
    assert "应为" in error.next_step


@pytest.mark.parametrize(
    ("method", "target"),
    [("post", "/a"), ("POST\n/b", ""), ("GET", "a"), ("GET", "/a b"), ("GET", "/办件"), ("GET", "/a\n")],
)
def test_a_path_that_must_not_be_signed_is_refused_at_both_ends(method: str, target: str) -> None:
    with pytest.raises(SignatureError) as at_home:
        sign(ring().of("registry"), method, target, b"", NOW, "nonce-0001")
    assert at_home.value.code == refusal(replace(signed(), method=method, target=target)).code == "bad_header"


GARBAGE = st.text(max_size=80) | st.text(st.characters(categories=["Cs", "Cc", "Nd", "Lu"]), max_size=80)


@settings(max_examples=400)
@given(
    st.dictionaries(st.sampled_from(["x-timestamp", "x-nonce", "x-body-digest", "x-signature", "x-key"]), GARBAGE),
    signing_seats,
    st.none() | GARBAGE,
    st.none() | GARBAGE,
)
def test_garbage_is_a_signature_error_and_nothing_else(
    garbage: dict[str, str], seat: str, method: str | None, target: str | None
) -> None:
    call = signed(seat)
    call = replace(
        call,
        headers=call.headers | garbage,
        method=call.method if method is None else method,
        target=call.target if target is None else target,
    )
    try:
        assert heard(call, debug=True) == seat
    except SignatureError as error:
        said = "".join([str(error), *(title + text for title, text in error.steps)])
        assert said.encode()


@given(st.binary(max_size=300), signing_seats)
def test_any_bytes_in_a_signature_are_only_a_wrong_signature(raw: bytes, seat: str) -> None:
    assert refusal(signed(seat).but(x_signature=raw.decode("latin-1") or "x")).code == "signature_differs"


def test_headers_are_picked_from_an_asgi_scope() -> None:
    call = signed()
    raw = [(name.encode(), value.encode()) for name, value in call.headers.items()]
    assert signature_headers([(b"host", b"a"), *raw, (b"x-other", b"\xff")]) == call.headers
    assert signature_headers([(b"x-nonce", b"\xff")]) == {"x-nonce": "\xff"}
