"""The registry and the charges: sends what taxes and fees follow from, tells who must pay, hears that all is paid."""

from contract.hub import ChargesReady, ChargesReturned, PaymentSettled, PushCharges
from contract.notify import OfficialAccount, Sms
from contract.people import ChargesStuck, Task
from contract.records import BUYER, TaxFacts
from reference.registry_files import RegistryFile, Settings
from reference.registry_reflow import progress
from sim.calendar import HOUR_MS
from sim.masking import mask_phone
from sim.message import Message, Refused, timer
from sim.posts import NOTHING, Post, Posts, later, send, working

MICRO_ENTERPRISE = "micro_enterprise"
"""Companies that buy a second-hand home declare themselves small enterprises, whom the fee is waived: chosen."""
TOLD_ALREADY = frozenset({"not_now", "case_closed"})
"""What is said of a push that came twice or too late: nothing is wrong with the facts."""
AGAIN_MS = HOUR_MS
"""When a push that came at the wrong time is sent once more; the hub ignores what it has already: chosen."""
PATIENCE = 3
"""So often a push is sent once more, and so often refused facts are put right before a person is told: chosen."""
MOST_ROUNDS = 10
"""After so many rounds of putting right, whoever asked for them, one more return is told to a person: chosen. By chance it never comes
to that; what cannot be put right by declaring it again would be returned for ever."""
RETURNED_AGAIN = "charges_returned"
"""What a person is told then."""
PAYMENT_TEXT = "您的二手房转移登记税费已核定，请登录闽政通“我的办件”一次缴清"


@timer("registry.nothing_due", "无应缴税费")
class NothingDue(Message):
    """Everything is exempt: there is nothing to pay."""


@timer("registry.tax_corrected", "涉税信息已补正")
class TaxCorrected(Message):
    """What the tax bureau returned has been put right."""


@timer("registry.facts_turned_down", "计税信息被退回")
class FactsTurnedDown(Message):
    """The tax-and-fee service will not work out charges from what it was sent."""


@timer("registry.push_charges_again", "再推计税计费信息")
class PushChargesAgain(Message):
    """The push came when the tax-and-fee service could not take it."""


NOTHING_DUE, TAX_CORRECTED = NothingDue(), TaxCorrected()
FACTS_TURNED_DOWN, PUSH_CHARGES_AGAIN = FactsTurnedDown(), PushChargesAgain()


def push_charges(file: RegistryFile) -> Post:
    """Send what taxes and fees are worked out from to the tax-and-fee service (FJ-11)."""
    facts, form = file.dossier, file.application
    exempt = MICRO_ENTERPRISE if form.buyers[0].is_company else ""
    tax = TaxFacts(
        form.home.unit_code, form.price_fen, form.home.area_m2_x100, form.home.residential, facts.acquired_ms,
        facts.original_price_fen, facts.has_cost_documents, facts.sole_home, facts.buyer_home_count, form.buyers[0], form.sellers[0],
    )  # fmt: skip
    return send("tax_hub", PushCharges(file.registry.code, tax, form.copies, form.home.residential, exempt))


def charges_ready(file: RegistryFile, heard: ChargesReady) -> Posts:
    file.charges = heard.charges
    if not heard.charges:
        return [later(0, NOTHING_DUE)]
    posts = progress("awaiting_payment")
    form, separate = file.application, file.dossier.separate_payers
    for payer in dict.fromkeys(charge.payer if separate else BUYER for charge in heard.charges):
        person = form.buyers[0] if payer == BUYER else form.sellers[0]
        posts.append(send("notify", Sms("payment", payer, mask_phone(person.phone), PAYMENT_TEXT)))
        posts.append(send("notify", OfficialAccount("payment", payer, PAYMENT_TEXT)))
    return posts


def correct_tax(file: RegistryFile, heard: Message) -> Posts:
    settings: Settings = file.settings
    file.tax_round += 1
    return [working(settings.tax_correction.at(file.draw(b"registry.tax_correction", file.tax_round)), TAX_CORRECTED)]


def returned(file: RegistryFile, heard: ChargesReturned) -> Posts:
    """No charges can be worked out from the facts: they are put right, unless that has been of no avail so often."""
    return correct_tax(file, heard) if file.tax_round < MOST_ROUNDS else [send("clerk", ChargesStuck(RETURNED_AGAIN))]


def not_charged(file: RegistryFile, heard: Refused) -> Posts:
    """Only a no to the facts asks for a correction, and one that stays a no for a person; a push that was heard before is
    answered as the first one was."""
    if heard.error not in TOLD_ALREADY:
        file.turned_down += 1
        return [
            later(0, FACTS_TURNED_DOWN) if file.turned_down <= PATIENCE else send("clerk", ChargesStuck(heard.error))
        ]
    file.pushed_again += 1
    return [later(AGAIN_MS, PUSH_CHARGES_AGAIN)] if file.pushed_again <= PATIENCE else NOTHING


def charge_again(file: RegistryFile, heard: Message) -> Posts:
    return [push_charges(file)]


def nothing_due(file: RegistryFile, heard: NothingDue) -> Posts:
    file.settled = True
    return [send("clerk", Task("review"))]


def settled(file: RegistryFile, heard: PaymentSettled) -> Posts:
    file.settled = True
    return [*progress("paid"), send("clerk", Task("review"))]
