"""Numbers of a real system's own (受理编号), bound to our cases, so that its requests may name a case by them."""

from typing import Any

from fastapi import APIRouter

from sim.faces.case_numbers import MOST_CHARACTERS, RULE, is_ours
from sim.faces.control.errors import Refusal
from sim.faces.control.run_rules import bad_request, fault
from sim.faces.control.shapes import Numbers
from sim.faces.hosted import Hosted


def add_numbers(router: APIRouter, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.post("/runs/{run}/numbers", status_code=201)
    async def bind(found: Named, told: Numbers) -> dict[str, Any]:
        wrong = [said for number, case_no in told.numbers.items() if (said := _wrong(found, number, case_no))]
        if wrong:
            raise Refusal(bad_request(wrong))
        found.bind(told.numbers)
        await found.host.file.durable()
        return {"numbers": found.numbers}

    @router.get("/runs/{run}/numbers")
    async def numbers(found: Named) -> dict[str, Any]:
        return {"numbers": found.numbers}


def _wrong(found: Hosted, number: str, case_no: int) -> dict[str, Any] | None:
    """What is wrong with a binding, None where nothing is."""
    path = f"numbers.{number}"
    if is_ours(number) or not number.isascii() or not 0 < len(number.strip()) <= MOST_CHARACTERS:
        rule = f"受理编号为 1 至 {MOST_CHARACTERS} 个字母、数字或符号，不能是 9 位以内的纯数字（与办件号混淆）"
        return fault(path, "bad_number", f"“{number}”不能作受理编号", rule)
    if case_no not in found.run.book:
        return fault(path, "case_unknown", f"没有第 {case_no} 号办件", f"办件号为 1 至 {len(found.run.book)}")
    if found.numbers.get(number, case_no) != case_no:
        rule = f"一个受理编号只绑定一件；{RULE}"
        return fault(path, "number_taken", f"“{number}”已绑定到办件 {found.numbers[number]}", rule)
    return None
