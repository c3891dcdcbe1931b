"""`docs/reviewing.md` does what it says: its commands are run, as they stand; every state and severity is in it."""

import re
from pathlib import Path

from features.given import CONCLUSIONS, KINDS
from features.problems import SEVERITIES
from liantiao.problems.listed import BY_HAND, STATES, read_list, write_list
from liantiao.problems.sheet import FILLED_IN, export_problems, import_problems
from liantiao.reviewing import evidence_files
from liantiao.sandbox_client import ROOT
from tests.docs.terminals import environment, shell

TEXT = (ROOT / "docs" / "reviewing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh ?([\w-]*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands(sort: str) -> str:
    return "\n".join(text for name, text in BLOCKS if name == sort)


def test_the_week_of_a_reviewer(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    known = environment(tmp_path)
    shell(f"cd '{tmp_path}'\n{commands('')}", known)
    path, sheet = tmp_path / "out" / "problems.json", tmp_path / "out" / "problems.xlsx"
    assert {each.state for each in read_list(path).problems.values()} == {"待确认"}

    book = load_workbook(sheet)
    head = {cell.value: cell.column for cell in book.active[1]}
    for n in range(2, book.active.max_row + 1):
        book.active.cell(n, head["状态"]).value = "整改中"
    book.save(sheet)
    changed, marks = import_problems(sheet, read_list(path))
    assert len(marks) == len(changed.problems) > 0
    write_list(path, changed)

    shell(f"cd '{tmp_path}'\n{commands('retest')}", known)
    assert {each.state for each in read_list(path).problems.values()} == {"关闭"}, "mended and passed twice"
    assert export_problems(sheet, read_list(path)) == len(marks)


def test_the_command_for_pytest_is_the_one_that_is_tested() -> None:
    assert commands("pytest") == 'python -m pytest --pyargs features -n 2 -k "气.feature and FJ-2.1-08"\n'


def test_every_word_is_there() -> None:
    words = [
        *STATES,
        *SEVERITIES,
        *CONCLUSIONS,
        *KINDS,
        *FILLED_IN,
        *evidence_files.KEYS,
        *evidence_files.OF_PROTECTION,
    ]
    assert [word for word in words if word not in TEXT] == []
    for state, wanted in BY_HAND.items():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| {state} | "))
        assert all(word in row.split("|")[2] for word in wanted), state
