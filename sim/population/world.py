"""What a population needs of its package, laid out as arrays: where cases arise, and in what shares they differ."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.dossier import CREDIT_CODE, ID_TYPES, ITEMS
from sim.draws import Floats, bounds_of
from sim.identifiers import OLD_DISTRICTS, PROVINCES
from sim.package import Package

PRICE_YUAN_M2: Final = {
    "fuzhou": 19_500,
    "xiamen": 42_000,
    "putian": 11_800,
    "sanming": 7_600,
    "quanzhou": 12_600,
    "zhangzhou": 11_500,
    "nanping": 7_200,
    "longyan": 9_300,
    "ningde": 10_400,
    "pingtan": 11_000,
}
ELSEWHERE_YUAN_M2: Final = 8_500
"""Median price of a second-hand home in the urban districts; source: synthetic, the order of the cities is real."""

TITLE_MARKS: Final = {
    "fuzhou": "榕",
    "xiamen": "厦",
    "putian": "莆",
    "sanming": "明",
    "quanzhou": "泉",
    "zhangzhou": "漳",
    "nanping": "南",
    "longyan": "岩",
    "ningde": "宁",
    "pingtan": "岚",
}
"""The one-character names of cities on certificates from before unified registration."""

OFFICE_SUFFIX: Final = "不动产登记中心"


class World:
    """The package as tables indexed by registry number, and its mixes as cumulative shares."""

    def __init__(self, package: Package) -> None:
        registries, regions = list(package.registries.values()), list(package.regions)
        self._package = package
        self.region_of = np.array([regions.index(registry.region) for registry in registries])
        self.registry_bounds = bounds_of(registry.weight for registry in registries)
        self.urban = np.array([registry.urban for registry in registries])
        self.district = np.array([int(registry.code) for registry in registries])
        self.old_district = np.array([int(OLD_DISTRICTS.get(registry.code, 0)) for registry in registries])
        self.place_name = np.array([registry.name.removesuffix(OFFICE_SUFFIX) for registry in registries])
        self.cert_place = np.array([registry.cert_place for registry in registries])
        self.province = np.array([PROVINCES[registry.code[:2]] for registry in registries])
        marks = [TITLE_MARKS.get(registry.region, registry.cert_place[0]) for registry in registries]
        self.title_mark = np.array(marks)
        prices = [PRICE_YUAN_M2.get(registry.region, ELSEWHERE_YUAN_M2) for registry in registries]
        self.price_yuan_m2 = np.array(prices, np.int64)
        chosen = {name: item.share for name, item in package.items.items()}
        self.item_shares = tuple(chosen.get(item, 0.0) for item in ITEMS)
        self.document_bounds = self.bounds("certificate_type", *[code for code in ID_TYPES if code != CREDIT_CODE])
        self.channel_bounds = self.bounds("channel", *package.channels)
        self.channel_at_window = np.array([not channel.online for channel in package.channels.values()])

    def bounds(self, mix: str, *names: str) -> Floats:
        """Cumulative shares of a mix, its options in the order named; one the package leaves out never comes up."""
        found = self._package.mix(mix)
        weights = dict(zip(found.names, found.weights, strict=True))
        return bounds_of(weights.get(name, 0.0) for name in names)

    def share(self, name: str) -> float:
        """How often something is so."""
        return self._package.share(name)
