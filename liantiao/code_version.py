"""The version of the program's code: snapshots of one version are not read by another."""

from functools import cache
from pathlib import Path

import xxhash

PACKAGES = ("liantiao", "sim", "contract", "fake_departments", "reference", "people", "scenarios")
DATA = (".py", ".toml", ".json")
"""What decides how a run goes on: the code, and the data of packages and calendar."""


@cache
def code_version() -> str:
    """A hash of everything that decides how a run goes on."""
    root = Path(__file__).resolve().parents[1]
    seen = xxhash.xxh3_128()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in DATA:
                seen.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()
