"""The control API: runs, their clocks, cases and journals, for people and for test programs that hold the token."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header

from sim.faces.control.cases import add_cases
from sim.faces.control.clock import add_clock
from sim.faces.control.errors import no_token, unknown_run
from sim.faces.control.faults import add_faults
from sim.faces.control.inbox import add_inbox
from sim.faces.control.journal import add_journal
from sim.faces.control.keeper import Keeper
from sim.faces.control.numbers import add_numbers
from sim.faces.control.observations import add_observations
from sim.faces.control.outbox import add_outbox
from sim.faces.control.queries import only_known
from sim.faces.control.runs import add_runs
from sim.faces.control.snapshots import add_snapshots
from sim.faces.control.verdict import add_verdict
from sim.faces.doors import Directory
from sim.faces.glossary import Glossary
from sim.faces.hosted import Hosted


def control_router(keeper: Keeper, directory: Directory, token: str) -> APIRouter:
    """All control routes; every one of them wants the token."""

    async def allowed(authorization: Annotated[str, Header()] = "") -> None:
        given = authorization.removeprefix("Bearer ").strip()
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise no_token()

    router = APIRouter(dependencies=[Depends(allowed), Depends(only_known)], tags=["control"])

    async def hosted(run: str) -> Hosted:
        found = keeper.runs.get(run)
        if found is None:
            raise unknown_run(run, keeper.runs)
        return found

    Named = Annotated[Hosted, Depends(hosted)]  # noqa: N806
    words = Glossary(directory)
    add_runs(router, keeper, Named)
    add_clock(router, Named, words)
    add_journal(router, Named, words)
    add_cases(router, Named, words)
    add_inbox(router, Named, words)
    add_faults(router, keeper, Named)
    add_numbers(router, Named)
    add_observations(router, Named, words)
    add_outbox(router, keeper, Named)
    add_verdict(router, keeper, Named)
    add_snapshots(router, keeper, Named)
    return router
