"""The vocabulary: every phrase can be written as its example says, and means one thing only."""

import pytest

import features.steps  # noqa: F401  # fills it
from features.reading import FeatureError, Step
from features.steps.words import fen, moment_ms
from features.vocabulary import CHECKS, VOCABULARY, Phrase


@pytest.mark.parametrize("phrase", VOCABULARY.phrases, ids=lambda phrase: phrase.expression)
def test_every_example_is_read_as_its_own_phrase(phrase: Phrase) -> None:
    role = "then" if phrase.sort == CHECKS else "given"
    found, _ = VOCABULARY.find(Step(role, phrase.example, 1), "例")
    assert found is phrase
    assert phrase.about.endswith("。")


def test_an_unknown_step_is_answered_with_the_likely_one() -> None:
    with pytest.raises(FeatureError, match=r"甲:3 .*您是不是要写.*办件以办结告终"):
        VOCABULARY.find(Step("then", "办件最后办结", 3), "甲:3")


def test_a_message_that_does_not_exist_is_named_with_the_nearest() -> None:
    with pytest.raises(FeatureError, match=r"没有报文“用水过户推进”.*用水过户推送"):
        VOCABULARY.find(Step("then", "供水收到“用水过户推进”1次", 3), "甲:3")


@pytest.mark.parametrize(
    ("said", "meant"), [("120万元", 120_000_000), ("12.5元", 1_250), ("1.5万元", 1_500_000), ("1,000元", 100_000)]
)
def test_amounts_are_exact(said: str, meant: int) -> None:
    assert fen(said) == meant


def test_less_than_a_fen_is_no_amount() -> None:
    with pytest.raises(ValueError, match="不足一分"):
        fen("0.001元")


def test_moments_are_beijing_time() -> None:
    assert moment_ms("2025年3月3日8时40分") == 1_740_962_400_000
    with pytest.raises(ValueError, match="不是一个时刻"):
        moment_ms("2025年2月30日")
