"""`docs/acceptance.md` does what it says: its commands are run, as they stand, against the second implementation."""

import re
import sys
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest

from features import manifest
from liantiao.acceptance import options as accept_options
from liantiao.sandbox_client import ROOT
from tests.docs.terminals import environment, free_port, shell
from tests.features.real_systems import DIALECT

TEXT = (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_commands_run(tmp_path: Path) -> None:
    known = environment(tmp_path, PORT=free_port(), PORT2=free_port(), DIALECT=str(DIALECT), LIANTIAO_TOKEN="t")
    python = tmp_path / "bin" / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    shell(f"cd '{tmp_path}'; mkdir out\n" + "\n".join(BLOCKS), known)


def test_every_option_and_key_is_there() -> None:
    asked = [each for each in vars(accept_options).values() if get_origin(each) is Annotated]
    options = [get_args(each)[1].default for each in asked]
    assert "--real" in options
    assert [name for name in options if name not in TEXT] == []
    assert [key for key in manifest.KEYS.split() if key not in TEXT] == []
