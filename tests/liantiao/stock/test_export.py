"""The stock for somebody else's system: their tables, interrupted and taken up again, checked, and loaded into a real database."""

import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liantiao.stock.command import differences, stock_app
from liantiao.stock.export import NOTE, Export, StockExportError, Wanted, note_in
from liantiao.stock.loaded import loaded_differences
from liantiao.stock.template import TablePlan, TemplateError, default_template, read_template
from sim.calendar import parse_day
from sim.package import load_package
from sim.population import BLOCK
from sim.population.stock import STATES, TRANSFERRED

ROOT = Path(__file__).parents[3]
PACKAGE, DAY = "fujian-2024-55", "2024-11-26"
CASES = BLOCK + 500
"""Two blocks."""
OWN_NAMES = """
[[table]]
name = "bdc.不动产权利人"
rows = "owners"
where = { state = ["done", "partly_done"], co_owned = true }
[table.columns]
"权利人" = "name"
"证件种类" = { from = "id_type", codes = { 111 = "1", 900 = "7" } }
"证件号" = "id_no"
"不动产单元号" = "unit_code"
"权证号" = "title_no"
"来源" = { value = "联调存量" }

[[table]]
name = "slsq"
rows = "cases"
[table.columns]
slbh = "acceptance_no"
zt = { from = "state", codes = { done = 9, lapsed = 8 } }
cf = "seized"
bjrq = "ended_on"
"""


def export(folder: Path, template: Path, *, cases: int = CASES, form: str = "csv") -> Export:
    folder.mkdir(exist_ok=True)
    _, tables = read_template(template)
    wanted = Wanted(PACKAGE, 7, cases, parse_day(DAY), form, template.name, "v")
    return Export(folder, wanted, load_package(PACKAGE), tables)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Export:
    made = export(tmp_path_factory.mktemp("stock"), default_template(PACKAGE))
    made.write()
    return made


def rows(made: Export, table: str) -> list[dict[str, str]]:
    with made.path(table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_case_is_there_once_with_owners_that_fit_its_state(whole: Export) -> None:
    cases = rows(whole, "business_case")
    assert [int(each["case_no"]) for each in cases] == list(range(1, CASES + 1))
    assert {each["state"] for each in cases} == set(STATES)
    homes = {each["unit_code"]: each for each in rows(whole, "register_home")}
    assert len(homes) == CASES
    owners: dict[str, set[str]] = {}
    for each in rows(whole, "register_owner"):
        owners.setdefault(each["unit_code"], set()).add(each["id_no"])
    parties: dict[tuple[str, str], set[str]] = {}
    for each in rows(whole, "case_party"):
        parties.setdefault((each["case_no"], each["role"]), set()).add(each["id_no"])
    for case in cases:
        now = "buyer" if case["state"] in TRANSFERRED else "seller"
        assert owners[case["unit_code"]] == parties[case["case_no"], now]
        assert (homes[case["unit_code"]]["ownership"] == "共同共有") == (len(owners[case["unit_code"]]) > 1)
        assert bool(case["ended_on"]) == (case["state"] not in ("awaiting_seller", "waiting", "correcting"))
    assert 0 < len(rows(whole, "register_seizure")) < CASES // 50
    assert 0 < len(rows(whole, "register_mortgage")) < CASES


def test_people_are_nobody(whole: Export) -> None:
    people = rows(whole, "case_party")
    assert all(re.match("3599|3598", each["id_no"]) for each in people if each["id_type"] == "111")
    assert all(each["phone"].startswith("154") for each in people)


def test_killed_and_torn_it_goes_on_to_the_same_bytes(tmp_path: Path, whole: Export) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    killed = f"""
import os, signal
from pathlib import Path
from tests.liantiao.stock.test_export import export
from liantiao.stock.template import default_template
export(Path({str(folder)!r}), default_template({PACKAGE!r})).write(lambda done: os.kill(os.getpid(), signal.SIGKILL))
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", killed], cwd=ROOT, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert json.loads((folder / NOTE).read_text(encoding="utf-8"))["done"] == BLOCK
    with (folder / "case_party.csv").open("ab") as file:
        file.write(b"16385,buy")  # what had left for the disk before it was noted
    again = export(folder, default_template(PACKAGE))
    assert again.read_note()
    assert not again.complete
    again.write()
    assert {n: each.digest for n, each in again.written.items()} == {
        n: each.digest for n, each in whole.written.items()
    }
    for table in again.tables:
        assert again.path(table.name).read_bytes() == whole.path(table.name).read_bytes()


def test_verify_finds_one_changed_byte_a_lost_row_and_an_added_one(tmp_path: Path) -> None:
    made = export(tmp_path, default_template(PACKAGE), cases=300)
    made.write()
    note = note_in(tmp_path)
    assert note is not None
    assert differences(made, note) == []
    path = made.path("register_home")
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"114.19", b"114.18", 1) if b"114.19" in raw else raw[:-2] + b"9\n")
    assert len(differences(made, note)) == 1
    path.write_bytes(raw + b"x\n")
    assert differences(made, note) == ["register_home.csv 末尾多出内容"]
    path.write_bytes(raw[: raw.rindex(b"\n", 0, -1) + 1])
    assert len(differences(made, note)) == 1
    path.unlink()
    assert differences(made, note) == ["缺少文件 register_home.csv"]


def test_another_systems_tables_in_its_own_names_load_into_a_database(tmp_path: Path) -> None:
    template = tmp_path / "own.toml"
    template.write_text(OWN_NAMES, encoding="utf-8")
    made = export(tmp_path / "sql", template, cases=2_000, form="sql")
    made.write()
    database = sqlite3.connect(":memory:")
    database.execute("ATTACH ':memory:' AS bdc")
    database.execute("CREATE TABLE bdc.不动产权利人(权利人, 证件种类, 证件号, 不动产单元号, 权证号, 来源)")
    database.execute("CREATE TABLE slsq(slbh, zt, cf, bjrq)")
    for table in made.tables:
        database.executescript(made.path(table.name).read_text(encoding="utf-8"))
    assert database.execute("SELECT count(*) FROM slsq").fetchone() == (2_000,)
    assert database.execute("SELECT count(*) FROM bdc.不动产权利人").fetchone() == (
        made.written["bdc.不动产权利人"].rows,
    )
    few = "SELECT count(*) FROM (SELECT 1 FROM bdc.不动产权利人 GROUP BY 不动产单元号 HAVING count(*) < 2)"
    assert database.execute(few).fetchone() == (0,)
    kinds = {kind for (kind,) in database.execute("SELECT DISTINCT 证件种类 FROM bdc.不动产权利人")}
    assert "1" in kinds
    assert not {"111", "900"} & kinds
    states = {state for (state,) in database.execute("SELECT DISTINCT zt FROM slsq")}
    assert {9, 8, "withdrawn"} <= states
    assert database.execute("SELECT count(*) FROM slsq WHERE zt = 9 AND bjrq IS NULL").fetchone() == (0,)
    assert database.execute("SELECT DISTINCT cf FROM slsq ORDER BY 1").fetchall() == [(0,), (1,)]


def test_what_another_system_holds_is_compared_in_any_order(tmp_path: Path) -> None:
    made = export(tmp_path / "out", default_template(PACKAGE), cases=400)
    made.write()
    table = next(table for table in made.tables if table.name == "case_party")
    held, dump = rows(made, "case_party"), tmp_path / "dump.csv"

    def dumped(found: list[dict[str, str]]) -> list[str]:
        with dump.open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.DictWriter(file, [*reversed(held[0]), "own_id"])
            out.writeheader()
            out.writerows(each | {"own_id": str(n)} for n, each in enumerate(found))
        return loaded_differences(made, table, dump)

    assert dumped(held[::-1]) == []
    assert dumped([*held, held[5]]) == [
        f"case_party：应有 {len(held):,} 行，{dump} 有 {len(held) + 1:,} 行",
        f"case_party：多出或改过 1 行，如 {dump} 的第 {len(held) + 1:,} 行",
    ]
    changed = [each | {"name": "无名"} if n == 7 else each for n, each in enumerate(held)]
    assert [each.partition("，如")[0] for each in dumped(changed)] == [
        "case_party：缺 1 行",
        "case_party：多出或改过 1 行",
    ]
    dump.write_text("case_no,role\n1,buyer\n", encoding="utf-8")
    with pytest.raises(StockExportError, match="缺少列 position"):
        loaded_differences(made, table, dump)


def test_another_export_in_the_folder_is_not_gone_on_with(tmp_path: Path) -> None:
    export(tmp_path, default_template(PACKAGE), cases=10).write()
    with pytest.raises(StockExportError, match="件数、格式不同"):
        export(tmp_path, default_template(PACKAGE), cases=11, form="sql").read_note()
    (tmp_path / "case_party.csv").write_bytes(b"")
    cut = export(tmp_path, default_template(PACKAGE), cases=10)
    assert cut.read_note()
    cut.done = 0
    with pytest.raises(StockExportError, match="已被改动"):
        cut.write()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "没有一张表"),
        ("table = 3", "没有一张表"),
        ("x = 1\n[[table]]", "不认识的键“x”"),
        ('[[table]]\nname = "a b"', "不是表名"),
        ('[[table]]\nname = "a; DROP TABLE b"', "不是表名"),
        ('[[table]]\nname = "a"\nrows = "homes"', "没有这种行"),
        ('[[table]]\nname = "a"\nrows = "cases"', "没有列"),
        ('[[table]]\nname = "a"\nrows = "cases"\n[table.columns]\nb = "titel_no"', "最接近的是“title_no”"),
        ('[[table]]\nname = "a"\nrows = "cases"\n[table.columns]\nb = "name"', "cases 没有这个字段"),
        ('[[table]]\nname = "a"\nrows = "cases"\n[table.columns]\n"b-c" = "state"', "列名“b-c”不能用"),
        ('[[table]]\nname = "a"\nrows = "cases"\n[table.columns]\nb = { from = "state", value = 1 }', "应写字段名"),
        ('[[table]]\nname = "a"\nrows = "cases"\nwhere = { x = 1 }\n[table.columns]\nb = "state"', "没有这个字段"),
        ('[[table]]\nname = "a"\nrows = "cases"\nwhere = { state = 1.5 }\n[table.columns]\nb = "state"', "应是文本"),
        ("[[table", "不是 UTF-8 的 TOML"),
        ('[[table]]\nname = "a"\nrows = "cases"\n[table.columns]\nb = "state"\n' * 2, "写了两次"),
    ],
)
def test_a_wrong_template_is_told_where(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError, match=told):
        read_template(path)


def test_the_default_template_uses_what_there_is() -> None:
    _, tables = read_template(default_template(PACKAGE))
    assert all(isinstance(table, TablePlan) for table in tables)
    assert {table.source for table in tables} == {"cases", "owners", "people"}


def test_exported_and_verified_from_the_command_line(tmp_path: Path) -> None:
    out, said = tmp_path / "out", CliRunner()
    typed = ["export", "--out", str(out), "--cases", "50", "--data", str(tmp_path / "data")]
    told = said.invoke(stock_app, typed)
    assert told.exit_code == 0, told.output
    assert "liantiao load 会从 51 办起" in told.output
    assert said.invoke(stock_app, ["verify", "--out", str(out)]).exit_code == 0
    assert said.invoke(stock_app, typed).exit_code == 0, "once more, nothing is left to do"
    note = json.loads((out / NOTE).read_text(encoding="utf-8"))
    (out / NOTE).write_text(json.dumps(note | {"done": 20}), encoding="utf-8")
    assert said.invoke(stock_app, ["verify", "--out", str(out)]).exit_code == 3
    (out / "case_party.csv").write_bytes(b"x")
    assert said.invoke(stock_app, ["verify", "--out", str(out)]).exit_code == 1
