"""What a reader of a guide has: its commands in the order of the page, shells to type them in, and one folder for all of it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liantiao.sandbox_client import ROOT

BLOCK = re.compile(r"^```sh ?([\w-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    """A guide in `docs/`, and the sorts of its commands."""

    def __init__(self, name: str) -> None:
        self.text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        self.blocks = BLOCK.findall(self.text)

    def commands(self, sort: str = "") -> list[str]:
        """The blocks of this sort, as they stand."""
        return [text for each, text in self.blocks if each == sort]


class Reader:
    """Somebody at one machine: a folder to work in, two free ports, a token, and terminals."""

    def __init__(self, folder: Path, **more: str) -> None:
        mine = environment(folder, PORT=free_port(), PORT2=free_port(), **more)
        self.folder = folder
        self.known = {name: value for name, value in mine.items() if name not in ("DATA", "LIANTIAO_TOKEN")}

    def types(self, text: str) -> str:
        """What commands print that are typed in a terminal in the folder."""
        return shell(f"cd '{self.folder}'\n{text}", self.known)

    @contextmanager
    def serving(self, command: str) -> Iterator[str]:
        """A `liantiao serve` in a terminal of its own, from when it is open until Ctrl-C; with the two lines it says first: a warning, as
        of options that are not followed, would come before where it is."""
        text = command.replace("liantiao serve", "exec liantiao serve")
        process = subprocess.Popen(
            ["bash", "-euc", text], cwd=self.folder, env=self.known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8",
        )  # fmt: skip
        assert process.stdout is not None
        try:
            said = process.stdout.readline() + process.stdout.readline()
            assert said.startswith(("联调沙箱 ", "参照系统 ")), said
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
            process.stdout.close()


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a shell knows in which `liantiao` is this repository's."""
    program = folder / "bin" / "liantiao"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m liantiao "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "no_proxy": "*", **more}


def shell(text: str, known: dict[str, str]) -> str:
    """Run commands one after the other; the first that fails (a `grep` that finds nothing too) fails the test."""
    command = ["bash", "-euxo", "pipefail", "-c", text]
    ran = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4_000:] + ran.stderr[-4_000:]
    return ran.stdout


def free_port() -> str:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return str(door.getsockname()[1])
