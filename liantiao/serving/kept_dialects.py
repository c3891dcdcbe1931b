"""The dialects of a run: read from the files that were named, kept in the run's folder, and there again after a restart."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sim.disk import write_whole
from sim.faces.dialects.dialect import Dialect
from sim.faces.dialects.errors import DialectError
from sim.faces.dialects.manners import UNSIGNED
from sim.faces.doors import Directory
from sim.faces.keys import Scheme
from sim.runs.plan import RunPlan

FOLDER: Final = "dialects"
NO_FILES: Final[Mapping[str, str]] = MappingProxyType({})


def read_dialects(plan: RunPlan, files: Mapping[str, str], known: Directory) -> dict[str, Dialect]:
    """The dialect of every seat that has one; seats with the same file share it. Raises DialectError."""
    read = {name: Dialect(name, files[name], known) for name in dict.fromkeys(plan.dialects.values())}
    return {seat: read[name] for seat, name in plan.dialects.items()}


def check_signing(plan: RunPlan, read: Mapping[str, Dialect]) -> None:
    """Raise DialectError for a file that leaves signatures out of a signed run and does not say that it means to."""
    for dialect in read.values() if plan.scheme != Scheme.OPEN else ():
        for seat, manner in dialect.manners.items():
            if not manner.signing.said:
                where = f"seats.{seat}.sign.kind" if seat else "sign.kind"
                what = f'本批次的报文都要签名（scheme={plan.scheme}），文件没有写怎样签；确实不签的，写明 kind = "{UNSIGNED}"'
                raise DialectError(dialect.name, where, what)


def keep_dialects(folder: Path, plan: RunPlan, files: Mapping[str, str]) -> None:
    """Write down the files that a run's plan names."""
    for name in dict.fromkeys(plan.dialects.values()):
        (folder / FOLDER).mkdir(exist_ok=True, mode=0o700)
        write_whole(folder / FOLDER / name, files[name])


def kept_dialects(folder: Path, plan: RunPlan) -> dict[str, str]:
    """What `keep_dialects` wrote down."""
    names = dict.fromkeys(plan.dialects.values())
    return {name: (folder / FOLDER / name).read_text(encoding="utf-8") for name in names}


def dialect_text(path: Path) -> str:
    """A file's text. Raises DialectError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DialectError(str(path), "全文", f"读不到文件（{error.strerror}）") from None
    except UnicodeDecodeError:
        raise DialectError(str(path), "全文", "不是 UTF-8 编码") from None


def dialect_files(
    named: Collection[str], remote: Collection[str], known: Directory
) -> tuple[dict[str, str], dict[str, str]]:
    """Out of `--dialect portal,registry=FILE`: the file's name by seat, and the text by name, all of which can be used.
    Raises DialectError."""
    seats: dict[str, str] = {}
    files: dict[str, str] = {}
    for each in named:
        before, _, path = each.partition("=")
        if not before or not path:
            raise DialectError(each, "--dialect", "写法是 席位=文件，如 portal,registry=vendor.toml")
        for seat in filter(None, before.split(",")):
            if seat not in remote:
                raise DialectError(path, "--dialect", f"席位“{seat}”没有用 --real 接入真实系统", seat, remote)
            seats[seat] = Path(path).name
        text = dialect_text(Path(path))
        if files.setdefault(Path(path).name, text) != text:
            raise DialectError(path, "--dialect", "两个接口适配文件同名，内容不同；请改名")
    for name, text in files.items():
        Dialect(name, text, known)
    return seats, files
