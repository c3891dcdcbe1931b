"""The work list of an observation: which case was loaded for which scenario, and which 受理编号 staff gave it when they took it."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from features.playing import Part
from liantiao.sandbox_client import SandboxError
from sim.package import Package

COLUMNS: Final = ("办件号", "场景编号", "场景", "情形", "登记机构", "权证号", "买方", "卖方", "受理编号", "经办人")
FILLED_IN: Final = ("受理编号", "经办人")
Bind = Callable[[Mapping[str, int]], Any]
Bound = dict[int, dict[str, str]]


class Bindings:
    """A CSV file in which staff write the 受理编号 of each case they take; read again whenever it has changed.

    `bind` hands new numbers to the sandbox and raises SandboxError with what it says of them. A row with a mistake is told
    once and left out until it is mended: nobody's work stops for it.
    """

    def __init__(self, path: Path, bind: Bind, say: Callable[[str], None]) -> None:
        self.path, self.bind, self.say = path, bind, say
        self.bound: Bound = {}
        self._known: dict[int, str] = {}
        self._read: bytes = b""
        self._complained: set[str] = set()

    def write(self, parts: Sequence[Part], package: Package) -> None:
        """The list, with what staff have to fill in left empty."""
        registries = list(package.registries.values())
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        for part in parts:
            situation = "；".join(step.text for step in part.scenario.steps if step.role != "then")
            for played in part.cases:
                self._known[played.number] = part.scenario.id
                dossier = played.dossier
                values = (played.number, part.scenario.id, part.scenario.title, situation, registries[dossier.registry].name,
                          dossier.title_no, *("、".join(each.name for each in side) for side in (dossier.buyers, dossier.sellers)),
                          "", "")  # fmt: skip
                writer.writerow(dict(zip(COLUMNS, values, strict=True)))
        self._read = text.getvalue().encode("utf-8-sig")
        self.path.write_bytes(self._read)
        self.say(f"工作清单 {self.path}：每受理一件，在它那一行写上受理编号与经办人，存盘即可。")

    def look(self) -> None:
        """Read what staff have written since, and have the sandbox know it."""
        try:
            data = self.path.read_bytes()
            rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines())) if data != self._read else []
        except (OSError, UnicodeDecodeError):
            self._complain(f"{self.path} 读不出来；请存为 CSV UTF-8，放回原处。")
            return
        self._read = data
        for line, row in enumerate(rows, 2):
            cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
            if cells["受理编号"]:
                self._take(f"{self.path.name} 第 {line} 行", cells)

    def _take(self, place: str, cells: Mapping[str, str]) -> None:
        if not (cells["办件号"].isascii() and cells["办件号"].isdigit() and int(cells["办件号"]) in self._known):
            self._complain(f"{place}的办件号“{cells['办件号']}”不在清单里；不要改动受理编号、经办人以外的列。")
            return
        case_no, told = int(cells["办件号"]), {"number": cells["受理编号"], "by": cells["经办人"]}
        if not told["by"]:
            self._complain(f"{place}写了受理编号，没有写经办人；请补上。")
        elif self.bound.get(case_no) != told:
            try:
                self.bind({told["number"]: case_no})
            except SandboxError as error:
                self._complain(f"{place}的受理编号沙箱不收：{error}")
                return
            self.bound[case_no] = told
            self.say(f"已绑定：受理编号 {told['number']} 是办件 {case_no}（{cells['场景']}），经办人 {told['by']}。")

    def _complain(self, sentence: str) -> None:
        if sentence not in self._complained:
            self._complained.add(sentence)
            self.say(sentence)
