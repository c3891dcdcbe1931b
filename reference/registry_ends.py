"""How an application ends before it is recorded: withdrawn, refused, lapsed; and what a court may do to it (FJ-67, FJ-68)."""

from contract.errors import ALREADY_RECORDED
from contract.hub import CancelCharges
from contract.portal import Closed
from contract.registry import RefuseRegistration, Seize, SeizureAnswered, Withdraw
from reference.registry_files import RegistryFile
from reference.registry_reflow import progress, report
from sim.message import Message
from sim.posts import Posts, refuse, reply, send


def refuse_registration(file: RegistryFile, heard: RefuseRegistration) -> Posts:
    return [send("tax_hub", CancelCharges(heard.reason))]


def withdraw_charges(file: RegistryFile, heard: Withdraw) -> Posts:
    return [send("tax_hub", CancelCharges(heard.reason))]


def close_withdrawn(file: RegistryFile, heard: Message) -> Posts:
    return _close_early(file, "withdrawn")


def close_refused(file: RegistryFile, heard: Message) -> Posts:
    return _close_early(file, "refused")


def close_lapsed(file: RegistryFile, heard: Message) -> Posts:
    return _close_early(file, "lapsed")


def _close_early(file: RegistryFile, outcome: str) -> Posts:
    posts = [send("portal", Closed(outcome)), *progress("closed")]
    if file.acceptance_no:
        posts.append(report(file, "done"))
    return posts


def too_late(file: RegistryFile, heard: Withdraw) -> Posts:
    return refuse(ALREADY_RECORDED)


# ---- the court (FJ-68) ------------------------------------------------------------------------------------------------------
def seize(file: RegistryFile, heard: Seize) -> Posts:
    file.seized = True
    return [reply(SeizureAnswered(1, ""))]


def seize_too_late(file: RegistryFile, heard: Seize) -> Posts:
    return [reply(SeizureAnswered(2, "该不动产已转移登记至他人名下"))]
