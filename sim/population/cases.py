"""What sets one application apart from another: where and how it comes in, who takes part, what is agreed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.calendar import HOUR_MS
from sim.draws import Flags, Luck, Numbers
from sim.population import identifier_columns as columns
from sim.population.identifier_columns import Text
from sim.population.world import World


@dataclass(slots=True)
class CaseColumns:
    """One row a case."""

    buyers: Numbers
    sellers: Numbers
    company_buys: Flags
    company_sells: Flags
    agent: Flags
    minor: Flags
    name_kind: Numbers
    buyer_home_count: Numbers
    sole_home: Flags
    has_cost_documents: Flags
    loan: Flags
    mortgage: Numbers
    net_signed: Flags
    contract_no: Text
    copies: Numbers
    separate_payers: Flags


def draw_cases(world: World, luck: Luck, arrival_ms: Numbers) -> CaseColumns:
    """A company buys or sells alone; a minor acts through an agent, the guardian."""
    company_buys, company_sells = (
        luck.choose(f"case/{side} kind", world.bounds("party_kind", "person", "company")) == 1
        for side in ("buyer", "seller")
    )
    minor = luck.happens("case/minor", world.share("minor")) & ~company_buys
    odd_name = luck.happens("case/odd name", world.share("rare_name")) & ~company_buys & ~minor
    signed = luck.happens("case/net signed", world.share("net_signed_before"))
    buyers = luck.choose("case/buyers", world.bounds("buyers", "1", "2", "3")) + 1
    sellers = luck.choose("case/sellers", world.bounds("sellers", "1", "2")) + 1
    return CaseColumns(
        buyers=np.where(company_buys, 1, buyers),
        sellers=np.where(company_sells, 1, sellers),
        company_buys=company_buys,
        company_sells=company_sells,
        agent=luck.happens("case/agent", world.share("agent")) | minor,
        minor=minor,
        name_kind=np.where(odd_name, luck.below("case/name kind", 2) + 1, 0),
        buyer_home_count=luck.choose("case/homes", world.bounds("buyer_homes", "first", "second", "third_plus")) + 1,
        sole_home=luck.happens("case/sole home", world.share("seller_sole_home")),
        has_cost_documents=luck.happens("case/cost", world.share("cost_proved")),
        loan=luck.happens("case/loan", world.share("loan")),
        mortgage=luck.choose("case/mortgage", world.bounds("mortgage", "none", "to_release", "with_mortgage")),
        net_signed=signed,
        contract_no=_contracts(luck, signed, arrival_ms),
        copies=luck.choose("case/copies", world.bounds("extra_certificates", "0", "1", "2")),
        separate_payers=luck.happens("case/separate payers", world.share("separate_payers")),
    )


def _contracts(luck: Luck, signed: Flags, arrival_ms: Numbers) -> Text:
    """存量房 contract number (synthetic): CLF, the month, a serial; empty before net signing."""
    months = (arrival_ms + 8 * HOUR_MS).astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    month = (months // 12 + 1970) * 100 + months % 12 + 1
    numbers = columns.text("CLF", columns.digits(month, 6), columns.digits(luck.serial("case/contract", 26), 8))
    return np.where(signed, numbers, b"")
