"""The vocabulary of scenarios: phrases as Cucumber expressions, each tied to what it arranges or checks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry

from features.reading import FeatureError, Scenario, Step

ARRANGES, CHECKS = "arranges", "checks"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase people may write; `sort` is whether it arranges a case or checks what was seen of it."""

    sort: str
    subject: str
    expression: str
    example: str
    does: Callable[..., Any]

    @property
    def about(self) -> str:
        """What it means, from the docstring."""
        return (self.does.__doc__ or "").strip()


class Vocabulary:
    """All phrases, and the kinds of words that may stand in their braces."""

    def __init__(self) -> None:
        self.phrases: list[Phrase] = []
        self._words = ParameterTypeRegistry()
        self._expressions: list[tuple[CucumberExpression, Phrase]] = []

    def word(self, name: str, pattern: str, means: Callable[..., Any]) -> None:
        """A kind of word: `{name}` in a phrase stands for what matches `pattern`, and means what `means` makes of it.

        `means` raises ValueError with a text for people where it is not a word of that kind after all.
        """
        self._words.define_parameter_type(ParameterType(name, pattern, object, means, False, False))

    def arranges(
        self, subject: str, expression: str, example: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A phrase of 假如 and 当: the function takes the case's cast and the words, and changes the cast."""
        return self._phrase(ARRANGES, subject, expression, example)

    def checks(self, subject: str, expression: str, example: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A phrase of 那么: the function takes what was seen and the words, and returns a check."""
        return self._phrase(CHECKS, subject, expression, example)

    def _phrase(
        self, sort: str, subject: str, expression: str, example: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def declare(does: Callable[..., Any]) -> Callable[..., Any]:
            phrase = Phrase(sort, subject, expression, example, does)
            self.phrases.append(phrase)
            return does

        return declare

    def find(self, step: Step, place: str) -> tuple[Phrase, list[Any]]:
        """The phrase of a step, and what its words mean. Raises FeatureError: unknown, meant twice, or a wrong word."""
        wanted = CHECKS if step.role == "then" else ARRANGES
        found = []
        for expression, phrase in self._compiled():
            if phrase.sort == wanted and (matched := expression.match(step.text)) is not None:
                found.append((phrase, matched))
        if not found:
            raise FeatureError(f"{place} 没有这样的步骤“{step.text}”，{self._nearest(step.text, wanted)}")
        if len(found) > 1:
            both = "；".join(phrase.expression for phrase, _ in found)
            raise FeatureError(f"{place} 的步骤“{step.text}”有两种读法：{both}")
        phrase, matched = found[0]
        try:
            return phrase, [argument.value for argument in matched]
        except ValueError as error:
            raise FeatureError(f"{place} 的步骤“{step.text}”：{error}") from None

    def _compiled(self) -> list[tuple[CucumberExpression, Phrase]]:
        """Every phrase with its expression, made when all words are known."""
        for phrase in self.phrases[len(self._expressions) :]:
            self._expressions.append((CucumberExpression(phrase.expression, self._words), phrase))
        return self._expressions

    def _nearest(self, text: str, sort: str) -> str:
        examples = {phrase.example: phrase for phrase in self.phrases if phrase.sort == sort}
        near = get_close_matches(text, list(examples), 3, 0.3)
        if not near:
            return "liantiao steps 列出全部步骤。"
        return "您是不是要写：" + " 或 ".join(f"“{each}”" for each in near) + "（liantiao steps 列出全部步骤）。"

    def check(self, scenarios: Iterable[Scenario]) -> None:
        """Raise FeatureError for the first step that means nothing."""
        for scenario in scenarios:
            for step in scenario.steps:
                self.find(step, f"{scenario.file}:{step.line}")


VOCABULARY: Final = Vocabulary()
"""The one vocabulary; the modules of `features.steps` fill it."""
