"""The reports of an acceptance: page, JUnit, workbook, document; what they say and what they hide."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pytest

from dashboards.acceptance_scenarios import sort_of
from liantiao.acceptance.conclusion import conclusion_of
from liantiao.acceptance.document import default_template, document, read_template
from liantiao.acceptance.files import DOCUMENT, JUNIT, PAGE, REPORTS, WORKBOOK
from liantiao.acceptance.placeholders import TemplateError
from tests.features.accepted import Accepted

TITLES = {"title": "套餐", "document": "文号", "remote": "", "results_sha256": "f" * 64}
MOMENT = "2025-01-01T00:00:00Z"
SECTIONS = (
    "一、依据 二、范围 三、环境及版本 四、参测单位 五、用例统计 六、问题统计 七、遗留问题 八、结论 签字盖章页".split()
)


@pytest.fixture(scope="module")
def page(accepted_wrong: Accepted) -> str:
    return (accepted_wrong.folder / PAGE).read_text(encoding="utf-8")


def test_the_page_needs_no_network(page: str) -> None:
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert not re.search(r"@import|url\(|<script src|<link", page)


def test_the_page_keeps_robustness_and_breaches_apart(page: str) -> None:
    breaches, _, rest = page.partition("<h3>健壮性 1</h3>")
    assert "<h3>违反条款 1</h3>" in breaches
    assert "扣款三笔才算缴清" in breaches
    assert "供水退回后只推送一次" not in breaches
    assert "供水退回后只推送一次" in rest


def test_a_failure_has_its_clause_its_steps_and_its_messages(page: str, accepted_wrong: Accepted) -> None:
    failed = accepted_wrong.acceptance.results[0]
    card = page[page.index(f'id="s-{failed.scenario.id}"') :].split("</details>")[0]
    assert "应在一次支付中完成" in card
    assert re.search(r"扣款成功3笔.*扣款 3 笔.*1 笔", card, re.S)
    assert f'data-case="{failed.case_no}"' in card
    packed = json.loads(re.search(r'id="cases">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    rows = packed["cases"][str(failed.case_no)]
    assert len(rows) % 3 == 0
    assert len(rows) > 3 * 100
    assert all(0 <= at < len(packed["exchanges"]) for at in rows[2::3])
    marked = re.search(r'data-marked="(\d+)"', card)
    assert marked is not None
    seqs = [sum(rows[0 : n + 1 : 3]) for n in range(0, len(rows), 3)]
    assert int(marked[1]) in seqs


def test_the_page_says_what_it_rests_on(page: str, accepted_wrong: Accepted) -> None:
    run = accepted_wrong.acceptance.run
    for text in (run["journal_sha256"], run["plan_sha256"], "真实系统接入的席位", "步进", "没有同名场景的题目"):
        assert text in page


def test_nobody_can_be_found_in_any_report(accepted_wrong: Accepted) -> None:
    secrets = set()
    for part in accepted_wrong.acceptance.parts:
        for person in (*part.played.dossier.buyers, *part.played.dossier.sellers):
            secrets |= {person.id_no, person.phone, *([person.name] if len(person.name) > 2 else [])}
        secrets |= {part.played.dossier.address, *filter(None, part.played.dossier.accounts)}
    texts = {name: (accepted_wrong.folder / name).read_bytes().decode(errors="ignore") for name in REPORTS}
    assert not [(name, secret) for name, text in texts.items() for secret in secrets if secret in text]


def test_junit_counts_nothing_as_passed_that_did_not(accepted_wrong: Accepted) -> None:
    root = ElementTree.parse(accepted_wrong.folder / JUNIT).getroot()
    suite = root[0]
    assert [suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")] == ["有意写错", *"4201"]
    assert [each.get("type") for each in suite.iter("failure")] == ["违反条款", "健壮性"]
    assert "应为 扣款 3 笔，所见 1 笔" in (suite.find("testcase/failure").text or "")  # type: ignore[union-attr]
    assert root[1].get("name") == "检核项"
    assert int(root[1].get("errors", "0")) > 0


def test_the_workbook_is_for_reviewers(accepted_wrong: Accepted) -> None:
    book = openpyxl.load_workbook(accepted_wrong.folder / WORKBOOK)
    assert book.sheetnames == ["总览", "条款", "场景", "检核项", "问题"]
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book}
    assert heads["条款"][:2] + heads["条款"][5:8] == ["条款", "出处", "场景", "场景结果", "证据"]
    assert {"评审意见", "评审人", "复核人"} <= set(heads["条款"]) & set(heads["场景"]) & set(heads["检核项"])
    problems = list(book["问题"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in problems] == ["违反条款", "健壮性"]
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not formulas


def text_of(path: Path) -> str:
    read = docx.Document(str(path))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in read.paragraphs), *cells])


def test_the_document_has_every_section_and_no_placeholder(accepted_wrong: Accepted) -> None:
    text = text_of(accepted_wrong.folder / DOCUMENT)
    assert all(section in text for section in SECTIONS)
    assert "{{" not in text
    assert "不通过。计划场景 4 个" in text
    assert "扣款三笔才算缴清" in text
    assert "监理单位" in text


def test_a_template_of_ones_own_is_filled_even_where_word_split_a_placeholder(
    accepted_wrong: Accepted, tmp_path: Path
) -> None:
    own = docx.Document()
    paragraph = own.add_paragraph("甲：{{结")
    paragraph.add_run("论}}，").bold = True
    paragraph.add_run("{{ 种子 }}。")
    own.add_table(1, 1).cell(0, 0).text = "{{被测系统}}"
    own.add_paragraph("{{表：问题统计}}")
    own.save(str(tmp_path / "own.docx"))
    record = accepted_wrong.acceptance.as_dict()
    made = document(record, TITLES, conclusion_of(record), MOMENT, tmp_path / "own.docx")
    (tmp_path / "made.docx").write_bytes(made)
    text = text_of(tmp_path / "made.docx")
    assert "甲：不通过，2024。" in text
    assert "参照系统" in text
    assert "健壮性" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{结伦}}", "占位符 {{结伦}} 不存在，是否想写 {{结论}}"),
        ("没有占位符", "模板里没有占位符"),
        ("见 {{表:遗留问题}}", "是一张表，须独占一段"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(accepted_wrong: Accepted, tmp_path: Path, text: str, said: str) -> None:
    own = docx.Document()
    own.add_paragraph(text)
    own.save(str(tmp_path / "own.docx"))
    record = accepted_wrong.acceptance.as_dict()
    with pytest.raises(TemplateError, match=re.escape(said)):
        document(record, TITLES, conclusion_of(record), MOMENT, tmp_path / "own.docx")


def test_what_is_no_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.docx").write_bytes(b"text")
    with pytest.raises(TemplateError, match=r"不是 Word 文档"):
        read_template(tmp_path / "own.docx")
    with pytest.raises(TemplateError, match="读不出"):
        read_template(tmp_path / "none.docx")


def test_our_own_template_can_be_taken_as_ones_own(accepted_wrong: Accepted, tmp_path: Path) -> None:
    default_template().save(str(tmp_path / "own.docx"))
    record = accepted_wrong.acceptance.as_dict()
    ours, own = (
        document(record, TITLES, conclusion_of(record), MOMENT, path) for path in (None, tmp_path / "own.docx")
    )
    assert ours == own


def test_the_conclusion_follows_its_rule(accepted_wrong: Accepted) -> None:
    record = accepted_wrong.acceptance.as_dict()
    assert conclusion_of(record).word == "不通过"
    record["breaches"] = 0
    assert conclusion_of(record).word == "有条件通过"
    record["counts"]["not_observed"] = 1
    assert conclusion_of(record).word == "未完成"
    record["counts"] = dict.fromkeys(record["counts"], 0)
    record |= {"robustness": 0, "clauses": [], "promises": [], "to_review": 0}
    assert conclusion_of(record).word == "通过"
    record["executed"] = 3
    assert conclusion_of(record).word == "未完成"


def test_failures_are_sorted_by_what_they_break(accepted_wrong: Accepted) -> None:
    said = [sort_of(each) for each in accepted_wrong.acceptance.as_dict()["scenarios"]]
    assert said == ["违反条款", "健壮性", "通过", "人工核验"]
