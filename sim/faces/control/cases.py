"""One case: where it stands at every seat, its numbers and amounts, its timeline and its sequence diagram."""

import asyncio
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response

from sim.case import Case
from sim.faces.control.errors import Refusal
from sim.faces.control.outside import Event
from sim.faces.control.pending import pending
from sim.faces.control.rows import shown_row, yuan
from sim.faces.control.story import sequence, timeline_text
from sim.faces.field_names import title_of
from sim.faces.glossary import Glossary, beijing
from sim.faces.hosted import Hosted
from sim.faces.masked import masked_value
from sim.faces.refusals import Problem
from sim.journal.record import Record


class Shape(StrEnum):
    """How a timeline is given."""

    JSON = "json"
    TEXT = "text"


MERMAID = "text/vnd.mermaid; charset=utf-8"


def add_cases(router: APIRouter, Named: Any, words: Glossary) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/cases/{number}")
    async def show_case(found: Named, number: int, masked: bool = True) -> dict[str, Any]:
        rows, waiting = await rows_of(found, number), await pending(found, words, 20, case_no=number)
        return about_case(found, number, rows, waiting, words, masked)

    @router.get("/runs/{run}/cases/{number}/timeline")
    async def timeline(
        found: Named, number: int, shape: Annotated[Shape, Query(alias="format")] = Shape.JSON, masked: bool = True
    ) -> Any:
        rows = await rows_of(found, number)
        if shape is Shape.TEXT:
            return PlainTextResponse(timeline_text(number, rows, words))
        return {"case_no": number, "rows": [shown_row(row, words, masked=masked) for row in rows]}

    @router.get("/runs/{run}/cases/{number}/sequence.mmd")
    async def diagram(found: Named, number: int) -> Response:
        return Response(sequence(number, await rows_of(found, number), words), media_type=MERMAID)

    @router.post("/runs/{run}/cases/{number}/close")
    async def close(found: Named, number: int) -> dict[str, Any]:
        rows = await rows_of(found, number)
        if live_case(found, number) is not None:
            found.run.close_case(number)
            found.host.flush()
            await found.host.file.durable()
        waiting = await pending(found, words, 20, case_no=number)
        return about_case(found, number, rows, waiting, words, masked=True)


async def rows_of(found: Hosted, number: int) -> list[Record]:
    """Everything the journal has of a case. Raises Refusal for a number the run has not."""
    book = found.run.book
    if why_not := book.why_not(number):
        raise Refusal(Problem(404, "case_unknown", "没有这个办件", why_not, "核对办件号"))
    await found.host.file.durable()
    return await asyncio.to_thread(found.reads.of_case, number)


def live_case(found: Hosted, number: int) -> Case | None:
    """The case while it goes on."""
    world = found.run.worlds.get(found.run.book.region(number))
    return None if world is None else world.cases.get(number)


def about_case(
    found: Hosted, number: int, rows: list[Record], waiting: list[Event], words: Glossary, masked: bool
) -> dict[str, Any]:
    """Where a case stands: from the parties' files while it goes on, from the journal on disk afterwards."""
    case = live_case(found, number)
    if case is not None:
        status, tracks = "在办", _tracks_of(case, words)
    else:
        tracks = _tracks_in(rows, words)
        status = "已办结" if tracks else "存量" if number <= found.run.plan.stock else "已办结" if rows else "未开始"
    dossier = found.run.book.dossier(number)
    return {
        "case_no": number, "status": status, "read_from": "内存" if case is not None else "报文日志",
        "region": found.run.book.regions[dossier.region], "registry": next((r.registry for r in rows if r.registry), ""),
        "items": [item for item in ("power", "water", "gas", "cable_tv", "housing_fund") if dossier.chose(item)],
        "tracks": tracks, "open": [each for each in tracks if not each["end"]],
        "numbers": _numbers(rows, words, masked), "amounts": _amounts(rows, words),
        "waiting": [] if case is None else waiting, "rows": len(rows),
        "first": beijing(rows[0].t_ms) if rows else None, "last": beijing(rows[-1].t_ms) if rows else None,
    }  # fmt: skip


def _track(seat: str, track: str, state: str, key: str, words: Glossary) -> dict[str, Any]:
    return {
        "seat": seat, "seat_title": words.seat(seat), "track": track, "title": words.track(seat, track), "number": key,
        "state": state, "state_title": words.state(seat, track, state), "end": words.ends(seat, track, state),
    }  # fmt: skip


def _tracks_of(case: Case, words: Glossary) -> list[dict[str, Any]]:
    """Every track of every file of a case that goes on; remote systems keep theirs to themselves."""
    tracks = []
    for at in case.standings():
        if at.party.remote:
            continue
        key = dict(at.file.keys or ()).get(at.part.key, "") if at.part.key else ""
        for name, state in zip(at.part.track_names, at.states, strict=True):
            if state is not at.part.starts[at.part.track_names.index(name)] or at.part.key:
                tracks.append(_track(at.party.seat, name, state.name, key, words))
    return tracks


def _tracks_in(rows: list[Record], words: Glossary) -> list[dict[str, Any]]:
    """The last state that the journal has of each track."""
    last: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.track and row.state_to:
            last[row.receiver, row.track] = row.state_to
    return [_track(seat, track, state, "", words) for (seat, track), state in last.items()]


def _numbers(rows: list[Record], words: Glossary, masked: bool) -> list[dict[str, str]]:
    """Every business number that was said about a case, once, with what it is."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        operation = words.operation(row.kind)
        field = operation.ref if operation is not None else ""
        if row.reply and not field and (replied := words.operation(row.reply)) is not None:
            field = replied.ref
        if row.ref and field and (field, row.ref) not in found:
            number = masked_value(field, row.ref) if masked else row.ref
            found[field, row.ref] = {"field": field, "title": title_of(field), "number": number,
                                     "first_in": words.kind(row.kind)}  # fmt: skip
    return list(found.values())


def _amounts(rows: list[Record], words: Glossary) -> list[dict[str, Any]]:
    """Every amount that was said, in order."""
    return [
        {"t": beijing(row.t_ms), "kind": row.kind, "title": words.kind(row.kind), "from": words.seat(row.sender),
         "to": words.seat(row.receiver), "amount_fen": row.amount_fen, "amount": yuan(row.amount_fen),
         "outcome": row.outcome}
        for row in rows if row.amount_fen
    ]  # fmt: skip
