"""Accounts at the power, water, gas and cable companies and at the housing fund, for the items a case chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.dossier import ITEMS
from sim.draws import Flags, Luck, Numbers
from sim.identifiers import ACCOUNT_SHAPES
from sim.population import identifier_columns as columns
from sim.population.identifier_columns import Text
from sim.population.world import World

SERIAL_BITS: Final = {"power": 33, "water": 26, "gas": 33, "cable_tv": 39, "housing_fund": 39}
"""Serials stay below nine tenths of their digits: an account whose serial begins with 9 exists nowhere."""


@dataclass(slots=True)
class AccountColumns:
    """One row a case, one column of `numbers` an item in the order of `ITEMS`; masks count bits like `items`."""

    items: Numbers
    numbers: tuple[Text, ...]
    wrong: Numbers
    fund_centre: Numbers

    def as_applied(self) -> list[tuple[str, ...]]:
        """What the applicants typed: "" for an item not chosen, a number that exists nowhere where `wrong` says so."""
        typed = []
        for bit, item in enumerate(ITEMS):
            column = self.numbers[bit].astype(np.str_)
            column[self.items >> bit & 1 == 0] = ""
            wrong = np.nonzero(self.wrong >> bit & 1)[0]
            at = len(ACCOUNT_SHAPES[item][0])
            column[wrong] = [number[:at] + "9" + number[at + 1 :] for number in column[wrong].tolist()]
            typed.append(column.tolist())
        return list(zip(*typed, strict=True))


def draw_accounts(world: World, luck: Luck, company_buys: Flags) -> AccountColumns:
    """The chosen items and the accounts that exist behind them."""
    items, wrong = (np.zeros(len(luck.index), np.int64) for _ in range(2))
    mistyped = luck.happens("accounts/wrong", world.share("account_wrong"))
    for bit, item in enumerate(ITEMS):
        chosen = luck.happens(f"item/{item}", world.item_shares[bit])
        if item == "housing_fund":
            chosen &= ~company_buys
        items |= chosen.astype(np.int64) << bit
        first = chosen & mistyped & (wrong == 0)
        wrong |= first.astype(np.int64) << bit
    numbers = tuple(columns.account_numbers(i, luck.serial(f"account/{i}", SERIAL_BITS[i])) for i in ITEMS)
    centre = luck.choose("accounts/fund centre", world.bounds("fund_centre", "own_city", "other_city", "provincial"))
    return AccountColumns(items=items, numbers=numbers, wrong=wrong, fund_centre=centre)
