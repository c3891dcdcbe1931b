"""`docs/integration.md` does what it says: its commands are run, as they stand, from the top of the page to its end."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from liantiao.sandbox_client import SandboxRun
from tests.docs.terminals import Page, Reader

PAGE = Page("integration.md")
TWO_WAYS_ON = re.findall(r"^```python\n(def test_two_ways_on\(.*?)^```$", PAGE.text, re.MULTILINE | re.DOTALL)


def test_every_command_of_the_page_is_of_a_sort_that_is_run() -> None:
    assert {sort for sort, _ in PAGE.blocks} == {"server", "", "two-terminals"}
    assert all(text.isascii() for sort, text in PAGE.blocks if sort in ("server", "two-terminals"))


def test_the_example_of_going_back_to_a_snapshot(sandbox: SandboxRun) -> None:
    (example,) = TWO_WAYS_ON
    known: dict[str, Callable[[SandboxRun], None]] = {}
    exec(example, known)  # type: ignore[arg-type]
    known["test_two_ways_on"](sandbox)


@pytest.mark.slow
def test_the_page_from_top_to_bottom_in_one_folder(tmp_path: Path) -> None:
    reader = Reader(tmp_path, CASES="5")
    (server,) = PAGE.commands("server")
    with reader.serving(server):
        said = reader.types("\n".join(PAGE.commands()))
    assert "清分入库" in said
    assert "用电过户" in said
    assert "第 3 次" in said
    sandbox, reference, play = PAGE.commands("two-terminals")
    with reader.serving(sandbox), reader.serving(reference):
        told = reader.types(play)
    assert '"stop":"over"' in told, told
    assert '"cases_finished":5' in told
