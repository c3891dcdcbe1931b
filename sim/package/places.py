"""A package's regions and registries, and the hours they keep."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sim.calendar import CalendarError, OfficeHours, Span, WorkingCalendar
from sim.package.tables import PackageError, Table, check_sum


@dataclass(frozen=True, slots=True)
class HoursProfile:
    """Office hours as data; `office_hours` lays them over a calendar."""

    title: str
    morning: Span
    afternoon: Span
    summer_afternoon: Span
    summer_months: tuple[int, ...]
    saturdays: bool

    def office_hours(self, calendar: WorkingCalendar) -> OfficeHours:
        """The openings of this profile over the whole calendar."""
        spans = (self.morning, self.afternoon, self.summer_afternoon)
        return OfficeHours(calendar, *spans, self.summer_months, self.saturdays)


@dataclass(frozen=True, slots=True)
class Region:
    """One of the province's regions: how it pays tax, stores cases and is linked."""

    id: str
    code: str
    title: str
    weight: float  # of all cases
    tax_path: str  # province | local
    reflow_mode: int  # 1 | 2
    direct_items: tuple[str, ...]  # linked with the department itself, not through the hub


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry of one county unit."""

    code: str
    region: str
    name: str
    cert_place: str  # the place named in title numbers; registries that share it share the yearly serial
    urban: bool
    city_tax_percent: int
    hours: str  # the name of its profile
    region_weight: float  # of its region's cases
    weight: float  # of all cases


def read_hours(table: Table) -> dict[str, HoursProfile]:
    """The office-hours profiles of a package by name."""
    keys = "title morning afternoon summer_afternoon summer_months saturdays source"
    return {name: _hours(entry) for name, entry in table.tables(keys)}


def _hours(entry: Table) -> HoursProfile:
    entry.text("source")
    months = entry.names("summer_months", [str(month) for month in range(1, 13)], "月份")
    profile = HoursProfile(
        entry.text("title"),
        entry.span("morning"),
        entry.span("afternoon"),
        entry.span("summer_afternoon"),
        tuple(int(month) for month in months),
        entry.flag("saturdays"),
    )
    try:
        profile.office_hours(WorkingCalendar.load())
    except CalendarError as error:
        raise PackageError(f"{entry.place} 的时间有误：{error}") from None
    return profile


def read_regions(table: Table, hub_items: Collection[str]) -> dict[str, Region]:
    """The regions of a package by name; their weights sum to one."""
    keys = "code title weight tax_path reflow_mode direct_items source"
    regions = {name: _region(name, entry, hub_items) for name, entry in table.tables(keys)}
    check_sum(table.place, [region.weight for region in regions.values()])
    return regions


def _region(name: str, entry: Table, hub_items: Collection[str]) -> Region:
    entry.text("source")
    return Region(
        name,
        entry.text("code"),
        entry.text("title"),
        entry.share("weight"),
        entry.name("tax_path", ("province", "local"), "缴税路径"),
        entry.whole("reflow_mode", 1, 2),
        entry.names("direct_items", hub_items, "“总对总”事项"),
    )


def read_registries(
    table: Table, city_tax: Table, regions: Mapping[str, Region], hours: Collection[str]
) -> dict[str, Registry]:
    """The registries of a package by code; within each region their weights sum to one."""
    table.text("source")
    city_tax.text("source")
    percents = {key: city_tax.whole(key, 0, 100) for key in ("urban_percent", "county_percent")}
    registries: dict[str, Registry] = {}
    for row in table.rows("rows", "code region name cert_place urban hours weight"):
        if row.text("code") in registries:
            row.complain("code", "与前面的登记机构重复，请删去一行")
        region = regions[row.name("region", regions, "地区")]
        registries[row.text("code")] = _registry(row, region, hours, percents)
    for name in regions:
        inside = [registry.region_weight for registry in registries.values() if registry.region == name]
        check_sum(f"{table.place} 中地区 {name}", inside)
    return registries


def _registry(row: Table, region: Region, hours: Collection[str], percents: Mapping[str, int]) -> Registry:
    urban, weight = row.flag("urban"), row.share("weight")
    return Registry(
        code=row.text("code"),
        region=region.id,
        name=row.text("name"),
        cert_place=row.text("cert_place"),
        urban=urban,
        city_tax_percent=percents["urban_percent" if urban else "county_percent"],
        hours=row.name("hours", hours, "办公时间"),
        region_weight=weight,
        weight=weight * region.weight,
    )
