"""`liantiao stock`: the stock exported for an implementation that is not ours, and checked."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from liantiao import help_pages
from liantiao.code_version import code_version
from liantiao.loading.used_homes import UsedHomes
from liantiao.showing import Bar
from liantiao.stock.export import FORMS, TEMPLATE, Export, StockExportError, Wanted, held, note_in
from liantiao.stock.loaded import loaded_differences
from liantiao.stock.rows import SOURCES
from liantiao.stock.template import TablePlan, default_template, read_template
from sim.calendar import parse_day
from sim.disk import write_whole
from sim.package import load_package
from sim.population import BLOCK

stock_app = typer.Typer(
    cls=help_pages.Group, no_args_is_help=True, help="存量：压测前要装入被测系统的办件，导出与核对。"
)
Folder = Annotated[Path, typer.Option("--out", help="导出的文件夹；中断后原样再跑一次，会接着写")]


@stock_app.command("export", cls=help_pages.Command)
def export_command(
    out: Folder,
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    cases: Annotated[int, typer.Option("--cases", help="件数")] = 830_000,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：与以后的 liantiao load 相同")] = 2024,
    day: Annotated[str, typer.Option("--day", help="存量截至这一天，办件都在此前收件")] = "2024-11-26",
    template: Annotated[Path | None, typer.Option("--template", help="表模板；缺省用套餐的 stock_tables.toml")] = None,
    form: Annotated[str, typer.Option("--format", help="csv 或 sql")] = "csv",
    data: Annotated[Path, typer.Option("--data", help="记着用过哪些房屋的数据文件夹")] = Path("out/server"),
) -> None:
    """按表模板把存量写成 CSV 或 SQL；中断后接着写，写完即核对件数与摘要。"""
    if form not in FORMS:
        raise StockExportError(f"--format 不认识“{form}”，可用 {'、'.join(FORMS)}。")
    if cases < 1:
        raise StockExportError(f"--cases 应大于 0，现为 {cases}。")
    loaded = load_package(package)
    text, tables = read_template(template or default_template(loaded.id))
    with held(out):
        wanted = Wanted(loaded.id, seed, cases, parse_day(day), form, _digest(text), code_version())
        export = _opened(lambda: Export(out, wanted, loaded, tables))
        if not export.read_note():
            _only_ours(out)
            write_whole(out / TEMPLATE, text)
        elif export.done:
            print(f"接着上一次：已有 {export.done:,} 件。")
        with Bar(quiet=False) as bar:
            export.write(lambda done: bar("导出", done, cases))
    homes = UsedHomes(data)
    homes.take(loaded.id, seed, cases, first=1)
    for name, written in export.written.items():
        print(f"{export.path(name)}  {written.rows:,} 行  {written.bytes:,} 字节  {written.digest}")
    after = homes.last(loaded.id, seed) + 1
    print(f"办件号 1 至 {cases:,} 的房屋已记为用过：装入后 liantiao load 会从 {after:,} 办起。")


@stock_app.command("verify", cls=help_pages.Command)
def verify_command(
    out: Folder,
    loaded: Annotated[
        list[str] | None,
        typer.Option("--loaded", help="装入后从对方系统导出的 CSV，如 register_home=dump.csv，行序列序不限；可多次"),
    ] = None,
) -> None:
    """核对导出的文件：行数、摘要与按种子重新生成的内容一致；退出码 0 一致、1 不一致、3 没有导完。"""
    note = note_in(out)
    if note is None:
        raise StockExportError(f"{out} 里没有存量导出；先 liantiao stock export --out {out}。")
    with held(out):
        text, tables = read_template(out / TEMPLATE)
        wanted = Wanted(**(note["wanted"] | {"code": code_version(), "template": _digest(text)}))
        export = _opened(lambda: Export(out, wanted, load_package(wanted.package), tables))
        if wanted.code != note["wanted"]["code"]:
            print(f"导出时的程序版本是 {note['wanted']['code']}，现在是 {wanted.code}：内容不同的，先按版本找原因。")
        wrong = differences(export, note)
        for table, dump in _dumps(export, loaded or []):
            wrong += loaded_differences(export, table, dump)
    for each in wrong:
        print(f"不一致  {each}")
    if wrong:
        raise typer.Exit(1)
    if note["done"] < wanted.cases:
        print(f"已写的 {note['done']:,} 件一致，但没有导完（共 {wanted.cases:,} 件）；原样再跑一次 export。")
        raise typer.Exit(3)
    print(f"一致：{wanted.cases:,} 件，{sum(each['rows'] for each in note['tables'].values()):,} 行。")


@stock_app.command("fields", cls=help_pages.Command)
def fields_command() -> None:
    """列出模板里可以取的行与字段。"""
    for source, (about, fields) in SOURCES.items():
        print(f"{source}：{about}")
        for name, title in fields.items():
            print(f"  {name}  {title}")


def differences(export: Export, note: dict[str, Any]) -> list[str]:
    """What of the files, or of the note, is not as the seed says."""
    wrong: list[str] = []
    names = [table.name for table in export.tables]
    if names != list(note["tables"]):
        return [f"模板里的表是 {'、'.join(names)}，记录里的是 {'、'.join(note['tables'])}"]
    files = {name: export.path(name) for name in names}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        return [f"缺少文件 {'、'.join(missing)}"]
    counted, opened = dict.fromkeys(names, 0), {name: path.open("rb") for name, path in files.items()}
    try:
        with Bar(quiet=False) as bar:
            for n in range(len(note["tables"][names[0]]["blocks"])):
                for name, (rows, raw) in export.block(n * BLOCK).items():
                    counted[name] += rows
                    if opened[name].read(len(raw)) != raw:
                        wrong.append(
                            f"{files[name].name} 第 {n + 1} 段（第 {counted[name] - rows + 1:,} 行起）与种子生成的不同"
                        )
                bar("核对", min((n + 1) * BLOCK, export.wanted.cases), export.wanted.cases)
        for name, file in opened.items():
            if file.read(1):
                wrong.append(f"{files[name].name} 末尾多出内容")
            if counted[name] != note["tables"][name]["rows"]:
                wrong.append(f"{name} 应有 {counted[name]:,} 行，记录里是 {note['tables'][name]['rows']:,} 行")
    finally:
        for file in opened.values():
            file.close()
    return wrong


def _dumps(export: Export, loaded: list[str]) -> list[tuple[TablePlan, Path]]:
    """Tables and their dumps out of `--loaded table=dump.csv`. Raises StockExportError."""
    tables, found = {table.name: table for table in export.tables}, []
    for each in loaded:
        name, _, path = each.partition("=")
        if name not in tables or not path:
            raise StockExportError(f"--loaded 的写法是 表=文件.csv，表有 {'、'.join(tables)}；现为“{each}”。")
        found.append((tables[name], Path(path)))
    return found


def _opened(make: Callable[[], Export]) -> Export:
    """An export of a stock that can be. Raises StockExportError."""
    try:
        return make()
    except ValueError as error:
        raise StockExportError(f"{error}；核对 --cases、--day。") from None


def _only_ours(out: Path) -> None:
    """Raise StockExportError for a folder with anything else in it."""
    other = next((path.name for path in out.iterdir() if path.name not in (".lock", TEMPLATE)), None)
    if other is not None:
        raise StockExportError(f"{out} 已有别的内容（{other}）；换一个 --out，或先清空它。")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
