"""The journal of a run, searched."""

from typing import Annotated, Any

from fastapi import APIRouter, Query


def add_journal(router: APIRouter, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/journal")
    async def journal(
        found: Named, case_no: Annotated[int | None, Query(ge=0, le=1 << 31)] = None,
        seat: str | None = None, kind: str | None = None,
        outcome: str | None = None, after_seq: Annotated[int, Query(ge=0, le=1 << 53)] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    ) -> dict[str, Any]:  # fmt: skip
        await found.host.file.durable()
        rows = found.reads.find(
            case_no=case_no, seat=seat, kind=kind, outcome=outcome, after_seq=after_seq, limit=limit
        )
        return {"rows": [row._asdict() | {"raw": None} for row in rows]}
