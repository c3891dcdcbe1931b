"""The in-face for seats that speak a dialect: a request of theirs heard and answered in their own way."""

from typing import TYPE_CHECKING

from sim.faces import refusals
from sim.faces.acting import Struck, Told, act_out
from sim.faces.bodies import BodyError
from sim.faces.dialects import hearing
from sim.faces.dialects.manners import OURS
from sim.faces.dialects.speech import Heard
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem
from sim.faces.senders import busy
from sim.faces.signatures import SignatureError
from sim.faces.wire import Receive, Scope, Send, respond
from sim.runs.busy import BusyError
from sim.runs.exchanges import CaseUnknownError, SeatAbsentError

if TYPE_CHECKING:
    from sim.faces.http_in import Faces


async def hear_spoken(
    faces: "Faces", scope: Scope, hosted: Hosted, spoken: Heard, raw: bytes
) -> Problem | Told | Struck:
    """A request in a dialect, heard."""
    scope["spoken"], door = spoken, spoken.door
    scope["operation"] = door.kind.op.name
    try:
        signs = spoken.manner.signing.kind == OURS
        headers = dict(scope["headers"])
        sender = (
            faces._sender(scope, hosted, spoken.seat, door, headers, raw)
            if signs
            else hearing.sender_of(hosted, spoken)
        )
    except SignatureError as error:
        return Problem(401, error.code, "签名不符", str(error), error.next_step)
    if isinstance(sender, Problem):
        return sender
    case_no = 0
    try:
        said = hearing.read(spoken, hosted.numbers)
        if isinstance(said, hearing.Said):
            case_no = said.case_no or 0
            if door.fetches:
                return await faces._fetch(hosted, sender, spoken.seat, door)
            heard = await hosted.host.hear(sender, spoken.seat, said.body, said.case_no, said.theirs, raw=raw)
            told = faces._answer(hosted, door, heard)
            return told if heard.open.strike is None else Struck(heard.open.strike, told)
        if said.error == "bad_signature":  # anybody could have said it: it is refused, and leaves no row
            return said
        problem, code = said, said.error
    except BodyError as error:
        problem, code = refusals.of_body(door.kind.op, error), refusals.code_of_body(door.kind.op, error)
    except CaseUnknownError as error:
        problem, code = Problem(404, "case_unknown", "没有这个办件", str(error), "核对办件号"), "case_unknown"
    except SeatAbsentError as error:
        return Problem(404, "seat_absent", "办件所在地区没有这个席位", str(error), "改用该地区的席位")
    except BusyError as error:
        return busy(error)
    hosted.host.note_malformed(sender, spoken.seat, door.kind, case_no, raw, code)
    await hosted.host.file.durable()
    return problem


async def tell_spoken(
    faces: "Faces", scope: Scope, receive: Receive, send: Send, told: Problem | Told | Struck, took: float
) -> None:
    """Answer such a request, in its dialect."""
    _, _, run, seat, _ = scope["path"].split("/", 4)
    inner = told.told if isinstance(told, Struck) else told
    shown = scope["spoken"].shown(inner)
    if isinstance(told, Struck):
        faces.tally.count(seat, scope["operation"], 0, f"fault:{told.strike.name}", took)
        host = faces.runs[run].host
        waits = host.is_live or not host.follower
        await act_out(told.strike, shown, scope, receive, send, live=host.is_live, waits=waits)
    else:
        outcome = inner.error if isinstance(inner, Problem) else "ok" if inner[0] == 200 else "answer_pending"
        faces.tally.count(seat, scope["operation"], shown[0], outcome, took)
        await respond(send, *shown)
