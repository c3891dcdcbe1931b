"""Seats as officers call them, in scenarios and in what is said of a case."""

from typing import Final

from sim.faces.glossary import SECOND

SHORT_SEATS: Final = {
    "申请系统": "portal", "登记系统": "registry", "总对总": "hub", "税务": "tax", "非税": "non_tax", "银联": "unionpay",
    "电力": "power", "供水": "water", "燃气": "gas", "广电": "cable_tv", "公积金中心": "housing_fund", "住建": "housing",
    "省数据汇聚平台": "data_exchange", "省政务平台": "gov_platform", "地市政务平台": "city_platform", "通知网关": "notify",
    "法院": "court", "买方": "buyer", "卖方": "seller", "登记人员": "clerk", **{title: seat for seat, title in SECOND.items()},
}  # fmt: skip
SEAT_NAMES: Final = {seat: title for title, seat in reversed(SHORT_SEATS.items())}
"""The first of its names."""
