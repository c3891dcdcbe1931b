"""A watch on the rules: while it lasts, every action and query of every role is held to law 4, and what ran is known."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sim.message import Answers, Message, Shape
from sim.party import File, Party, Standing
from sim.posts import ANSWER, REPLY, Asked, Posts, Refusal
from sim.table import Action, Query, Role, Row, State

OWN_AFFAIRS = frozenset({"case", "keys", "party", "settings", "standing"})
"""What of a file is the runtime's, or the same for all, and no fact of the case."""


def is_told(kind: type[Message]) -> bool:
    """Whether messages of this kind come by the seat; all but the timers of a state do, also what a party tells a file
    of its own by number."""
    return kind.op.shape is not Shape.TIMER or kind.op.by != "case"


class Heard(NamedTuple):
    """A message some rule heard: who said it to whom, about which case."""

    sender: str
    receiver: str
    case_no: int
    body: Message


class Watch:
    """`ran` counts the rules that ran, `reached` holds the states that one of them led to; `unanswered` holds requests to be
    answered later that were not answered yet.

    With `keep` told, every message that rules hear from others is kept in `heard`.
    """

    def __init__(self, roles: Iterable[Role], *, keep: bool = False) -> None:
        self.roles, self.keep = list(dict.fromkeys(roles)), keep
        self.ran: Counter[Row] = Counter()
        self.reached: set[State] = set()
        self.heard: list[Heard] = []
        self.unanswered: set[tuple[Party, int]] = set()
        self.answered: set[tuple[Party, int]] = set()
        self.last: tuple[Standing, Row, Posts] | None = None
        self._rules: list[tuple[Row, Action]] = []
        self._queries: list[tuple[Role, dict[type[Message], Query]]] = []

    def __enter__(self) -> "Watch":
        for role in self.roles:
            self._queries.append((role, dict(role.queries)))
            role.queries.update({kind: self._query(kind, query) for kind, query in role.queries.items()})
        rules = [rule for role in self.roles for track in role.tracks for rule in track.rows]
        for rule in dict.fromkeys(rules):  # buyers and sellers share some
            self._rules.append((rule, rule.action))
            rule.action = self._action(rule, rule.action)
        return self

    def __exit__(self, *error: object) -> None:
        for rule, action in self._rules:
            rule.action = action
        for role, queries in self._queries:
            role.queries.update(queries)

    def _action(self, rule: Row, action: Action) -> Action:
        op, errors, ran = rule.kind.op, rule.kind.op.errors, self.ran
        told = is_told(rule.kind)
        replies = {Answers.NOW: {1}, Answers.LATER: {0, 1}}.get(op.answers, {0})

        def watched(file: File, heard: Message) -> Posts:
            ran[rule] += 1
            if told and self.keep:
                self._keep(file, heard)
            posts = action(file, heard)
            self.last = file.standing, rule, posts
            if isinstance(posts, Refusal):
                assert posts.error in errors, f"{rule} refuses by {posts.error.code}, which {op.name} does not declare"
                return posts
            self.reached.add(rule.next)
            said = [post for post in posts if post[0] == REPLY]
            assert len(said) in replies, f"{rule} replies {len(said)} times to {op.name}, answered {op.answers}"
            assert all(type(body).op.shape is Shape.REPLY for _, _, _, body in said), f"{rule} replies with no reply"
            if op.answers is Answers.LATER:
                self.unanswered.add((file.party, file.asked.id))
                for _ in said:
                    self._answer(rule, file.party, file.asked)
            for how, asked, _, _ in posts:
                if how == ANSWER:
                    self._answer(rule, file.party, asked)
            return posts

        return watched

    def _keep(self, file: File, heard: Message) -> None:
        self.heard.append(Heard(file.sender, file.party.seat, file.case.number, heard))

    def _answer(self, rule: Row, party: Party, asked: Asked) -> None:
        request = (party, asked.id)
        assert request not in self.answered, f"{rule} answers request {asked.id} a second time"
        assert request in self.unanswered, f"{rule} answers request {asked.id}, which was not to be answered later"
        self.unanswered.discard(request)
        self.answered.add(request)

    def _query(self, kind: type[Message], query: Query) -> Callable[[Any, Any], Message | Refusal]:
        def watched(file: File, heard: Message) -> Message | Refusal:
            before = _facts(file)
            said = query(file, heard)
            assert _facts(file) == before, f"the query {kind.op.name} changed what {file.party.seat} knows"
            if self.keep:
                self._keep(file, heard)
            if isinstance(said, Refusal):
                assert said.error in kind.op.errors, f"{kind.op.name} does not declare {said.error.code}"
            else:
                assert type(said).op.shape is Shape.REPLY, f"{kind.op.name} is answered by no reply"
            return said

        return watched


def _facts(file: File) -> dict[str, str]:
    slots = [slot for kind in type(file).__mro__ for slot in getattr(kind, "__slots__", ()) if slot not in OWN_AFFAIRS]
    return {slot: repr(getattr(file, slot, None)) for slot in slots} | {"tracks": repr(file.states)}
