"""A system nobody here wrote the contract for, run through its adaptation file alone: passes and failures are the right ones."""

import asyncio
from pathlib import Path
from typing import Any

from tests.another_system.play import beside, play, results


def once(rows: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The one row of this kind that was taken."""
    (row,) = (each for each in rows if each["kind"] == kind and each["outcome"] == "ok")
    return row


def paid_fen(rows: list[dict[str, Any]]) -> int:
    return sum(row["amount_fen"] for row in rows if row["kind"].endswith(".write_off") and row["outcome"] == "ok")


def test_a_case_is_recorded_through_the_file_alone(tmp_path: Path) -> None:
    async def go() -> None:
        async with beside(tmp_path, ["portal", "registry"]) as (sandbox, system):
            rows = await play(sandbox, system)
            assert system.troubles == []
            once(rows, "registry.record")
            charged, settled = once(rows, "hub.charges_ready"), once(rows, "hub.payment_settled")
            assert charged["amount_fen"] == settled["amount_fen"] == paid_fen(rows) > 0
            applied, stored = once(rows, "portal.apply"), once(rows, "data_exchange.receive")
            assert applied["body"]["application"]["price_fen"] == stored["body"]["price_fen"]
            verdict = await results(sandbox)
            assert verdict["recorded_after_settled"] == "kept"
            assert verdict["money_conserved"] == "kept"
            assert verdict["every_case_ends"] == "kept"
            assert "broken" not in verdict.values()
            assert not (await sandbox.ok("GET", ""))["broken"]

    asyncio.run(go())


def test_the_journal_has_our_message_and_their_bytes(tmp_path: Path) -> None:
    async def go() -> None:
        async with beside(tmp_path, ["portal", "registry"]) as (sandbox, system):
            rows = await play(sandbox, system)
            sent = once(rows, "portal.apply")["answered"]["sent"]
            assert sent.startswith("POST /jyj/tijiao\napplication/json; charset=utf-8\n\n{")
            assert '"zj":"932000.00"' in sent
            masked = (await sandbox.ok("GET", "/journal?kind=portal.apply"))["rows"][0]
            assert "sent" not in masked["answered"]
            reads = sandbox.server.keeper.runs["demo"].reads
            (asked,) = reads.find(kind="gov_platform.issue_receipt_code")
            assert b'"ywh": "522"' in asked.raw
            assert asked.body == '{"channel":"minzhengtong","items":[]}'
            (applied,) = reads.find(kind="portal.apply")
            assert applied.raw == b'{"code": 0, "msg": "\\u6210\\u529f", "data": {}}'

    asyncio.run(go())


def test_with_the_hub_too_the_money_is_the_same_everywhere(tmp_path: Path) -> None:
    async def go() -> None:
        async with beside(tmp_path, ["portal", "registry", "hub"]) as (sandbox, system):
            rows = await play(sandbox, system)
            assert system.troubles == []
            once(rows, "registry.record")
            assessed, fee = once(rows, "tax.assessed"), once(rows, "non_tax.issue_pay_code")
            notice = once(rows, "unionpay.payment_notice")
            assert notice["amount_fen"] == paid_fen(rows) == assessed["amount_fen"] + fee["reply_body"]["amount_fen"]
            verdict = await results(sandbox)
            assert verdict["written_off_once"] == verdict["recorded_once"] == "kept"
            assert verdict["recorded_after_settled"] == "not_observed"  # settled is said between two seats of theirs
            # it never fetches the day's file of the payment channel, so the channel is not done with the case
            assert [name for name, result in verdict.items() if result == "broken"] == ["every_case_ends"]

    asyncio.run(go())


def test_recording_before_the_taxes_breaks_its_promise(tmp_path: Path) -> None:
    async def go() -> None:
        async with beside(tmp_path, ["portal", "registry"], "early") as (sandbox, system):
            await play(sandbox, system)
            verdict = await results(sandbox)
            assert verdict["recorded_after_settled"] == "broken"
            assert verdict["bodies_identified"] == "kept"

    asyncio.run(go())


def test_an_order_in_the_wrong_unit_is_refused_and_the_case_never_ends(tmp_path: Path) -> None:
    async def go() -> None:
        async with beside(tmp_path, ["portal", "registry", "hub"], "unit") as (sandbox, system):
            rows = await play(sandbox, system)
            orders = [row["outcome"] for row in rows if row["kind"] == "unionpay.create_order"]
            assert set(orders) == {"refused:order_amount_differs"}
            assert system.troubles
            assert (await results(sandbox))["every_case_ends"] == "broken"

    asyncio.run(go())


def test_a_restart_has_the_dialect_and_the_same_rows(tmp_path: Path) -> None:
    async def go() -> None:
        async with beside(tmp_path, ["portal", "registry"]) as (sandbox, system):
            before = await play(sandbox, system)
        async with beside(tmp_path, ["portal", "registry"]) as (sandbox, _):
            about = await sandbox.ok("GET", "")
            assert about["broken"] == ""
            assert about["dialects"] == {"portal": "pinyin.toml", "registry": "pinyin.toml"}
            assert [row["seq"] for row in await sandbox.rows("case_no=522")] == [row["seq"] for row in before]

    asyncio.run(go())
