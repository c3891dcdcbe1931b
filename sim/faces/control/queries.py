"""What is asked in a query string: a name or a value that there is not would be as good as not asked, so it is refused."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from fastapi import Request
from fastapi.dependencies.models import Dependant

from sim.faces.control.errors import Refusal
from sim.faces.control.run_rules import bad_request, fault, nearest
from sim.faces.error_list import body_errors, errors_of
from sim.faces.glossary import Glossary
from sim.faces.refusals import listed
from sim.gate import UNEXPECTED
from sim.runs.busy import BUSY

OUTCOMES: Final = ("ok", "refused", "fault")
"""What an outcome is, or begins with."""


async def only_known(request: Request) -> None:
    """Refuse a query parameter that the call has not. Raises Refusal."""
    known = list(_parameters(request.scope["route"].dependant))
    rule = f"可用的查询参数：{listed(known)}"
    wrong = [
        fault(name, "unknown_parameter", f"没有查询参数“{name}”", rule, nearest(name, known))
        for name in request.query_params if name not in known
    ]  # fmt: skip
    if wrong:
        raise Refusal(bad_request(wrong))


def _parameters(call: Dependant) -> Iterator[str]:
    yield from (each.alias for each in call.query_params)
    for each in call.dependencies:
        yield from _parameters(each)


def wrong_values(words: Glossary, kind: str | None, outcome: str | None) -> Iterator[dict[str, Any]]:
    """A kind or an outcome that no row can have."""
    kinds = (*words.kinds, BUSY)
    if kind is not None and not any(fnmatchcase(each, kind.removesuffix(":refused")) for each in kinds):
        rule = "写操作名，见 docs/messages.md；可用 * 代替一段，如 tax.*"
        yield fault("kind", "kind_unknown", f"没有报文“{kind}”", rule, nearest(kind, kinds))
    if outcome is not None and not _is_outcome(outcome, words):
        rule = "ok、refused、fault，或 refused:退回代码、fault:故障名"
        yield fault("outcome", "outcome_unknown", f"没有结果“{outcome}”", rule, nearest(outcome, _outcomes(words)))


def _is_outcome(outcome: str, words: Glossary) -> bool:
    sort, colon, _ = outcome.partition(":")
    if sort == "refused" and colon:
        return outcome in _outcomes(words)
    return sort in OUTCOMES and not (sort == "ok" and colon)


def _outcomes(words: Glossary) -> list[str]:
    own = (error for kind in words.kinds.values() for error in errors_of(kind.op))
    return [*OUTCOMES, *dict.fromkeys(f"refused:{error.code}" for error in (*body_errors(), UNEXPECTED, *own))]
