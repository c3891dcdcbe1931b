"""`docs/two_terminals.md` does what it says: its commands are run, as they stand, section after section in one folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.terminals import Page, Reader

PAGE = Page("two_terminals.md")


@contextmanager
def both(reader: Reader, sandbox: str, reference: str) -> Iterator[None]:
    """Both terminals; each has typed what every terminal types first."""
    (first,) = PAGE.commands("terminals")
    with reader.serving(first + sandbox), reader.serving(first + reference) as joined:
        assert joined.startswith("参照系统 http://")
        assert f"已接入 http://127.0.0.1:{reader.known['PORT']}/runs/demo" in joined
        yield


@pytest.mark.slow
def test_the_page_from_top_to_bottom_in_one_folder(tmp_path: Path) -> None:
    reader = Reader(tmp_path, CASES="2")
    (first,) = PAGE.commands("terminals")
    for sort in ("stepped", "live"):
        sandbox, reference, play = PAGE.commands(sort)
        with both(reader, sandbox, reference):
            said = reader.types(first + play)
        assert "结论：没有违反。" in said
        assert "看不到：portal.closed" in said
    sandbox, reference = PAGE.commands("faults")
    with both(reader, sandbox, reference):
        faults = reader.types(
            first + 'curl -sS "http://127.0.0.1:$PORT2/runs/demo" -H "Authorization: Bearer $LIANTIAO_TOKEN"'
        )
    assert '"faults":"storm"' in faults


def test_every_command_of_the_page_is_of_a_sort_that_is_run() -> None:
    assert {sort for sort, _ in PAGE.blocks} == {"terminals", "stepped", "live", "faults"}
    assert all(text.isascii() for _, text in PAGE.blocks)
