"""The example of `docs/a_new_department.md` runs, and prints what the page says."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "a_new_department.md"


def test_the_example_runs_and_prints_what_the_page_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    promised = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    printed, names = StringIO(), {"__name__": "example"}
    with redirect_stdout(printed):
        for block in blocks:
            exec(compile(block, str(PAGE), "exec"), names)
    assert len(blocks) == 3
    assert printed.getvalue() == "".join(promised)
