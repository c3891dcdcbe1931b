"""Tests of the report: what its first line says, that it stands alone, that it masks, and that it never changes by itself."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dashboards.figures import masked, money, number, percent, span
from dashboards.promises import cleaned, headline, not_judged
from dashboards.report import ReportError, command, write_report
from sim.measures import write_measures
from tests.dashboards.run_folder import operations, run_facts, write_json, write_run_folder
from tests.dashboards.verdict import IDENTITY, verdict


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run_folder(tmp_path_factory.mktemp("run"), cases=120)
    write_measures(folder, operations())
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return write_report(folder).read_text(encoding="utf-8")


def without_scripts(page: str) -> str:
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def run(**more: Any) -> dict[str, Any]:
    return {**run_facts(100, 7, 40, 1000), **more}


def promises(*results: str) -> list[dict[str, Any]]:
    rows = verdict()["promises"]
    return cleaned({"promises": [{**row, "result_title": result} for row, result in zip(rows, results, strict=False)]})


@pytest.mark.parametrize(
    ("results", "finished", "open_cases", "expected"),
    [
        (("通过", "通过"), 100, [], "通过"),
        (("通过", "不通过"), 100, [], "不通过"),
        (("通过", "不通过"), 90, [5], "不通过"),
        (("通过", "未取得验证证据"), 100, [], "没有不通过"),
        (("通过", "已知问题"), 100, [], "没有不通过"),
        (("未取得验证证据",), 100, [], "未取得验证证据"),
        (("通过",), 99, [], "未完成"),
        (("通过",), 100, [8], "未完成"),
        ((), 100, [], "未执行"),
    ],
)
def test_the_headline(results: tuple[str, ...], finished: int, open_cases: list[int], expected: str) -> None:
    facts = run(finished=finished, open_cases=open_cases)
    found = headline(facts, promises(*results))
    assert found["result"] == expected
    assert (found["mark"] == "INCOMPLETE") == (expected == "未完成")


def test_what_is_left_open_stands_beside_the_headline() -> None:
    assert (
        headline(run(), promises("通过", "未取得验证证据", "人工核验", "已知问题"))["mark"]
        == "2 项未判定，1 项已知问题"
    )
    assert headline(run(), promises("通过", "通过"))["mark"] == ""


def test_what_was_not_judged_is_told_once_for_each_reason() -> None:
    rows = promises("通过", "指标待明确", "指标待明确", "人工核验")
    notes = {"指标待明确": "未给出时限：写上 x", "人工核验": "打开页面核对：解读齐全"}
    found = not_judged([{**row, "note": notes.get(row["result"], "")} for row in rows])
    assert found.count("<li>") == 2
    assert "2 项，未给出时限：" in found
    assert "1 项，打开页面核对：解读齐全：" in found


def test_result_seed_and_digest_come_first(page: str) -> None:
    body = re.sub(r"<[^>]+>", " ", without_scripts(page).split("<body>")[1]).split()
    assert body[:5] == ["不通过", "种子", "7", "摘要", "9f0c5e21d7b34a68912f4c07ab5de310"]


def test_the_page_needs_no_network(page: str) -> None:
    assert "$" not in without_scripts(page)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", without_scripts(page))
    assert not re.search(r"@import|url\(", without_scripts(page))
    assert "echarts.init" in page


def test_the_page_is_whole(page: str) -> None:
    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "input", "br"):
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    tags = Tags()
    tags.feed(page)
    assert not tags.open
    ids = re.findall(r'\bid="?([\w-]+)', without_scripts(page))
    assert len(ids) == len(set(ids))
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert set(charts) <= set(ids)


def test_the_same_folder_gives_the_same_bytes(folder: Path, page: str) -> None:
    first = (folder / "report.json").read_bytes()
    assert write_report(folder).read_text(encoding="utf-8") == page
    assert (folder / "report.json").read_bytes() == first


def test_nothing_personal_is_left_unmasked(folder: Path, page: str) -> None:
    everything = page + (folder / "report.json").read_text(encoding="utf-8")
    assert IDENTITY not in everything
    assert "15412345678" not in everything
    assert "154****5678" in page


def test_what_data_say_is_never_markup(folder: Path, tmp_path: Path) -> None:
    for name in ("run.json", "measures.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    evil = "<script>alert(1)</script>"
    promise = {
        **verdict()["promises"][2],
        "title": evil,
        "clauses": [evil],
        "note": evil,
        "inferred": evil,
        "sample": [{evil: evil}],
    }
    clause = dict.fromkeys(("id", "where", "requires", "obliges_title", "why"), evil)
    clauses = [{**clause, "promises": []}, {**clause, "promises": [evil, promise["id"]]}]
    write_json(tmp_path / "verdict.json", {"promises": [promise], "clauses": clauses})
    facts = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    write_json(tmp_path / "run.json", {**facts, "notes": [evil], "title": evil, "seed": evil, "version": evil})
    measures = json.loads((tmp_path / "measures.json").read_text(encoding="utf-8"))
    for table in ("refusals", "faults", "struck"):
        measures[table] = [dict.fromkeys(measures[table][0], evil) | {"n": 1}]
    write_json(tmp_path / "measures.json", measures)
    page = write_report(tmp_path).read_text(encoding="utf-8")
    assert "<script>alert" not in page


def test_every_clause_is_shown_with_its_promises_or_the_reason_for_none(folder: Path, tmp_path: Path) -> None:
    for name in ("run.json", "measures.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    said = {"where": "附件3", "requires": "须缴清", "obliges_title": "被测系统"}
    clauses = [
        {"id": "FJ-A3-11", "promises": ["money_conserved", "recorded_after_settled"], "why": "", **said},
        {"id": "FJ-A3-12", "promises": ["money_conserved"], "why": "", **said},
        {"id": "FJ-4.1-01", "promises": [], "why": "只要求人做的事", **said},
        {"id": "FJ-4.1-02", "promises": [], "why": "日志里看得到，检核项待补", **said},
    ]
    write_json(tmp_path / "verdict.json", verdict() | {"clauses": clauses})
    page = write_report(tmp_path).read_text(encoding="utf-8")
    section = page.split('id="s-clauses"')[1].split("</section>")[0]
    assert "全文 4 条，检核项涉及 2 条：涉及的检核项全部通过 1 条，有不通过 1 条，其余 0 条" in section
    touched, untouched = section.split("没有检核项的条款与原因（2）")
    assert "没有检核项的 2 条写明原因，其中待补 1 条" in section
    assert touched.count("资金守恒：扣款等于入账与退回之和") == 2
    assert "只要求人做的事" in untouched
    assert "FJ-4.1-01" not in touched


def test_without_a_verdict_the_page_says_so(folder: Path, tmp_path: Path) -> None:
    for name in ("run.json", "measures.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert "未执行" in write_report(tmp_path).read_text(encoding="utf-8")
    (tmp_path / "measures.json").unlink()
    with pytest.raises(ReportError, match=r"measures\.json"):
        write_report(tmp_path)


def test_a_run_of_no_cases_can_be_reported(tmp_path: Path) -> None:
    write_run_folder(tmp_path, cases=0, open_cases=[3, 4])
    write_measures(tmp_path, operations())
    assert "到期仍未结束的办件" in write_report(tmp_path).read_text(encoding="utf-8")


def test_the_command_says_all_that_decides_the_result() -> None:
    expected = (
        "liantiao simulate --cases 100 --seed 7 --from 2024-09-02 --to 2024-10-12 --faults everyday --out out/again"
    )
    assert command(run()) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (number(1234567), "1,234,567"), (number(None), "—"), (percent(1.0), "100%"), (percent(0.99999), ">99.9%"),
        (percent(0.00001), "<0.1%"), (percent(0.0), "0.0%"), (percent(None), "—"), (span(0), "0"), (span(None), "—"),
        (span(500), "500 毫秒"), (span(90_000), "1.5 分"), (span(3 * 3_600_000), "3 小时"), (span(60 * 3_600_000), "2.5 天"),
        (money(123), "1.23 元"), (money(1_234_567_890), "1,234.57 万元"), (money(98_765_432_100_00), "987.65 亿元"), (money(None), "—"),
    ],
)  # fmt: skip
def test_figures(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("buyer_name", "欧阳修", "欧**"),
        ("id_no", "E12345678", "E******78"),
        ("what", "证件 350799198503072812 与 13812345678", "证件 350***********2812 与 138****5678"),
        ("ref", "335240000000123456", "335240000000123456"),
        ("account", "3501234567", "******4567"),
        ("sellers", [{"name": "王五"}], [{"name": "王*"}]),
        ("case_no", 17, 17),
    ],
)
def test_personal_data_are_masked_by_key_and_by_look(key: str, value: Any, expected: Any) -> None:
    assert masked(key, value) == expected
