"""Figures (指标): the time limits that the policy leaves open, as somebody has set them, with their source and approver."""

from pathlib import Path
from typing import Final

from features.given import Figure, GivenError
from liantiao.reviewing.tables import known, read_toml, row_of
from sim.judge.promises import UNITS, read_limits
from sim.package import Package

KEYS: Final = {"value": "数值", "unit": "单位", "source": "依据", "approver": "批准人"}


def read_figures(path: Path, package: Package) -> dict[str, Figure]:
    """The figures by the names of the package's limits. Raises GivenError."""
    limits = read_limits(package.folder)
    found = {}
    for name, table in read_toml(path).items():
        known(name, list(limits), f"{path.name} 里", "时限")
        place = f"{path.name} 的 [{name}]"
        row = row_of(place, table, KEYS, list(KEYS))
        value = table["value"]
        if not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise GivenError(f"{place} 的 value = {value!r} 应当是大于零的数。")
        unit = row.choice("单位", UNITS)
        found[name] = Figure(float(value), unit, row.needed("依据"), row.needed("批准人"))
    return found
