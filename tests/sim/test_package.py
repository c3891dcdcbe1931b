"""A good package loads whole; a bad one is refused in one sentence that names file, key and what was meant."""

import math
import pickle
import shutil
from pathlib import Path

import pytest

from sim.calendar import WorkingCalendar
from sim.durations import OFFICE_DAY_MS
from sim.faults import DELAYING, MISSES, Effect
from sim.package import SCENARIOS, PackageError, load_package
from sim.package.capacity import POSTS
from sim.package.fault_scripts import when_it_strikes
from sim.package.mixes import DURATIONS, MIXES, SHARES

FUJIAN = load_package("fujian-2024-55")


def test_fujian_has_ten_regions_and_every_county_unit_but_jinmen() -> None:
    assert len(FUJIAN.regions) == 10
    assert len(FUJIAN.registries) == 83, "梅列 and 三元 became one district in 2021"
    assert "350527" not in FUJIAN.registries
    assert [region.id for region in FUJIAN.regions.values() if region.tax_path == "local"] == ["xiamen"]
    assert math.fsum(registry.weight for registry in FUJIAN.registries.values()) == pytest.approx(1, abs=1e-9)
    assert FUJIAN.registry("350582").cert_place == "晋江市"
    assert FUJIAN.registry("350102").city_tax_percent == 7
    assert FUJIAN.region("fuzhou").direct_items == ("power",)


def test_fujian_has_its_eight_items_and_its_volume() -> None:
    required = [item.id for item in FUJIAN.items.values() if item.share == 1]
    assert required == ["transfer", "tax", "filing"]
    assert len(FUJIAN.items) == 8
    days = WorkingCalendar.load().working_days(FUJIAN.volume.first_day_ms, FUJIAN.volume.last_day_ms)
    assert round(FUJIAN.volume.cases / days) == 852


def test_every_word_of_the_vocabulary_has_its_number() -> None:
    assert set(FUJIAN.mixes) == set(MIXES)
    assert set(FUJIAN.shares) == set(SHARES.split())
    assert set(FUJIAN.durations) == set(DURATIONS.split())


def test_a_mix_is_picked_by_its_weights() -> None:
    holding = FUJIAN.mix("holding")
    assert [holding.pick(u) for u in (0.0, 0.0799, 0.08, 0.41, 0.999999)] == [
        *("under2", "under2", "two_to_five", "over5", "over5")
    ]


def test_every_desk_has_the_fewest_clerks_that_stay_under_three_quarters_busy() -> None:
    for registry in FUJIAN.registries.values():
        for post in POSTS:
            work_ms = FUJIAN.duration(FUJIAN.capacity.posts[post].duration).mean_ms
            needed = 852 * registry.weight * work_ms / OFFICE_DAY_MS
            assert FUJIAN.capacity.clerks[registry.code, post] == max(1, math.ceil(needed / 0.75)), registry.name


def test_polls_run_in_office_hours() -> None:
    assert {name: poll.interval_ms // 60_000 for name, poll in FUJIAN.capacity.polls.items()} == {
        "hub_department": 30,
        "registry_hub": 60,
        "housing_exchange": 120,
    }
    assert all(poll.office_hours for poll in FUJIAN.capacity.polls.values())


def test_hours_profiles_open_when_they_say() -> None:
    hours = FUJIAN.hours[FUJIAN.registry("350128").hours].office_hours(WorkingCalendar.load())
    assert hours.next_opening(FUJIAN.volume.last_day_ms) - FUJIAN.volume.last_day_ms == (8 * 60 + 15) * 60_000


def test_fault_scripts_come_as_faults() -> None:
    assert FUJIAN.fault_script("none").faults == ()
    scripted = {fault.effect for script in FUJIAN.fault_scripts.values() for fault in script.faults}
    assert scripted >= {*MISSES, *DELAYING} - {Effect.HTTP_ERROR, Effect.RESET}
    night, _, upgrade = FUJIAN.fault_script("tax_outage").faults
    assert night.daily_ms == (22 * 3_600_000, 6 * 3_600_000)
    assert upgrade.window_ms is not None
    for script in FUJIAN.fault_scripts.values():
        assert len(script.sources) == len(script.titles) == len(script.faults)
        assert not any(title.isascii() for title in script.titles)
        assert len(set(script.titles)) == len(script.titles)
    said = [when_it_strikes(fault) for fault in FUJIAN.fault_script("tax_outage").faults]
    assert said == [
        "每条都中，每日 22:00–06:00",
        "每条都中，每日 15:00–16:30",
        "每条都中，2021-03-15 00:00 至 2021-03-17 08:30",
    ]
    lost = FUJIAN.fault_script("lost_notices").faults[0]
    assert when_it_strikes(lost) == "每条 10.0% 的机会，每件至多 2 次"


def test_a_package_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(FUJIAN)) == FUJIAN


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda: FUJIAN.mix("chanel"), "没有构成“chanel”，最接近的合法名称是“channel”"),
        (lambda: FUJIAN.share("never_pay"), "没有比例“never_pay”，最接近的合法名称是“never_pays”"),
        (lambda: FUJIAN.duration("watr"), "没有时长“watr”，最接近的合法名称是“water”"),
        (lambda: FUJIAN.region("fuzhuo"), "没有地区“fuzhuo”，最接近的合法名称是“fuzhou”"),
        (lambda: FUJIAN.registry("350527"), "没有登记机构“350527”"),
        (
            lambda: FUJIAN.fault_script("strom"),
            "没有故障脚本“strom”，最接近的合法名称是“storm”。全部脚本：none 无故障、",
        ),
        (lambda: load_package("fujian-2024-5"), "没有套餐“fujian-2024-5”.*最接近的合法名称是“fujian-2024-55”"),
    ],
)
def test_asking_for_what_is_not_there_says_what_was_meant(ask: object, complaint: str) -> None:
    assert callable(ask)
    with pytest.raises(PackageError, match=complaint):
        ask()


P, C, F = "package.toml", "capacity.toml", "faults.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (P, "document =", "documnet =", "未知的键“documnet”，最接近的合法名称是“document”"),
        (P, 'document = "闽自然资发〔2024〕55号"', "", "缺少键“document”"),
        (P, "[volume]", "[volume", "不是合法的 TOML"),
        (P, "cases = 830_000", "cases = 0", r"cases = 0 应当是 1 至"),
        (P, '"2021-01-01"', '"2019-01-01"', r"\[volume\] 的日期有误：日期 2019-01-01 不在工作日历范围"),
        (P, '"2021-01-01"', '"2025-01-01"', "晚于 last_day"),
        (P, 'seat = "water"', 'seat = "watr"', r"\[items.water\] 中有未知的对接系统“watr”，最接近的合法名称是“water”"),
        (P, 'route = "tax_fee"', 'route = "taxfee"', "未知的办理路径“taxfee”，最接近的合法名称是“tax_fee”"),
        (P, "share = 0.80", "share = 1.80", r"\[items.water\] 的 share = 1.8 不在 0 到 1 之间"),
        (P, 'side = "package"', 'side = "packages"', "未知的归属“packages”，最接近的合法名称是“package”"),
        (P, "online = true", 'online = "yes"', "应当是 true 或 false"),
        (P, '["08:15", "12:00"]', '["12:15", "12:00"]', r"\[hours.early\] 的时间有误：.*先后顺序不对"),
        (P, '["08:15", "12:00"]', '"08:15"', "应当写成"),
        (P, "summer_months = [7, 8, 9]", "summer_months = [13]", "未知的月份“13”"),
        (P, "weight = 0.26,", "weight = 0.27,", r"\[regions\] 的权重之和为 1.01，应当等于 1"),
        (P, "reflow_mode = 2", "reflow_mode = 3", "reflow_mode = 3 应当是 1 至 2 的整数"),
        (P, '["power", "cable_tv"]', '["water"]', "未知的“总对总”事项“water”"),
        (P, 'region = "putian"', 'region = "putain"', "第 19 项 中有未知的地区“putain”，最接近的合法名称是“putian”"),
        (P, "weight = 0.2440", "weight = 0.2450", "中地区 putian 的权重之和为 1.001"),
        (P, 'code = "350103"', 'code = "350102"', "code = '350102' 与前面的登记机构重复"),
        (P, 'hours = "early"', 'hours = "erly"', "未知的办公时间“erly”，最接近的合法名称是“early”"),
        (P, "[mixes.holding]", "[mixes.holdings]", "未知的构成“holdings”，最接近的合法名称是“holding”"),
        (P, "under2 =", "under_2 =", r"\[mixes.holding.weights\] 中有未知的选项“under_2”，最接近的合法名称是“under2”"),
        (P, "under2 = 0.08", "under2 = 0.09", r"\[mixes.holding.weights\] 的权重之和为 1.01"),
        (P, "window = { title", "counter = { title", "未知的渠道“window”"),
        (P, "never_pays =", "never_pay =", "未知的比例“never_pay”，最接近的合法名称是“never_pays”"),
        (P, "share = 0.0008", "share = -0.0008", r"\[shares.seized_during_handling\] 的 share = -0.0008 不在 0 到 1"),
        (P, "sms = {", "smss = {", "未知的时长“smss”，最接近的合法名称是“sms”"),
        (
            P,
            "median_h = 2.5",
            "median_hours = 2.5",
            r"\[durations.tax_assessment\] 中有未知键“median_hours”.*“median_h”",
        ),
        (P, 'source = "条款 FJ-2.1-03"', 'source = ""', "应当是不为空的文字"),
        (C, "accept = {", "acept = {", "未知的键“acept”，最接近的合法名称是“accept”"),
        (C, '"desk_accept"', '"desk_acept"', "未知的时长“desk_acept”，最接近的合法名称是“desk_accept”"),
        (C, '"cable_tv", ', '"cabletv", ', "未知的对接系统“cabletv”，最接近的合法名称是“cable_tv”"),
        (C, "interval_min = 30", "interval_min = 0", "interval_min = 0 应当是 1 至"),
        (C, 'registry = "350102"', 'registry = "350199"', "未知的登记机构“350199”，最接近的合法名称是“350"),
        (C, 'registry = "350103"', 'registry = "350102"', "重复了登记机构“350102”"),
        (C, "accept = 2", "accept = 2.5", "accept = 2.5 应当是 1 至"),
        (F, '"lost"', '"lots"', "未知的故障效果“lots”，最接近的合法名称是“lost”"),
        (F, '"unionpay.payment', '"union_pay.payment', "未知的对接系统“union_pay”，最接近的合法名称是“unionpay”"),
        (F, 'seat = "tax"', 'seat = "taxx"', "未知的对接系统“taxx”，最接近的合法名称是“tax”"),
        (F, "share = 0.002", "share = 2", "第 1 项 的 share = 2 不在 0 到 1 之间"),
        (F, "count = 1", "counts = 1", "未知的键“counts”，最接近的合法名称是“count”"),
        (F, '"payment_notice_late"', '"payment_notice_lost"', "有两个故障都叫“payment_notice_lost”"),
        (F, 'effect = "lost"', 'effect = "late"', "效果是 late，缺少键“delay”"),
        (F, 'effect = "late"', 'effect = "lost"', "效果是 lost，不用键“delay”"),
        (F, 'error = "timeout"', "", "键“error”只用于效果 refused 与 business，且不可缺少"),
        (F, "from = 2021-03-15T00:00:00", "from = 2021-03-18T00:00:00", "应当是先后两个本地时间"),
        (F, "from = 2021-03-15T00:00:00", "from = 2019-03-15T00:00:00", "from、to 有误：日期 2019-03-15 不在"),
        (F, "from = 2021-03-15T00:00:00", "", "应当是先后两个本地时间"),
        (F, '["22:00", "06:00"]', '["22点", "06:00"]', "hours 有误：“22点”不是有效的时刻"),
        (F, "median_min = 5", "median_mins = 5", r"\[delay\] 中有未知键“median_mins”，最接近的合法名称是“median_min”"),
        (F, "faults = []", "faults = 0", "应当是表的列表"),
        (F, "[scripts.none]", "[script.none]", "未知的键“script”，最接近的合法名称是“scripts”"),
    ],
)
def test_bad_data_are_refused_where_they_stand(tmp_path: Path, file: str, old: str, new: str, complaint: str) -> None:
    folder = tmp_path / "fujian"
    shutil.copytree(SCENARIOS / "fujian-2024-55", folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackageError, match=complaint) as caught:
        load_package(folder)
    assert file in str(caught.value)
    assert str(caught.value).endswith("。")


def test_a_registry_without_clerks_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "fujian"
    shutil.copytree(SCENARIOS / "fujian-2024-55", folder)
    rows = (folder / C).read_text(encoding="utf-8").splitlines()
    (folder / C).write_text("\n".join(row for row in rows if "350102" not in row), encoding="utf-8")
    with pytest.raises(PackageError, match="没有登记机构“350102”的人数"):
        load_package(folder)
    (folder / C).unlink()
    with pytest.raises(PackageError, match=r"缺少文件 capacity\.toml"):
        load_package(folder)
