"""Dialects to test with: the other system's, and the same in forms, XML and GBK."""

from pathlib import Path

from liantiao.directory import directory
from sim.faces.dialects.dialect import Dialect
from tests.another_system.play import DIALECT

KNOWN = directory()
PINYIN = DIALECT.read_text(encoding="utf-8")
_HEAD = PINYIN.index("[request]")


def dialect(text: str, name: str = "某厂商.toml") -> Dialect:
    return Dialect(name, text, KNOWN)


def in_format(**settings: str) -> Dialect:
    """The pinyin dialect with other settings of `[format]`."""
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    return dialect(f"{PINYIN[:_HEAD]}[format]\n{lines}\n{PINYIN[_HEAD:]}")


FORMATS = {
    "json": {},
    "json-gbk": {"encoding": '"gbk"'},
    "form": {"body": '"form"'},
    "form-gbk": {"body": '"form"', "encoding": '"gbk"'},
    "form-text": {"body": '"form"', "text_data": "true"},
    "xml": {"body": '"xml"'},
    "xml-gbk": {"body": '"xml"', "encoding": '"gbk"'},
}
HERE = Path(__file__).parent
