"""The files of an acceptance: written together, hashed together, and the same from the same plan and journal."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dashboards.acceptance import acceptance_page
from dashboards.acceptance_cases import CaseRows
from features.accepting import RESULTS, Acceptance
from features.given import GIVEN
from features.kept import JOURNAL, PLAN
from features.telling import masking
from liantiao.acceptance.conclusion import RULE, Conclusion, conclusion_of
from liantiao.acceptance.document import document
from liantiao.acceptance.junit import junit
from liantiao.acceptance.workbook import workbook
from liantiao.directory import directory
from sim.faces.glossary import Glossary
from sim.journal.sqlite_reads import JournalReads
from sim.package import Package

PAGE, JUNIT, WORKBOOK, DOCUMENT, SUMS = "report.html", "junit.xml", "acceptance.xlsx", "联调测试报告.docx", "SHA256SUMS"
REPORTS: Final = (RESULTS, PAGE, JUNIT, WORKBOOK, DOCUMENT)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the conclusion, and the hash of every file."""

    conclusion: Conclusion
    hashes: dict[str, str]


def write_reports(folder: Path, acceptance: Acceptance, package: Package, template: Path | None = None) -> Written:
    """Write every file beside `results.json`, which is there already. Raises TemplateError."""
    record = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    conclusion, glossary = conclusion_of(record), Glossary(directory())
    titles = {
        "title": package.title, "document": package.document,
        "remote": "、".join(glossary.seat(seat) for seat in record["remote"]), "conclusion": conclusion.word,
        "because": conclusion.because, "rule": RULE, "results_sha256": _hash(folder / RESULTS),
    }  # fmt: skip
    moment = datetime.fromtimestamp(record["ends_ms"] // 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {
        DOCUMENT: document(record, titles, conclusion, moment, template),
        PAGE: acceptance_page(record, _cases(folder, acceptance, glossary), titles).encode(),
        JUNIT: junit(record, titles),
        WORKBOOK: workbook(record, titles, conclusion, moment),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    hashes = {name: _hash(folder / name) for name in (PLAN, GIVEN, *REPORTS) if (folder / name).exists()}
    lines = "".join(f"{value}  {name}\n" for name, value in hashes.items())
    (folder / SUMS).write_text(lines, encoding="utf-8")
    return Written(conclusion, hashes)


def _cases(folder: Path, acceptance: Acceptance, glossary: Glossary) -> dict[str, Any]:
    """The messages of every case."""
    packed, reads = CaseRows(glossary), JournalReads(folder / JOURNAL)
    try:
        for part in acceptance.parts:
            hide = masking([each.dossier for each in part.cases])
            for each in part.cases:
                packed.add(each.number, reads.of_case(each.number), hide)
    finally:
        reads.close()
    return packed.as_dict()


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
