"""Exported tables agree with the cases, hide what they should, and are there complete or not at all."""

import json

import pytest
from pyarrow import csv, parquet

from sim.masking import mask_account, mask_address, mask_id, mask_name, mask_phone
from sim.package import load_package
from sim.population import Population
from sim.population.export import FORMATS, ExportError, export
from sim.population.tables import TABLES

PACKAGE = load_package("fujian-2024-55")
CASES = 400
PEOPLE = Population(PACKAGE, 5, CASES, PACKAGE.volume.first_day_ms, PACKAGE.volume.last_day_ms)


@pytest.mark.parametrize("form", FORMATS)
def test_every_table_in_every_format(tmp_path, form):
    rows = export(PEOPLE, tmp_path / "out", form)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{name}.{form}" for name in TABLES)
    assert rows["homes"] == CASES
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "nothing temporary is left"
    for name in TABLES:
        assert read(tmp_path / "out" / f"{name}.{form}") == rows[name]


def read(path):
    if path.suffix == ".parquet":
        return parquet.read_table(path).num_rows
    if path.suffix == ".csv":
        return csv.read_csv(path).num_rows
    return len([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])


def test_excel_finds_its_byte_order_mark(tmp_path):
    export(PEOPLE, tmp_path / "out")
    raw = (tmp_path / "out" / "people.csv").read_bytes()
    assert raw.startswith(b'\xef\xbb\xbf"case","role"')


def test_tables_say_what_the_dossiers_say(tmp_path):
    export(PEOPLE, tmp_path / "out", "parquet")
    tables = {name: parquet.read_table(tmp_path / "out" / f"{name}.parquet").to_pylist() for name in TABLES}
    dossiers = PEOPLE.chunk(0, CASES).dossiers()
    assert [row["unit_code"] for row in tables["homes"]] == [dossier.unit_code for dossier in dossiers]
    owners = [(row["case"], row["id_no"]) for row in tables["register_entries"]]
    assert owners == [(dossier.index, seller.id_no) for dossier in dossiers for seller in dossier.sellers]
    power = {row["case"]: row for row in tables["utility_accounts"] if row["item"] == "power"}
    assert set(power) == {dossier.index for dossier in dossiers if dossier.chose("power")}
    for case, row in power.items():
        assert row["id_no"] == dossiers[case].sellers[0].id_no
        assert (row["account"] == dossiers[case].accounts[0]) == (dossiers[case].account_wrong != 1)
    funds = {row["case"]: row["id_no"] for row in tables["fund_accounts"]}
    assert funds == {dossier.index: dossier.head.id_no for dossier in dossiers if dossier.chose("housing_fund")}
    assert not any("(" in row["title_no"] or " " in row["title_no"] for row in tables["homes"])


def test_a_masked_export_holds_no_name_number_or_telephone(tmp_path):
    export(PEOPLE, tmp_path / "out", "jsonl", masked=True)
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    for dossier in PEOPLE.chunk(0, CASES).dossiers():
        personal = [account for account in dossier.accounts if account] + [dossier.address]
        for person in (*dossier.buyers, *dossier.sellers):
            personal += [person.name, person.id_no, person.phone]
        assert not any(f'"{text}"' in written for text in personal)


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ExportError, match="不是空的"):
        export(PEOPLE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    assert export(PEOPLE, tmp_path / "out")["homes"] == CASES


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="已是一个文件"):
        export(PEOPLE, tmp_path / "file")
    with pytest.raises(ExportError, match="无法写入"):
        export(PEOPLE, tmp_path / "file" / "out")
    with pytest.raises(ExportError, match="csv、parquet、jsonl"):
        export(PEOPLE, tmp_path / "out", "xlsx")


def test_an_export_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    def full_disk(done: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.population.export.BLOCK", 100)
    with pytest.raises(ExportError, match="磁盘已满"):
        export(PEOPLE, tmp_path / "out", progress=full_disk)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.population.export.BLOCK", 150)
    heard = []
    export(PEOPLE, tmp_path / "out", progress=heard.append)
    assert heard == [150, 300, 400]


def test_masks():
    assert [mask_name(name) for name in ("张三", "欧阳小明", "李", "")] == ["张*", "欧***", "李", ""]
    assert mask_id("350102198503070017") == "350***********0017"
    assert mask_id("H12345678") == "H******78"
    assert mask_phone("15412345678") == "154****5678"
    assert mask_account("3501234567890") == "*********7890"
    assert mask_account("123") == "***"
    assert mask_address("福州市鼓楼区杨桥路12号海景里3号楼1204室") == "福州市鼓楼区杨桥路12号海景里3号楼***室"
