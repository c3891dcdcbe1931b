"""The callback adversary of the package, over HTTP and signed: everything it does happens, and the reference bears it."""

import asyncio
from collections import Counter
from pathlib import Path

from sim.faults import Effect
from sim.package import load_package
from tests.liantiao.wire import served

OURS = ("portal", "registry", "hub", "local_hub")
CASES = 8
SEVEN = {
    Effect.DUPLICATED, Effect.REORDERED, Effect.LATE, Effect.LOST, Effect.WRONG_AMOUNT, Effect.BAD_SIGNATURE, Effect.STALE,
}  # fmt: skip
NOTICE = "unionpay.payment_notice"


def test_the_reference_survives_the_callback_adversary_with_its_money_whole(tmp_path: Path) -> None:
    script = load_package("fujian-2024-55").fault_script("callbacks")
    assert {fault.effect for fault in script.faults if fault.operation == NOTICE} == SEVEN

    async def go() -> None:
        plan = {"remote": dict.fromkeys(OURS, ""), "scheme": "hmac-sha256", "faults": "callbacks", "cases": CASES}
        plan |= {"handling": "instant", "office_hours": False}
        async with (
            served(tmp_path / "a", **plan) as a,
            served(tmp_path / "b", f"{a.url}/runs/demo", OURS) as b,
        ):
            await a.ok("POST", "/cases", {"first": 1, "last": CASES})
            await a.ok("POST", "/clock/advance", {"until_over": True})
            told = await a.ok("GET", "")
            assert (told["cases_open"], told["cases_finished"], told["broken"], b.host.broken) == (0, CASES, "", "")
            struck = {each["name"]: each["struck"] for each in (await a.ok("GET", "/faults"))["faults"]}
            assert all(struck.values()), struck
            outcomes = Counter(row["outcome"] for row in await a.rows(f"kind={NOTICE}"))
            assert outcomes["fault:notice_bad_signature"]
            assert outcomes["fault:notice_stale"]
            verdict = await a.ok("GET", "/verdict")
            results = {each["id"]: each["result"] for each in verdict["promises"]}
            assert results["money_conserved"] == "kept"
            assert verdict["exit_code"] == 0, [each for each in verdict["promises"] if each["result"] == "broken"]

    asyncio.run(go())
