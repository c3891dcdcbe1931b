"""Tests of the measures: every number is worked out a second time, row by row, from the same journal."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.journal.parquet import INSTANT
from sim.measures import MeasureError, measure, write_measures
from sim.measures.moments import NEVER, Moments
from sim.measures.periods import Periods
from sim.package import load_package
from tests.dashboards.run_folder import DAY, REGIONS, START, operations, write_run_folder

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run_folder(tmp_path_factory.mktemp("run"), cases=160)


@pytest.fixture(scope="module")
def measures(folder: Path) -> dict[str, Any]:
    return measure(folder, operations())


@pytest.fixture(scope="module")
def rows(folder: Path) -> Rows:
    found: Rows = []
    for region in REGIONS:
        columns = pq.read_table(folder / "journal" / region / "journal.parquet").to_pydict()
        found += [
            dict(zip(columns, values, strict=True)) | {"region": region}
            for values in zip(*columns.values(), strict=True)
        ]
    return found


def times(rows: Rows, *kinds: str) -> dict[int, int]:
    """The first time any of these kinds was taken, by case."""
    found: dict[int, int] = {}
    for row in rows:
        if row["kind"] in kinds and row["outcome"] == "ok":
            at = int(row["t"].timestamp() * 1000)
            found[row["case_no"]] = min(at, found.get(row["case_no"], at))
    return found


def line(measures: dict[str, Any], stage: str, region: str = "") -> dict[str, Any]:
    return next(row for row in measures["durations"] if (row["stage"], row["region"]) == (stage, region))


def test_a_stage_lasts_from_its_first_landmark_to_its_second(measures: dict[str, Any], rows: Rows) -> None:
    paid, recorded = times(rows, "hub.payment_settled"), times(rows, "registry.record")
    took = [recorded[case] - paid[case] for case in paid if case in recorded]
    found = line(measures, "recording")
    assert (found["n"], found["mean_ms"]) == (len(took), sum(took) // len(took))
    assert abs(found["median_ms"] - median(took)) <= 2
    assert found["median_ms"] <= found["p90_ms"] <= found["p99_ms"] <= max(took)
    assert sum(line(measures, "recording", region)["n"] for region in REGIONS) == found["n"]


def test_an_item_pushed_by_the_provincial_service_is_over_when_the_registry_hears_of_it(
    measures: dict[str, Any], rows: Rows
) -> None:
    recorded = times(rows, "registry.record")
    last: dict[int, int] = {}
    for row in rows:
        if row["kind"] == "hub.power_result":
            last[row["case_no"]] = max(last.get(row["case_no"], 0), int(row["t"].timestamp() * 1000))
    took = [last[case] - recorded[case] for case in last]
    assert line(measures, "power")["mean_ms"] == sum(took) // len(took)


def test_every_case_has_one_end(measures: dict[str, Any]) -> None:
    whole, *regions = measures["ends"]
    ends = [end for end in whole if end != "region"]
    assert sum(whole[end] for end in ends) == measures["cases"]["count"] == 160
    assert min(whole["done"], whole["declined"], whole["lapsed"]) > 0
    assert whole["open"] == whole["other"] == 0
    assert [row["region"] for row in regions] == list(REGIONS)
    assert all(whole[end] == sum(row[end] for row in regions) for end in ends)


def test_the_closure_matrix_counts_cases_by_their_last_request(measures: dict[str, Any], rows: Rows) -> None:
    asked, answered = defaultdict(set), defaultdict(set)
    for row in rows:
        if row["kind"] == "water.push":
            asked[row["region"]].add(row["case_no"])
        if row["kind"] == "water.result":
            answered[row["region"]].add(row["case_no"])
    for cell in measures["closure"]:
        if cell["department"] == "water":
            region = cell["region"]
            assert (cell["requests"], cell["answers"]) == (len(asked[region]), len(answered[region]))
            assert cell["share"] in (1.0, None)


def test_an_unanswered_request_is_not_closed(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=40)
    path = tmp_path / "journal" / "fuzhou" / "journal.parquet"
    table = pq.read_table(path)
    kinds = table["kind"].to_pylist()
    pq.write_table(
        table.filter(np.array([not kind.startswith(("gas.result", "registry.gas")) for kind in kinds])), path
    )
    cells = {(c["department"], c["region"]): c for c in measure(tmp_path, operations())["closure"]}
    assert kinds.count("gas.push")
    assert cells["gas", "fuzhou"]["closed"] == cells["gas", "fuzhou"]["answers"] == 0
    assert cells["gas", "fuzhou"]["share"] == 0
    assert cells["gas", "fuzhou"]["mean_ms"] is None


def test_a_copy_that_arrives_after_the_answer_opens_nothing_again(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=40)
    path = tmp_path / "journal" / "fuzhou" / "journal.parquet"
    whole = pq.read_table(path)
    before = {c["department"]: c for c in measure(tmp_path, operations())["closure"] if c["region"] == "fuzhou"}

    def said_again(later_ms: int) -> dict[str, Any]:
        pushed = whole.filter(np.array([kind == "water.push" for kind in whole["kind"].to_pylist()]))
        late = pa.array(np.full(len(pushed), whole["t"].cast(pa.int64()).to_numpy().max() + DAY)).view(INSTANT)
        copies = pushed.set_column(pushed.schema.get_field_index("t"), "t", late)
        asked = pushed["asked_t"].cast(pa.int64()).to_numpy() + later_ms
        copies = copies.set_column(copies.schema.get_field_index("asked_t"), "asked_t", pa.array(asked).view(INSTANT))
        pq.write_table(pa.concat_tables([whole, copies]), path)
        found = measure(tmp_path, operations())["closure"]
        return next(cell for cell in found if (cell["department"], cell["region"]) == ("water", "fuzhou"))

    assert before["water"]["closed"] == before["water"]["requests"] > 0
    assert said_again(0) == before["water"]
    assert said_again(400 * DAY)["closed"] == 0


def test_every_fault_of_the_script_is_listed_with_what_it_does_and_how_often_it_struck(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=60, unmarked_strikes={"payment_notice_late": 7})
    rows = pa.concat_tables([pq.read_table(path) for path in sorted(tmp_path.glob("journal/*/journal.parquet"))])
    lost = sum(outcome == "fault:payment_notice_lost" for outcome in rows["outcome"].to_pylist())
    script = load_package("fujian-2024-55").fault_script("everyday")
    found = {line["fault"]: line for line in measure(tmp_path, operations())["faults"]}
    assert list(found) == [fault.name for fault in script.faults]
    assert found["payment_notice_lost"]["n"] == lost > 0
    assert found["payment_notice_late"]["n"] == 7
    late = found["water_result_late"]
    assert (late["n"], late["title"], late["operation_title"]) == (0, "用水过户结果迟到", "用水过户结果")
    assert late["effect_title"].startswith("迟到")
    assert late["when"] == "每条 1.0% 的机会"


def test_money_is_counted_to_the_fen(measures: dict[str, Any], rows: Rows) -> None:
    paid: Counter[str] = Counter()
    for row in rows:
        if row["outcome"] == "ok":
            paid[row["kind"]] += row["amount_fen"]
    sums = measures["money"]
    assert sums["tax"]["fen"] == paid["tax.write_off"]
    assert sums["fee"]["fen"] == paid["non_tax.write_off"]
    assert sums["debited"]["fen"] == paid["unionpay.debited"] == sums["tax"]["fen"] + sums["fee"]["fen"]
    assert sum(row["tax_fen"] for row in measures["periods"]) == sums["tax"]["fen"]
    assert sum(row["arrivals"] for row in measures["periods"]) == 160
    assert sum(row["closures"] for row in measures["periods"]) == 160


def test_the_inventory_counts_by_seat_and_by_direct_answer(measures: dict[str, Any], rows: Rows) -> None:
    found = {row["number"]: row for row in measures["inventory"]}
    by_hub = sum(row["kind"] in ("power.push",) and "hub" in (row["sender"], row["receiver"]) for row in rows)
    assert found["FJ-41"]["seen"] == by_hub > 0
    assert found["FJ-56"]["seen"] == 0
    stored = sum(row["reply"] == "gov_platform.case_stored" for row in rows)
    assert found["FJ-63"]["seen"] == stored > 0
    assert found["FJ-26"]["struck"] == sum(row["outcome"] == "fault:payment_notice_lost" for row in rows)
    assert found["FJ-02"]["refused"] == sum(row["outcome"] == "refused:face_mismatch" for row in rows) > 0
    numbers = [row["number"] for row in measures["inventory"]]
    assert numbers == [f"FJ-{n:02}" for n in range(1, len(numbers) + 1)]


def test_the_sixteen_payment_steps_and_the_four_linked_steps_are_listed(measures: dict[str, Any]) -> None:
    steps = [row["step"] for row in measures["steps"]]
    assert steps == [*(f"总对总-{n}" for n in "①②③④"), *(f"税费同缴-{n}" for n in range(1, 17))]


def test_refusals_have_the_words_people_read(measures: dict[str, Any]) -> None:
    first = measures["refusals"][0]
    assert (first["error"], first["title"], first["kind_title"]) == ("face_mismatch", "人脸比对不一致", "统一身份认证")


def test_work_is_told_apart_by_what_it_led_to(measures: dict[str, Any], rows: Rows) -> None:
    posts = {row["post"]: row for row in measures["desks"]["posts"]}
    assert list(posts) == ["accept", "review", "record", "certify"]
    work = [row for row in rows if row["started_t"] is not None]
    accept = [row for row in work if row["kind"] in ("clerk.accepts", "clerk.asks_correction", "clerk.declines")]
    assert posts["accept"]["jobs"] == len(accept)
    waits = [(row["started_t"] - row["asked_t"]).total_seconds() * 1000 for row in accept]
    assert posts["accept"]["wait_mean_ms"] == int(sum(waits) / len(waits))


def test_littles_law_holds_between_samples_and_rows(measures: dict[str, Any]) -> None:
    for row in measures["desks"]["posts"]:
        assert row["consistent"], row
        assert abs(row["sampled"] - row["expected"]) < 0.05
    assert all(0 <= row["used"] <= 1 for row in measures["desks"]["registries"] if row["used"] is not None)


def test_a_queue_that_the_rows_do_not_show_is_pointed_at(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=60)
    path = tmp_path / "journal" / "xiamen" / "samples.parquet"
    table = pq.read_table(path)
    longer = table["waiting"].to_numpy() + 5
    pq.write_table(table.set_column(table.schema.get_field_index("waiting"), "waiting", [longer]), path)
    desks = measure(tmp_path, operations())["desks"]["registries"]
    assert not any(desk["consistent"] for desk in desks if desk["region"] == "xiamen")


def test_without_samples_nothing_is_said_of_queues(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=20)
    for path in tmp_path.glob("journal/*/samples.parquet"):
        path.unlink()
    desks = measure(tmp_path, operations())["desks"]
    assert desks["registries"] == desks["backlog"] == []
    assert [row["used"] for row in desks["posts"]] == [None] * 4


def test_the_same_folder_gives_the_same_table(folder: Path, measures: dict[str, Any]) -> None:
    written = write_measures(folder, operations())
    assert json.loads(written.read_text(encoding="utf-8")) == measures
    assert json.dumps(measure(folder, operations())) == json.dumps(measures)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MeasureError, match=r"run\.json"):
        measure(tmp_path, {})
    write_run_folder(tmp_path, cases=20)
    (tmp_path / "journal" / "ningde" / "journal.parquet").unlink()
    with pytest.raises(MeasureError, match="ningde"):
        measure(tmp_path, {})


def test_a_run_of_no_cases_can_be_measured(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=0)
    found = measure(tmp_path, operations())
    assert found["cases"]["count"] == 0
    assert line(found, "whole")["n"] == 0


def test_moments_keep_the_first_and_the_last(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=30)
    moments = Moments(np.array([], np.int32))
    assert len(moments.first("portal.apply")) == 0
    cases = pq.read_table(tmp_path / "cases").to_pylist()
    own = np.array([case["case_no"] for case in cases if case["region"] == "fuzhou"], np.int32)
    moments = Moments(own)
    moments.read(tmp_path / "journal" / "fuzhou" / "journal.parquet")
    begun = {case["case_no"]: case["arrival_ms"] for case in cases}
    assert moments.first("portal.apply").tolist() == [begun[number] for number in own]
    assert (moments.first("gov_platform.rate")[~moments.seen("gov_platform.rate")] == NEVER).all()
    assert (moments.first("clerk.visit", "portal.apply") == moments.last("portal.apply")).all()


@pytest.mark.parametrize(("days", "label"), [(40, "2024-09-02"), (400, "2024-09")])
def test_short_runs_are_told_by_day_and_long_ones_by_month(days: int, label: str) -> None:
    periods = Periods(START, START + days * DAY)
    assert periods.count(np.array([START, START + 1])) == {label: 2}


def test_what_no_operation_declares_is_shown_by_its_code(folder: Path) -> None:
    first = measure(folder, {})["refusals"][0]
    assert (first["title"], first["kind_title"]) == ("face_mismatch", "gov_platform.verify_identity")
