"""《联调测试报告》: the document for officials, from our template or from one of theirs."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from liantiao.acceptance.conclusion import Conclusion
from liantiao.acceptance.placeholders import TABLE, Rows, TemplateError, fill
from liantiao.acceptance.stable_zip import stable
from liantiao.acceptance.tables import by_subject, coverage, facts, problem_counts, problem_list, seats

Record = dict[str, Any]
TABLES: Final = ("参测单位", "用例统计", "条款覆盖", "问题统计", "遗留问题", "签字盖章")
LEFT: Final = (0, 1, 3, 4, 5, 6, 7)
"""The columns of the problem list that the document shows."""
SIGNERS: Final = ("组织单位", "建设单位", "承建单位", "测试单位", "监理单位")
BODY: Final = (
    ("一、依据", ("本次联调测试依据{{依据}}。", "测试对象为套餐“{{套餐}}”。")),
    ("二、范围", ("政策文件逐条列为条款，每条可验的条款由场景检验，场景凭报文日志判定。条款的覆盖如下。", "{{表:条款覆盖}}")),
    (
        "三、环境及版本",
        (
            "被测系统：{{被测系统}}。真实系统接入的席位：{{真实系统接入的席位}}。", "时钟：{{时钟}}；沙箱时间 {{沙箱时间}}；种子 {{种子}}。",
            "沙箱程序版本 {{程序版本}}。报文日志 {{报文条数}} 条，摘要（SHA-256，下同）{{日志摘要}}。",
            "计划摘要 {{计划摘要}}。结果摘要 {{结果摘要}}。",
        ),
    ),
    ("四、参测单位", ("{{表:参测单位}}",)),
    ("五、用例统计", ("{{结论理由}}", "{{表:用例统计}}")),
    ("六、问题统计", ("违反条款与健壮性问题分列：故障、坏输入或依据为推断的场景不通过，是健壮性问题，不作违反条款论。", "{{表:问题统计}}")),
    ("七、遗留问题", ("{{表:遗留问题}}",)),
    ("八、结论", ("{{结论}}。{{结论理由}}", "{{结论规则}}")),
)  # fmt: skip


def document(record: Record, titles: Record, conclusion: Conclusion, moment: str, template: Path | None) -> bytes:
    """The document. Raises TemplateError."""
    blank = default_template() if template is None else read_template(template)
    fill(blank, dict(facts(record, titles, conclusion)), tables(record))
    return stable(blank.save, moment)


def tables(record: Record) -> dict[str, tuple[list[str], Rows]]:
    """Every table a template may ask for."""
    head, problems = problem_list(record)
    left: Rows = [[row[n] for n in LEFT] for row in problems]
    signed: Rows = [[unit, "", "", "　　　年　　月　　日"] for unit in SIGNERS]
    found = (
        seats(record), by_subject(record), coverage(record), problem_counts(record), ([head[n] for n in LEFT], left),
        (["单位", "单位名称（盖章）", "负责人（签字）", "日期"], signed),
    )  # fmt: skip
    return dict(zip(TABLES, found, strict=True))


def read_template(path: Path) -> Document:
    """A template of somebody's own. Raises TemplateError."""
    try:
        return docx.Document(BytesIO(path.read_bytes()))
    except OSError:
        raise TemplateError(f"模板 {path} 读不出；请核对 --template 的路径与权限。") from None
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError):
        raise TemplateError(f"模板 {path} 不是 Word 文档（.docx）；请另存为 .docx 再用。") from None


def default_template() -> Document:
    """Our own template: a cover, the eight sections and the page for signatures."""
    blank = docx.Document()
    _styles(blank)
    for _ in range(5):
        blank.add_paragraph()
    _centred(blank, "{{套餐}}", 18)
    _centred(blank, "联调测试报告", 28)
    _centred(blank, "结论：{{结论}}", 16)
    blank.add_page_break()
    for title, paragraphs in BODY:
        blank.add_heading(title, 1)
        for text in paragraphs:
            paragraph = blank.add_paragraph(text)
            if not text.startswith("{{" + TABLE):
                paragraph.paragraph_format.first_line_indent = Pt(24)
    blank.add_page_break()
    blank.add_heading("签字盖章页", 1)
    blank.add_paragraph("各方确认本报告所列结果与报文日志（摘要 {{日志摘要}}）一致。")
    blank.add_paragraph("{{表:签字盖章}}")
    foot = blank.sections[0].footer.paragraphs[0]
    foot.text, foot.alignment = "结果摘要 {{结果摘要}}", WD_ALIGN_PARAGRAPH.CENTER
    foot.runs[0].font.size = Pt(8)
    return blank


def _styles(blank: Document) -> None:
    section = blank.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    for name, size, font in (("Normal", 12, "宋体"), ("Heading 1", 15, "黑体")):
        style: Any = blank.styles[name]
        style.font.size, style.font.name, style.font.color.rgb = Pt(size), "Times New Roman", RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal: Any = blank.styles["Normal"]
    normal.element.get_or_add_rPr().append(language)
    blank.core_properties.author, blank.core_properties.title = "liantiao", "联调测试报告"


def _centred(blank: Document, text: str, size: int) -> None:
    paragraph = blank.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), True
