"""The judge adds regions up, knows what it could not see, and says so in words and in its exit code."""

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.calendar import parse_day
from sim.judge import judge
from sim.judge.moments import WHATS, Column, Moments, columns_in
from sim.judge.promises import load_promises, parse_promise, read_limits
from sim.judge.tables import ID_NUMBER, PHONE_NUMBER, open_database, prepare
from sim.judge.verdict import TITLES, Finding, Result, Verdict
from sim.package import load_package
from sim.package.tables import PackageError
from tests.scenarios.journal_rows import ITEMS, Heard, Story, bought, journal_table, write_run

FUJIAN = load_package("fujian-2024-55")
HEADER = "-- title: 试\n-- clauses: FJ-1-01\n-- kind: safety\n-- applies: 全部办件\n"
SQL = "SELECT case_no, NULL AS evidence FROM seen"


def broken() -> Story:
    return bought().without("hub.payment_settled")


# ---- what a promise is ------------------------------------------------------------------------------------------------------
def test_a_header_is_read_with_its_continued_lines() -> None:
    text = (
        HEADER.replace("FJ-1-01", "FJ-1-01\n--   FJ-1-02")
        + "-- needs: a.b@x>y\n--   c.d@y>z\n-- unit: 地区\n"
        + SQL
        + ";\n"
    )
    promise = parse_promise("试", text, ["FJ-1-01", "FJ-1-02"], [])
    assert promise.clauses == ("FJ-1-01", "FJ-1-02")
    assert [(need.kind, need.sender, need.receiver) for need in promise.needs] == [("a.b", "x", "y"), ("c.d", "y", "z")]
    assert promise.sql == SQL
    assert promise.unit == "地区"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEADER.replace("-- title: 试\n", "") + SQL, "缺少“-- title"),
        (HEADER.replace("FJ-1-01", "FJ-1-10") + SQL, "未知的条款“FJ-1-10”，最接近的合法名称是"),
        (HEADER.replace("safety", "safe") + SQL, "未知的种类“safe”"),
        (HEADER + "-- need: a.b@x>y\n" + SQL, "最接近的合法名称是“needs”"),
        (HEADER + "-- needs: a.b\n" + SQL, "报文种类@发送方>接收方"),
        (HEADER + "-- figure: acceptence\n" + SQL, "最接近的合法名称是“acceptance”"),
        (HEADER + "-- tax_path: own\n" + SQL, "未知的缴税路径"),
        (HEADER, "没有 SQL"),
    ],
)
def test_a_bad_header_is_refused_in_one_sentence(text: str, complaint: str) -> None:
    with pytest.raises(PackageError, match=complaint):
        parse_promise("试", text, ["FJ-1-01", "FJ-1-02"], ["acceptance"])


def test_a_limit_without_a_figure_is_a_limit(tmp_path: Path) -> None:
    limits = read_limits(FUJIAN.folder)
    assert limits["housing_fund_decision"].figure == 3
    assert limits["acceptance"].figure is None
    for line in ("hours = 1, minutes = 2", "hours = 0", "hours = true"):
        (tmp_path / "limits.toml").write_text(
            f'[limits]\na = {{ title = "甲", source = "乙", {line} }}', encoding="utf-8"
        )
        with pytest.raises(PackageError, match=r"limits\.toml"):
            read_limits(tmp_path)


def test_the_package_has_its_promises() -> None:
    promises = load_promises(FUJIAN.folder)
    assert len(promises.all) >= 40
    assert {"seen", "linked", "money"} <= set(promises.shared)


# ---- moments ------------------------------------------------------------------------------------------------------------------
def test_columns_are_asked_for_by_name() -> None:
    assert columns_in(['"a.b n" + "a.b@c first" -- "a.b never"', 'x."a.b n"']) == [
        Column("a.b", "", "n"),
        Column("a.b", "c", "first"),
    ]
    assert Column("a.b", "c", "first").name == "a.b@c first"
    narrow = Column("a.b", "c", "first", "!d", "e")
    assert narrow.name == "!d>a.b@c=e first"
    assert columns_in([f'min("{narrow.name}")']) == [narrow]


MOMENT_SQL = {
    "n": "count(*) FILTER (ok)",
    "refused": "count(*) FILTER (outcome LIKE 'refused%' AND outcome <> 'refused:not_now')",
    "first": "min(t) FILTER (ok)",
    "last": "max(t) FILTER (ok)",
    "sent": "min(asked_t) FILTER (outcome NOT LIKE 'refused%')",
    "asked": "min(asked_t)",
    "fen": "coalesce(sum(amount_fen) FILTER (ok), 0)::BIGINT",
    "top": "max(amount_fen) FILTER (ok)",
    "zero": "min(t) FILTER (ok AND amount_fen = 0)",
}


@pytest.mark.parametrize("seed", range(5))
def test_moments_are_what_sql_would_find(seed: int, tmp_path: Path) -> None:
    luck = random.Random(seed)
    outcomes = ["ok", "ok", "refused:x", "fault:y", "refused:not_now"]
    stories = [
        Story(
            [
                Heard(luck.randrange(9_000), luck.choice(["a>b", "a>c", "d>c"]), f"a.{luck.choice('bcde')}",
                      luck.choice([None, "", "x", "y"]), luck.choice([0, 5, 7]), luck.choice(outcomes))
                for _ in range(luck.randrange(12))
            ],
            case_no=number,
        )
        for number in range(1, 40)
    ]  # fmt: skip
    pq.write_table(journal_table(stories), tmp_path / "journal.parquet", row_group_size=37)
    narrower = [("", ""), ("d", ""), ("!d", ""), ("", "x"), ("a", "y"), ("!z", "z")]
    asked = [
        Column(kind, door, what, sender, ref)
        for kind in ("a.b", "a.c", "a.z") for door in ("", "c") for what in WHATS for sender, ref in narrower
    ]  # fmt: skip
    numbers = np.arange(1, 40)
    moments = Moments(asked, numbers)
    moments.read(tmp_path / "journal.parquet")
    found = moments.arrays()
    for column in asked:
        where = f"receiver = '{column.receiver}'" if column.receiver else "true"
        where += f" AND ref = '{column.ref}'" if column.ref else ""
        if column.sender:
            where += f" AND sender {'<>' if column.sender[0] == '!' else '='} '{column.sender.removeprefix('!')}'"
        rows = duckdb.sql(f"""
            WITH rows AS (
                SELECT case_no, epoch_ms(t) AS t, epoch_ms(asked_t) AS asked_t, outcome, outcome = 'ok' AS ok, amount_fen
                FROM '{tmp_path}/journal.parquet' WHERE kind = '{column.kind}' AND {where}
            ) SELECT n, {MOMENT_SQL[column.what]} FROM range(1, 40) AS cases (n)
              LEFT JOIN rows ON case_no = n GROUP BY n ORDER BY n""").fetchall()
        assert found[column.name].to_pylist() == [value for _, value in rows], column


def test_rows_of_unknown_cases_are_left_out(tmp_path: Path) -> None:
    pq.write_table(journal_table([bought().as_case(case_no=n) for n in (1, 5, 9)]), tmp_path / "journal.parquet")
    moments = Moments([Column("portal.apply", "", "n")], np.array([1, 7]))
    moments.read(tmp_path / "journal.parquet")
    assert moments.arrays()["portal.apply n"].to_pylist() == [1, 0]


# ---- judging --------------------------------------------------------------------------------------------------------------------
def test_regions_are_judged_apart_and_added_up(tmp_path: Path) -> None:
    stories = [bought().as_case(case_no=1), broken().as_case(case_no=2, region="sanming", registry="350404")]
    stories += [bought().as_case(case_no=n, region="pingtan", registry="350128") for n in (3, 4)]
    told: list[tuple[str, int, int]] = []
    verdict = judge(
        write_run(tmp_path, *stories), FUJIAN, only=["recorded_after_settled"], tell=lambda *news: told.append(news)
    )
    finding = verdict.of("recorded_after_settled")
    assert (finding.applied, finding.violations) == (4, 1)
    assert finding.sample[0].case_no == 2
    assert told == [("判定检核项", n, 3) for n in (1, 2, 3)]
    assert verdict.exit_code() == 1
    assert finding.inferred, "先税后证 is our reading, so a failure is a robustness finding"


def test_the_sample_is_bounded_and_the_count_is_not(tmp_path: Path) -> None:
    run = write_run(tmp_path, *(broken().as_case(case_no=n) for n in range(1, 31)))
    finding = judge(run, FUJIAN, only=["recorded_after_settled"]).of("recorded_after_settled")
    assert finding.violations == 30
    assert [each.case_no for each in finding.sample] == list(range(1, 11))
    whole = judge(run, FUJIAN, only=["recorded_after_settled"], sample=None).of("recorded_after_settled")
    assert [each.case_no for each in whole.sample] == list(range(1, 31))


def test_cases_may_come_by_region_or_not_at_all(tmp_path: Path) -> None:
    run = write_run(tmp_path, bought("water"))
    only = ["chosen_items_pushed", "recorded_once"]
    (run / "cases").mkdir()
    (run / "cases.parquet").rename(run / "cases" / "fuzhou.parquet")
    assert judge(run, FUJIAN, only=only).of("chosen_items_pushed").applied == 1
    (run / "cases" / "fuzhou.parquet").unlink()
    verdict = judge(run, FUJIAN, only=only)
    assert verdict.of("chosen_items_pushed").result is Result.NOT_OBSERVED, "nobody knows what was chosen"
    assert verdict.of("recorded_once").applied == 1


def test_an_order_closer_than_the_tolerance_is_not_judged(tmp_path: Path) -> None:
    story = bought("water").change("water.push", minute=499.99, asked_minute=499.99)  # 600 ms before recording
    run = write_run(tmp_path, story)
    for tolerance, result in ((None, Result.KEPT), (1_000, Result.KEPT), (500, Result.BROKEN)):
        verdict = judge(run, FUJIAN, only=["linked_after_recording"], order_tolerance_ms=tolerance)
        assert verdict.of("linked_after_recording").result is result
    write_run(tmp_path, story, order_tolerance_ms=100)
    assert judge(run, FUJIAN, only=["linked_after_recording"]).of("linked_after_recording").result is Result.BROKEN


def test_open_cases_owe_nothing_yet_but_an_end(tmp_path: Path) -> None:
    stories = [bought("water").after(2_500), bought().after(-1), bought().after(5_999), bought()]
    stories = [story.as_case(case_no=number).with_own_numbers() for number, story in enumerate(stories, 1)]
    run = write_run(tmp_path, *stories, open_cases=[1, 2, 3])
    verdict = judge(run, FUJIAN)
    ends = verdict.of("every_case_ends")
    assert [finding.id for finding in verdict.findings if finding.result is Result.BROKEN] == ["every_case_ends"]
    assert (ends.applied, ends.violations) == (4, 3)
    assert [(each.case_no, each.evidence) for each in ends.sample] == [
        (1, "到批次截止时仍未结束（申请于 2024-03-05 09:00:00），申请人没有收到结果"),
        (2, "到批次截止时仍未结束，申请人没有收到结果"),
        (3, "到批次截止时仍未结束（申请于 2024-03-05 09:00:00），虽已告知申请人结果"),
    ]
    assert verdict.exit_code() == 1


def test_a_run_that_was_cut_short_is_incomplete(tmp_path: Path) -> None:
    run = write_run(tmp_path, bought("water").after(2_500), bought().as_case(case_no=2), open_cases=[1])
    verdict = judge(run, FUJIAN, only=["recorded_once"])
    assert verdict.exit_code() == 3
    assert verdict.exit_code(open_cases=[]) == 0
    assert verdict.exit_code(open_cases=0, planned=2, executed=1) == 3


def test_what_a_promise_applies_to_may_be_out_of_sight(tmp_path: Path) -> None:
    unseen = bought().without("portal.closed").without("hub.push_charges")
    run = write_run(tmp_path, unseen)
    only, remote = ["review_opened", "reflow_by_mode", "province_tax_path"], ["portal", "registry", "hub"]
    verdict = judge(run, FUJIAN, remote=remote, only=only)
    notes = {each: verdict.of(each).note for each in only}
    assert {verdict.of(each).result for each in only} == {Result.NOT_OBSERVED}
    assert all(note.startswith("所需报文在两个真实系统之间，看不到：") for note in notes.values()), notes
    assert "portal.closed" in notes["review_opened"]
    assert "hub.push_charges" in notes["province_tax_path"]
    ours = judge(run, FUJIAN, only=only)
    assert ours.of("review_opened").note == "没有适用的件：已登簿且已结束的办件"


def test_taxes_past_the_province_are_broken_though_nobody_saw_them_pushed(tmp_path: Path) -> None:
    past = bought().without("hub.push_charges").change("tax.declare", route="registry>tax")
    run = write_run(tmp_path, past)
    found = judge(run, FUJIAN, remote=["portal", "registry", "hub"], only=["province_tax_path"]).of("province_tax_path")
    assert (found.result, found.violations) == (Result.BROKEN, 1)


def test_what_runs_between_two_real_systems_was_not_observed(tmp_path: Path) -> None:
    story = bought().without("registry.record")
    run = write_run(tmp_path, story)
    real = judge(run, FUJIAN, remote=["clerk", "registry"], only=["recorded_once"]).of("recorded_once")
    assert real.result is Result.NOT_OBSERVED
    assert "registry.record" in real.note
    observed = judge(write_run(tmp_path, bought()), FUJIAN, remote=["clerk", "registry"], only=["recorded_once"])
    assert observed.of("recorded_once").result is Result.KEPT, "an observation of it reached the journal"


def test_a_time_limit_needs_a_figure(tmp_path: Path) -> None:
    run = write_run(tmp_path, bought())
    without = judge(run, FUJIAN).of("registered_in_time")
    assert (without.result, without.applied) == (Result.NO_FIGURE, 0)
    with_it = judge(run, FUJIAN, limits={"registration": 1}, only=["registered_in_time"]).of("registered_in_time")
    assert with_it.result is Result.KEPT
    assert with_it.note == "受理到登簿 1 个工作日"
    with pytest.raises(PackageError, match="最接近的合法名称是“registration”"):
        judge(run, FUJIAN, limits={"registrations": 1})


def test_limits_count_working_days_as_the_law_does(tmp_path: Path) -> None:
    with open_database(tmp_path, 1, "100MB") as database:
        prepare(database, FUJIAN, 1_000)
        for begin, end, days in (
            ("2024-03-05", "2024-03-05", 0),
            ("2024-03-08", "2024-03-11", 1),
            ("2024-02-09", "2024-02-18", 1),
            ("2024-09-13", "2024-09-14", 1),
        ):
            times = f"{parse_day(begin) + 60_000}, {parse_day(end) + 120_000}"
            assert database.execute(f"SELECT working_days({times})").fetchone() == (days,), (begin, end)


def test_personal_numbers_are_known_from_business_numbers(tmp_path: Path) -> None:
    with open_database(tmp_path, 1, "100MB") as database:
        prepare(database, FUJIAN, 1_000)

        def finds(pattern: str, text: str) -> Any:
            return database.execute("SELECT regexp_matches(?, ?)", [text, pattern]).fetchone()

        assert finds(ID_NUMBER, '"id_no":"359999199001010017"') == (True,)
        assert finds(ID_NUMBER, "35999919900101001x") == (True,)
        assert finds(ID_NUMBER, "10013524000000012345") == (False,)
        assert finds(ID_NUMBER, "335016241200001234") == (False,), "an electronic tax receipt has 18 digits too"
        assert finds(PHONE_NUMBER, '"phone":"15412345678"') == (True,)
        assert finds(PHONE_NUMBER, "13501020000123") == (False,)


def test_one_promise_may_be_asked_alone(tmp_path: Path) -> None:
    verdict = judge(write_run(tmp_path, bought()), FUJIAN, only=["recorded_once"])
    assert {f.id for f in verdict.findings if f.result is not Result.NOT_RUN} == {"recorded_once"}
    with pytest.raises(PackageError, match="最接近的合法名称是“recorded_once”"):
        judge(tmp_path, FUJIAN, only=["recorded_onc"])


def test_without_a_journal_nothing_was_run(tmp_path: Path) -> None:
    verdict = judge(tmp_path, FUJIAN)
    assert {f.result for f in verdict.findings} == {Result.NOT_RUN, Result.NO_FIGURE, Result.MANUAL}


def test_bad_sql_names_its_file(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "promises").mkdir(parents=True)
    (package / "clauses.yaml").write_text("- id: FJ-1-01\n", encoding="utf-8")
    (package / "promises" / "_seen.sql").write_text("SELECT case_no FROM moments", encoding="utf-8")
    (package / "promises" / "wrong.sql").write_text(HEADER + "SELECT case_no, nonsense FROM seen", encoding="utf-8")
    run = write_run(tmp_path / "run", bought())

    class Elsewhere:
        folder, regions = package, FUJIAN.regions

    with pytest.raises(PackageError, match=r"检核项 wrong\.sql 不能执行"):
        judge(run, Elsewhere())  # type: ignore[arg-type]
    (package / "promises" / "_seen.sql").write_text("SELECT nonsense FROM moments", encoding="utf-8")
    with pytest.raises(PackageError, match=r"检核项共用表 _seen\.sql 不能执行"):
        judge(run, Elsewhere())  # type: ignore[arg-type]


# ---- the verdict ----------------------------------------------------------------------------------------------------------------
def test_known_issues_excuse_until_their_day(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", broken())
    issues = tmp_path / "known_issues.toml"
    issues.write_text(
        '[recorded_after_settled]\nreason = "厂商九月修复"\nexpires = "2024-09-30"\nowner = "张工"\n', encoding="utf-8"
    )

    def found(today: str) -> Finding:
        verdict = judge(run, FUJIAN, only=["recorded_after_settled"], known_issues=issues, today_ms=parse_day(today))
        return verdict.of("recorded_after_settled")

    assert found("2024-09-30").result is Result.KNOWN_ISSUE
    assert found("2024-09-30").violations == 1
    assert found("2024-10-01").result is Result.BROKEN
    assert "到期" in found("2024-10-01").note
    issues.write_text(
        '[recorded_after_setled]\nreason = "x"\nexpires = "2024-09-30"\nowner = "张工"\n', encoding="utf-8"
    )
    with pytest.raises(PackageError, match="最接近的合法名称是“recorded_after_settled”"):
        found("2024-09-30")
    issues.write_text(
        '[recorded_after_settled]\nreason = "x"\nexpires = "2024-9-31"\nowner = "张工"\n', encoding="utf-8"
    )
    with pytest.raises(PackageError, match="expires 有误"):
        found("2024-09-30")


def test_every_result_has_its_words() -> None:
    assert {result.title for result in Result} == {
        "通过",
        "不通过",
        "未取得验证证据",
        "未执行",
        "已知问题",
        "人工核验",
        "指标待明确",
    }
    assert set(TITLES) == set(Result)


def test_the_verdict_is_json(tmp_path: Path) -> None:
    verdict = judge(write_run(tmp_path, broken().as_case(items=ITEMS)), FUJIAN)
    told = json.loads(json.dumps(verdict.as_dict(), ensure_ascii=False))
    assert told["exit_code"] == 1
    one = next(each for each in told["promises"] if each["id"] == "recorded_after_settled")
    assert one["sample"][0]["case_no"] == 1
    assert one["result_title"] == "不通过"
    assert sum(told["counts"].values()) == len(told["promises"])


def test_asking_for_an_unknown_promise_says_what_was_meant() -> None:
    finding = Finding("money_conserved", "守恒", (), load_promises(FUJIAN.folder).all[0].kind, Result.KEPT)
    with pytest.raises(KeyError, match="money_conserved"):
        Verdict((finding,)).of("money_conserve")


def test_nobody_is_accused_for_what_was_not_to_be_seen(tmp_path: Path) -> None:
    run = write_run(tmp_path, bought().without("hub.payment_settled", "hub.charges_ready"))
    only = ["recorded_after_settled"]
    assert judge(run, FUJIAN, only=only).of("recorded_after_settled").result is Result.BROKEN
    real = judge(run, FUJIAN, remote=["hub", "registry"], only=only).of("recorded_after_settled")
    assert (real.result, real.violations, real.sample) == (Result.NOT_OBSERVED, 0, ())
    assert "hub.payment_settled" in real.note
