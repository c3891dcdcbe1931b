"""Observations: what a real system did without a message, from a file or over HTTP, in the journal with its source."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from features.observing import ObservationsError, read_observations
from liantiao.directory import directory
from tests.liantiao.wire import START_MS, Served, served

HEAD = "办件号,受理编号,事项,时间,经办人\n"


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(
        HEAD + "7,SL-1,登簿,2026-03-02 10:15:00,王工\n,SL-1,受理,2026-03-02 10:16:00,王工\n", encoding="utf-8-sig"
    )
    first, then = read_observations(path)
    assert first == {"case_no": 7, "number": "SL-1", "what": "登簿", "at": "2026-03-02 10:15:00", "by": "王工"}
    assert then["case_no"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("甲,乙\n", "缺少列"), (HEAD + ",,登簿,1,王\n", "第 2 行既没有办件号也没有受理编号"),
     (HEAD + "x,,登簿,1,王\n", "办件号“x”不是数"), (HEAD + "7,,登簿,1,\n", "“经办人”是空的")],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ObservationsError, match=said):
        read_observations(path)


def observation(**more: object) -> dict[str, object]:
    return {"case_no": 3, "what": "registry.record", "at": str(START_MS), "by": "王工", **more}


def test_an_observation_is_a_row_with_its_source_and_stays_one_after_a_restart(tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path, remote={"registry": ""}) as sandbox:
            told = {"observations": [observation(number="SL-1"), observation(case_no=None, number="")]}
            status, no = await sandbox.ask("POST", "/observations", told)
            assert status == 400
            assert no["fields"][0]["path"] == "observations.1.case_no"
            assert await sandbox.rows() == []
            await sandbox.ok("POST", "/observations", {"observations": [observation(number="SL-1")]})
            await sandbox.ok("POST", "/observations", {"observations": [observation(case_no=None, number="SL-1")]})
        async with served(tmp_path, remote={"registry": ""}) as sandbox:
            rows = await sandbox.rows()
            assert [(row["case_no"], row["kind"], row["sender"], row["receiver"], row["source"]) for row in rows] == [
                (3, "registry.record", "clerk", "registry", "reported")
            ] * 2
            told = await sandbox.ok("GET", "/observations")
            assert {each["source"] for each in told["observations"]} == {"被测方自报"}
            assert not (await sandbox.ok("GET", ""))["broken"]
            kept = {each["id"]: each for each in (await sandbox.ok("GET", "/verdict"))["promises"]}
            assert kept["recorded_once"]["result"] == "broken"  # it was reported twice

    asyncio.run(go())


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"what": "registry.recrd"}, "kind_unknown"),
        ({"what": "tax.assess"}, "kind_unknown"),
        ({"what": "tax.write_off"}, "seat_is_ours"),
        ({"at": "昨天"}, "bad_moment"),
        ({"at": "2031-01-01 00:00:00"}, "moment_outside"),
        ({"case_no": 5_000}, "case_unknown"),
    ],
)
def test_what_cannot_be_taken_is_refused_whole(more: dict[str, object], code: str, tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path, remote={"registry": ""}) as sandbox:
            status, no = await sandbox.ask("POST", "/observations", {"observations": [observation(**more)]})
            assert (status, no["fields"][0]["code"]) == (400, code)
            assert await sandbox.rows() == []

    asyncio.run(go())


# ---- numbers of the real system's own --------------------------------------------------------------------------------------
def test_a_number_of_theirs_names_the_case_it_is_bound_to_and_still_does_after_a_restart(tmp_path: Path) -> None:
    async def ask(sandbox: Served, number: str) -> tuple[int, dict[str, Any]]:
        kind = directory().kinds["gov_platform.progress"]
        door = directory().doors["gov_platform"].by_kind[kind]
        url = f"{sandbox.url}/runs/demo/gov_platform{door.path.format(case=number)}"
        async with sandbox.session.request(
            door.method, url, json={"stage": "accepted"}, headers={"X-Sender": "registry", "X-Case-No": number}
        ) as answer:
            return answer.status, await answer.json()

    async def go() -> None:
        async with served(tmp_path, remote={"registry": ""}) as sandbox:
            status, no = await ask(sandbox, "SL-1")
            assert status == 400
            assert "没有绑定到办件" in str(no)
            for number, case_no, code in (("7", 3, "bad_number"), ("SL-1", 5_000, "case_unknown")):
                status, no = await sandbox.ask("POST", "/numbers", {"numbers": {number: case_no}})
                assert (status, no["fields"][0]["code"]) == (400, code)
            await sandbox.ok("POST", "/numbers", {"numbers": {"SL-1": 3}})
            status, no = await sandbox.ask("POST", "/numbers", {"numbers": {"SL-1": 4}})
            assert (status, no["fields"][0]["code"]) == (400, "number_taken")
        async with served(tmp_path, remote={"registry": ""}) as sandbox:
            assert (await sandbox.ok("GET", "/numbers"))["numbers"] == {"SL-1": 3}
            await ask(sandbox, "SL-1")
            rows = await sandbox.rows("kind=gov_platform.progress")
            assert 3 in {row["case_no"] for row in rows}
            told = {"observations": [observation(case_no=None, number="SL-1")]}
            await sandbox.ok("POST", "/observations", told)  # an observation knows the number, too

    asyncio.run(go())
