"""Defects of a portal that vendors really make: identity, receipt code, seals, what applicants are told."""

from dataclasses import replace
from typing import Any

from contract.gov_platform import (
    FetchCertificates,
    IdentityVerified,
    IssueReceiptCode,
    ReceiptCodeIssued,
    VerifyIdentity,
)
from contract.people import CaseOver
from contract.portal import Apply, Closed, Join, Withdraw
from contract.registry import Receive
from reference.mutants.defects import also, defect, on, rewriting, saying, silent_on
from reference.mutants.mutant import Mutant
from reference.portal import ROLE
from reference.portal_parties import BUYERS_VERIFIED, PARTIES_VERIFIED
from sim.posts import NOTHING, Post, later, send


def _first_is_enough(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    return [later(0, BUYERS_VERIFIED) if isinstance(post[3], VerifyIdentity) else post for post in posts]


def _seller_unseen(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    return [later(0, PARTIES_VERIFIED) if isinstance(post[3], VerifyIdentity) else post for post in posts]


def _as_typed(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    file.application = heard.application
    return posts


def _unsigned(file: Any, heard: Any) -> list[Post]:
    if file.at_window:
        return list(NOTHING)
    return [send("registry", Receive(heard.receipt_code, file.application, "线下补签", file.authorisation))]


MUTANTS: tuple[Mutant, ...] = (
    defect("first-buyer-identified", "几名买方只认证第一名", "T32",
           on(ROLE, IdentityVerified, saying(_first_is_enough), states=("verifying_buyer",))),
    defect("seller-not-identified", "卖方点了确认就算认证通过", "", on(ROLE, Join, saying(_seller_unseen))),
    defect("two-receipt-codes", "一件取了两个收件码", "",
           on(ROLE, ReceiptCodeIssued, also(lambda file, heard: [send("gov_platform", IssueReceiptCode(
               file.application.channel, file.application.items))]), states=("coding",))),
    defect("brackets-as-typed", "权证号按申请人键入的半角括号、空格原样传下去", "T26", on(ROLE, Apply, saying(_as_typed))),
    defect("look-up-unauthorised", "查证照不带授权", "",
           on(ROLE, None, rewriting(FetchCertificates, lambda file, body: replace(body, authorisation="")))),
    defect("handed-over-unsigned", "双方未签署就分发给登记机构", "",
           on(ROLE, ReceiptCodeIssued, also(_unsigned), states=("coding",))),
    defect("withdrawal-told-at-once", "登记机构未答复，就告知申请人已撤回", "T24",
           on(ROLE, Withdraw, also(lambda file, heard: [send("buyer", CaseOver("withdrawn"))]),
              states=("handed_over", "correcting", "under_way"))),
    defect("seller-not-told", "办件结果只告知买方，不告知卖方", "", on(ROLE, Closed, silent_on(CaseOver, to="seller"))),
)  # fmt: skip
