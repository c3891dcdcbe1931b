"""`docs/dialects.md` does what it says: its commands are run, as they stand; every setting and unit is in it."""

import re
from pathlib import Path

from liantiao.sandbox_client import ROOT, SandboxServer
from sim.faces.dialects import dialect, manners, reading
from sim.faces.dialects.units import UNITS
from sim.runs.troubles import TROUBLES
from tests.docs.terminals import environment, shell

TEXT = (ROOT / "docs" / "dialects.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_commands_run(sandbox_server: SandboxServer, tmp_path: Path) -> None:
    port = sandbox_server.url.rpartition(":")[2]
    known = environment(tmp_path, LIANTIAO_TOKEN=sandbox_server.token, PORT=port)
    shell(f"cd '{tmp_path}'\n" + "\n".join(BLOCKS), known)


def test_every_setting_unit_and_trouble_is_there() -> None:
    settings = [name for known in reading._KNOWN.values() for name in known]
    names = [*settings, *dialect._OPERATION, *dialect._FIELD, *UNITS, *manners.SIGNINGS, *manners.PLACES]
    assert [name for name in names if name not in TEXT] == []
    assert [code for code in TROUBLES if code not in TEXT and code != "answer_too_large"] == []
