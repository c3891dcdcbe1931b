"""Parties: who sits at a seat, and what they know of a case."""

from typing import TYPE_CHECKING, Any

from sim.draws import draw, salt
from sim.message import Message
from sim.posts import Asked
from sim.table import Part, Role, State

if TYPE_CHECKING:
    from sim.remote import Line


class Standing:
    """Where a file's tracks stand: the runtime's side of it.

    It is one class for all files, so that the interpreter's caches hold where every delivery passes; the facts of a file
    live in `File`, of which every party has its own.
    """

    __slots__ = ("case", "epochs", "file", "heard", "part", "party", "states", "timers")

    def __init__(self, file: "File", party: "Party", case: Any, part: "Part[Any]") -> None:
        self.file, self.party, self.case, self.part = file, party, case, part
        self.states = part.starts.copy()
        self.epochs = part.ones.copy()
        self.timers = part.zeros.copy()
        self.heard: tuple[Any, ...] = ()


class File:
    """What a party knows of one case, or of one numbered thing within it. Subclasses add their facts as slots."""

    __slots__ = ("case", "dossier", "keys", "party", "settings", "standing")

    def __init__(self, party: "Party", case: Any, part: "Part[Any]") -> None:
        self.party, self.case = party, case
        self.dossier: Any = case.dossier
        """The facts of the case that its applicants brought along."""
        arranged = getattr(self.dossier, "circumstances", None)
        self.settings: Any = party.settings if arranged is None else arranged.settings(party.settings)
        """The settings of the party this file belongs to, as they are for this case."""
        self.standing = Standing(self, party, case, part)
        self.keys: list[tuple[str, str]] | None = None

    @property
    def part(self) -> "Part[Any]":
        """Which part of its role this file belongs to."""
        return self.standing.part

    @property
    def states(self) -> "list[State]":
        """The state of every track."""
        return self.standing.states

    @property
    def now_ms(self) -> int:
        """When the message being heard was heard."""
        return self.standing.heard[0]  # type: ignore[no-any-return]

    @property
    def sender(self) -> str:
        """The seat that sent the message being heard."""
        return self.standing.heard[3].sender.seat  # type: ignore[no-any-return]

    @property
    def asked(self) -> Asked:
        """The request being heard, to be answered later."""
        heard = self.standing.heard
        return Asked(heard[7], heard[2])

    def draw(self, purpose: bytes, n: int = 0) -> float:
        """A number in [0, 1) that depends on seed, case, seat, purpose and attempt only."""
        return draw(self.case.salt ^ self.party.salt, purpose, n)

    def arranged_reason(self, what: str) -> str:
        """The code of the reason that was arranged for `what` to go wrong in this case, or ""."""
        arranged = getattr(self.dossier, "circumstances", None)
        return "" if arranged is None else arranged.reasons.get(what, "")

    def enter(self, ledger: str, key: str) -> None:
        """Make this file known under a business number, until the case is let go."""
        self.party.ledgers.setdefault(ledger, {})[key] = self
        if self.keys is None:
            self.keys = []
        self.keys.append((ledger, key))

    def state(self, track: str) -> State:
        """The state of one track of this file."""
        return self.states[self.part.track_names.index(track)]


class Party:
    """Someone in a seat: a role, its settings, the seats it is linked to and its ledgers."""

    __slots__ = ("index", "ledgers", "line", "links", "out", "remote", "role", "salt", "seat", "settings")

    def __init__(self, role: Role, seat: str, settings: Any = None, links: dict[str, str] | None = None) -> None:
        self.role, self.seat, self.settings = role, seat, settings
        self.links = links or {}
        self.ledgers: dict[str, dict[str, File]] = {}
        self.out: dict[str, dict[type[Message], Any]] = {}
        self.index = -1
        self.remote = False
        """Whether a real system sits here."""
        self.line: Line | None = None
        """How it is reached then (`sim.remote`)."""
        self.salt = 0 if seat == role.name else salt(0, "seat", seat)
        """Parts the luck of a role's second seat from the first's; purposes already name the role."""

    def open(self, case: Any, part: Part[Any]) -> File:
        """A new file of one of the role's parts."""
        return part.file(self, case, part)  # type: ignore[no-any-return]
