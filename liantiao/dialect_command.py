"""`liantiao dialect`: an adaptation file checked, begun, and tried on one message, without a server."""

import json
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from liantiao import help_pages
from liantiao.compose import REFERENCE_SEATS
from liantiao.dialect_example import example_file
from liantiao.directory import directory
from liantiao.serving.kept_dialects import dialect_text
from sim.faces.bodies import BodyError, body_of
from sim.faces.dialects import envelopes
from sim.faces.dialects.audit import UNMAPPED, Finding, findings
from sim.faces.dialects.dialect import Dialect
from sim.faces.dialects.errors import DialectError, UnsayableError
from sim.faces.dialects.manners import PATH
from sim.faces.doors import CASE

BROKEN = 1
CASE_NO, MESSAGE_ID = 7, "fuzhou-17"
"""What an example message is about."""
dialect_app = typer.Typer(cls=help_pages.Group, no_args_is_help=True, help="接口适配：对方的接口与我方报文的对应。")
File = Annotated[Path, typer.Argument(help="接口适配文件（TOML）")]
Seats = Annotated[str, typer.Option("--seats", help="对方系统所在的席位，如 portal,registry；缺省为参照系统的全部席位")]


@dialect_app.command("check", cls=help_pages.Command)
def check_command(
    file: File,
    seats: Seats = "",
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """检查接口适配文件：没有对应的操作与字段、可疑的单位、缺少的成功代码。退出码 0 没有要改的，1 有可疑之处，2 不能用。"""
    dialect = Dialect(file.name, dialect_text(file), directory())
    taken = [*filter(None, seats.split(","))] or list(REFERENCE_SEATS)
    for seat in taken:
        if seat not in dialect.directory.seats:
            raise DialectError(file.name, "--seats", f"没有席位“{seat}”", seat, dialect.directory.seats)
    found = findings(dialect, taken)
    grave = [each for each in found if each.sort != UNMAPPED]
    if as_json:
        told = [{"sort": each.sort, "key": each.key, "what": each.what} for each in found]
        print(json.dumps({"file": file.name, "title": dialect.title, "findings": told}, ensure_ascii=False))
    else:
        _print(dialect, found)
    raise typer.Exit(BROKEN if grave else 0)


def _print(dialect: Dialect, found: list[Finding]) -> None:
    for each in found:
        print(f"{each.sort}  {each.key}：{each.what}")
    said = sum(bool(each.path) for each in dialect.spellings.values())
    counts = Counter(each.sort for each in found)
    shown = "，".join(f"{sort} {count} 处" for sort, count in counts.items()) or "没有要看的地方"
    print(f"{dialect.title}（{dialect.name}）：{said} 个操作有路径；{shown}。")


@dialect_app.command("example", cls=help_pages.Command)
def example_command(seats: Seats = "portal") -> None:
    """打印一份带注释的接口适配文件，由接口声明生成：这些席位收发的每个操作、每个字段，照此改成对方的。"""
    known = directory()
    taken = [*filter(None, seats.split(","))]
    for seat in taken:
        if seat not in known.seats:
            raise DialectError("example", "--seats", f"没有席位“{seat}”", seat, known.seats)
    print(example_file(known, taken), end="")


@dialect_app.command("try", cls=help_pages.Command)
def try_command(
    file: File,
    operation: Annotated[str, typer.Option("--operation", help="操作名，如 portal.apply")],
) -> None:
    """把一份示例报文按接口适配写成对方的样子，再读回来；退出码 0 读回来相同，1 不同，2 不能用。"""
    dialect = Dialect(file.name, dialect_text(file), directory())
    if not dialect.knows(operation):
        said = [name for name in dialect.spellings if dialect.knows(name)]
        near = get_close_matches(operation, said, 1, 0.3)
        hint = f"；最接近的是“{near[0]}”" if near else ""
        raise DialectError(file.name, "operations", f"没有写操作“{operation}”的路径{hint}")
    kind = dialect.directory.kinds[operation]
    seat = next(seat for seat, each in dialect.heard_at.items() if any(one.kind is kind for one in each))
    values = body_of(kind).example()
    try:
        back = _there_and_back(dialect, operation, seat, values)
    except (UnsayableError, BodyError) as error:
        print(f"不行：{error}")
        raise typer.Exit(BROKEN) from None
    same = back == values
    print("\n读回来：" + ("相同" if same else json.dumps(back, ensure_ascii=False, indent=1)))
    raise typer.Exit(0 if same else BROKEN)


def _there_and_back(dialect: Dialect, operation: str, seat: str, values: dict[str, Any]) -> Any:
    spelling, manner = dialect.spellings[operation], dialect.manner(seat)
    print("我方：" + json.dumps(values, ensure_ascii=False, indent=1))
    letter = envelopes.seal(dialect, spelling, manner, values, CASE_NO, MESSAGE_ID)
    print(f"\n对方：{letter.method} {letter.target}")
    for name, value in letter.headers.items():
        print(f"{name}: {value}")
    print("\n" + letter.body.decode(manner.format.encoding))
    came = envelopes.as_it_comes(spelling, letter)
    opened = envelopes.open_letter(dialect, spelling, manner, came)
    place = manner.places.case.where
    if place != PATH or CASE in came.parameters:
        print(f"\n办件号 {opened.case_no or '（没有）'}，报文号 {opened.theirs or '（没有）'}")
    body = body_of(spelling.kind)
    return json.loads(body.dump(body.parse(json.dumps(opened.values, ensure_ascii=False, default=str).encode())))
