"""What people call seats, operations, tracks, states and outcomes."""

from datetime import datetime, timedelta, timezone

from sim.faces.doors import Directory
from sim.faces.error_list import body_errors, errors_of
from sim.gate import UNEXPECTED
from sim.message import Message, Operation, Refused
from sim.table import Role

BEIJING = timezone(timedelta(hours=8))
SECOND = {"city_platform": "市级平台", "local_hub": "本地“税费同缴”", "local_tax": "本地税务", "local_non_tax": "本地非税",
          "local_pay": "本地支付"}  # fmt: skip
"""Seats at which a role sits a second time."""


def beijing(t_ms: int) -> str:
    """A moment as ISO 8601 in Beijing time."""
    return datetime.fromtimestamp(t_ms / 1_000, BEIJING).isoformat(timespec="milliseconds")


class Glossary:
    """Chinese names for everything a journal row names in code."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.kinds: dict[str, type[Message]] = dict(directory.kinds)
        self.kinds |= {kind.op.name: kind for role in directory.roles.values() for kind in role.where}
        """Every kind that a row may be of, by its name."""
        self._states = {
            (role.name, track.name, state.name): (track.title, state.title, state.end)
            for role in directory.roles.values() for track in role.tracks for state in track.states
        }  # fmt: skip
        self._tracks = {
            (role.name, track.name): track.title for role in directory.roles.values() for track in role.tracks
        }

    def role(self, seat: str) -> Role | None:
        """The role at a seat."""
        return self.directory.roles.get(self.directory.seats.get(seat, ""))

    def seat(self, seat: str) -> str:
        """税务."""
        role = self.role(seat)
        return SECOND.get(seat) or (role.title if role is not None else seat)

    def operation(self, kind: str) -> Operation | None:
        """The declaration of an operation, by its name."""
        known = self.kinds.get(kind)
        return None if known is None else known.op

    def kind(self, kind: str) -> str:
        """涉税信息申报."""
        known = self.kinds.get(kind)
        if known is not None and not issubclass(known, Refused):
            return known.op.title
        asked = self.kinds.get(kind.removesuffix(":refused"))
        return f"{asked.op.title}被退回" if asked is not None else kind

    def track(self, seat: str, track: str) -> str:
        """The title of a track of the role at a seat."""
        return self._tracks.get((self.directory.seats.get(seat, ""), track), track)

    def state(self, seat: str, track: str, state: str) -> str:
        """The title of a state."""
        return self._states.get((self.directory.seats.get(seat, ""), track, state), ("", state, False))[1]

    def ends(self, seat: str, track: str, state: str) -> bool:
        """Whether nothing is outstanding in a state."""
        return self._states.get((self.directory.seats.get(seat, ""), track, state), ("", "", False))[2]

    def outcome(self, kind: str, outcome: str) -> str:
        """What became of a message: 已收, or the title of its refusal or fault."""
        sort, _, code = outcome.partition(":")
        if sort == "ok":
            return "已收"
        operation = self.operation(kind)
        own = errors_of(operation) if operation is not None else ()
        title = {error.code: error.title for error in (*body_errors(), UNEXPECTED, *own)}.get(code, code)
        return f"退回：{title}" if sort == "refused" else f"技术故障：{code}"
