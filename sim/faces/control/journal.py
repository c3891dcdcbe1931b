"""The journal of a run, searched; and any exchange of it as a line for the shell."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse

from sim.faces.control.curl import curl_line
from sim.faces.control.errors import Refusal
from sim.faces.control.queries import wrong_values
from sim.faces.control.rows import shown_row
from sim.faces.control.run_rules import bad_request, fault, nearest
from sim.faces.glossary import Glossary
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem, listed
from sim.journal.record import Record
from sim.journal.sqlite_reads import LAST


def add_journal(router: APIRouter, Named: Any, words: Glossary) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/journal")
    async def journal(
        found: Named, case_no: Annotated[int | None, Query(ge=0, le=1 << 31)] = None,
        seat: str | None = None, kind: str | None = None, outcome: str | None = None, region: str | None = None,
        newest: bool = False, after_seq: Annotated[int, Query(ge=0, le=LAST)] = 0,
        before_seq: Annotated[int, Query(ge=0, le=LAST)] = LAST, limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
        masked: bool = True,
    ) -> dict[str, Any]:  # fmt: skip
        _check(found, words, seat, region, kind, outcome)
        await found.host.file.durable()
        rows = await asyncio.to_thread(
            found.reads.find, case_no=case_no, seat=seat, kind=kind, outcome=outcome, region=region, after_seq=after_seq,
            before_seq=before_seq, limit=limit, newest=newest,
        )  # fmt: skip
        full = len(rows) == limit
        more = {"before_seq": rows[0].seq} if newest and full else {"after_seq": rows[-1].seq} if full else None
        if newest:
            rows.reverse()
        return {"rows": [shown_row(row, words, masked=masked) for row in rows], "next": more}

    @router.get("/runs/{run}/messages/{message_id}")
    async def message(found: Named, message_id: str, masked: bool = True) -> dict[str, Any]:
        return shown_row(await record_of(found, message_id), words, masked=masked)

    @router.get("/runs/{run}/messages/{message_id}/curl")
    async def curl(found: Named, message_id: str, request: Request, masked: bool = False) -> PlainTextResponse:
        record = await record_of(found, message_id)
        return PlainTextResponse(curl_line(found, record, words, str(request.base_url).rstrip("/"), masked=masked))


async def record_of(found: Hosted, message_id: str) -> Record:
    """The journal's row of a message. Raises Refusal."""
    await found.host.file.durable()
    region, _, number = message_id.rpartition("-")
    record: Record | None = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        if region == "seq":
            record = await asyncio.to_thread(found.reads.record, int(number))
        else:
            record = await asyncio.to_thread(found.reads.by_id, region, int(number))
    if record is None:
        detail = f"批次“{found.run.plan.name}”的报文日志里没有报文 {message_id}；请求还没有答复的，答复后才有日志行"
        raise Refusal(Problem(404, "message_unknown", "没有这个报文", detail, "从 /journal 的 message_id 中取报文号"))
    return record


def _check(
    found: Hosted, words: Glossary, seat: str | None, region: str | None, kind: str | None, outcome: str | None
) -> None:
    wrong = [*wrong_values(words, kind, outcome)]
    for path, given, known, what in (
        ("seat", seat, list(words.directory.seats), "席位"), ("region", region, found.run.book.regions, "地区"),
    ):  # fmt: skip
        if given is not None and given not in known:
            message = f"没有{what}“{given}”"
            wrong.append(fault(path, f"{path}_unknown", message, f"{what}有：{listed(known)}", nearest(given, known)))
    if wrong:
        raise Refusal(bad_request(wrong))
