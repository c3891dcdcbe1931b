"""Placeholders in a document template: `{{名称}}` is a text, `{{表:名称}}` alone in a paragraph is a table."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

_MARK: Final = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
TABLE: Final = "表:"
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
Rows = list[list[str | int]]


class TemplateError(Exception):
    """A template that cannot be filled; the message is for people."""


def fill(document: Document, texts: Mapping[str, str], tables: Mapping[str, tuple[list[str], Rows]]) -> None:
    """Put texts and tables where the template says. Raises TemplateError for a placeholder that does not exist."""
    known = [*texts, *(TABLE + name for name in tables)]
    found = list(_paragraphs(document))
    names = [name.replace("：", ":") for each in found for name in _MARK.findall(each.text)]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1, 0.3)
            asked = f"，是否想写 {{{{{near[0]}}}}}" if near else ""
            raise TemplateError(
                f"模板里的占位符 {{{{{name}}}}} 不存在{asked}；可用的见 liantiao report template --list。"
            )
    if not names:
        raise TemplateError(
            "模板里没有占位符（形如 {{结论}}），填不出报告；可由 liantiao report template 导出一份来改。"
        )
    for each in found:
        _fill(document, each, texts, tables)


def _fill(
    document: Document, paragraph: Paragraph, texts: Mapping[str, str], tables: Mapping[str, tuple[list[str], Rows]]
) -> None:
    whole = _MARK.fullmatch(paragraph.text.strip())
    if whole and (name := whole[1].replace("：", ":")).startswith(TABLE):
        head, rows = tables[name.removeprefix(TABLE)]
        if rows:
            _put_table(document, paragraph, head, rows)
        else:
            _replace(paragraph, 0, len(paragraph.text), "无。")
        return
    while match := _MARK.search(paragraph.text):
        if match[1].replace("：", ":").startswith(TABLE):
            raise TemplateError(f"占位符 {match[0]} 是一张表，须独占一段；请在模板里另起一段。")
        _replace(paragraph, match.start(), match.end(), _plain(texts[match[1]]))


def _replace(paragraph: Paragraph, start: int, end: int, text: str) -> None:
    """Put a text in the place of another that may run over several runs; it looks as the first of them does."""
    at = 0
    for run in paragraph.runs:
        own, upto = run.text, at + len(run.text)
        if at < end and upto > start:
            before, after = own[: max(start - at, 0)], own[min(end - at, len(own)) :]
            run.text, text = before + text + after, ""
        at = upto


def _put_table(document: Document, paragraph: Paragraph, head: list[str], rows: Rows) -> None:
    table = document.add_table(rows=1, cols=len(head))
    if "Table Grid" in [style.name for style in document.styles]:
        table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        _write(cell.paragraphs[0], text, bold=True)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], str(value), bold=False)
    paragraph._p.addprevious(table._tbl)
    _replace(paragraph, 0, len(paragraph.text), "")


def _write(paragraph: Paragraph, text: str, *, bold: bool) -> None:
    run = paragraph.add_run(_plain(text))
    run.bold, run.font.size = bold, Pt(9)


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    """Every paragraph: of the text, of its tables, of heads and feet."""
    yield from document.paragraphs
    yield from _in_tables(document.tables)
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                yield from part.paragraphs
                yield from _in_tables(part.tables)


def _in_tables(tables: list[Table]) -> Iterator[Paragraph]:
    for table in tables:
        seen: set[Any] = set()
        for row in table.rows:
            for cell in row.cells:
                if cell._tc not in seen:
                    seen.add(cell._tc)
                    yield from cell.paragraphs
                    yield from _in_tables(cell.tables)


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("", text)
