"""The departments around the package, one role each: what they take in, how they decide, what they answer."""

from fake_departments import (
    cable_tv,
    data_exchange,
    gas,
    gov_platform,
    housing,
    housing_fund,
    non_tax,
    notify,
    power,
    tax,
    unionpay,
    water,
)

ROLES = (
    gov_platform.ROLE, tax.ROLE, non_tax.ROLE, unionpay.ROLE, power.ROLE, water.ROLE, gas.ROLE, cable_tv.ROLE,
    housing_fund.ROLE, housing.ROLE, data_exchange.ROLE, notify.ROLE,
)  # fmt: skip
"""The explicit list; a new department is one file and one line here."""
