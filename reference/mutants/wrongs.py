"""What can be wrong with what a rule says: lost, doubled, held back, sent elsewhere, mixed up, with other contents."""

from collections.abc import Callable
from copy import copy
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, get_args, get_origin, get_type_hints

from reference.mutants.mutant import Extras
from reference.mutants.rules import Change
from sim.message import Message
from sim.posts import Post

Meant = Callable[[Post], bool]
Rewrite = Callable[[Any], Any]
WRONG_SEATS: Final = {
    "buyer": "seller", "seller": "buyer", "clerk": "buyer", "portal": "hub", "registry": "portal", "tax_hub": "gov_platform",
    "pay": "tax", "hub": "data_exchange", "tax": "non_tax", "non_tax": "tax", "power": "water", "water": "gas", "gas": "water",
    "cable_tv": "power", "housing_fund": "housing", "housing": "data_exchange", "gov_platform": "city_platform",
    "city_platform": "gov_platform", "data_exchange": "housing", "notify": "gov_platform",
}  # fmt: skip
"""Who gets by mistake what is meant for whom."""


def meant(how: int, seat: str, kind: type[Message]) -> Meant:
    """Whether a post is the one meant."""
    return lambda post: post[0] == how and (not seat or post[1] == seat) and type(post[3]) is kind


def lost(is_meant: Meant) -> Change:
    """It is never sent."""
    return lambda file, heard, posts: [post for post in posts if not is_meant(post)]


def twice(is_meant: Meant) -> Change:
    """It is sent two times."""
    return lambda file, heard, posts: [each for post in posts for each in ([post, post] if is_meant(post) else [post])]


def elsewhere(is_meant: Meant, seat: str) -> Change:
    """Somebody else gets it."""
    return lambda file, heard, posts: [(post[0], seat, *post[2:]) if is_meant(post) else post for post in posts]


def rewritten(is_meant: Meant, rewrite: Rewrite) -> Change:
    """It says something else."""
    return lambda file, heard, posts: [(*post[:3], rewrite(post[3])) if is_meant(post) else post for post in posts]


def telling_too_much(is_meant: Meant, extras: Extras) -> Change:
    """It carries the buyer's number and telephone, which it need not."""

    def change(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
        buyer = file.dossier.buyers[0]
        more = {"buyer_id_no": buyer.id_no, "buyer_phone": buyer.phone}
        return [(*post[:3], extras.add(copy(post[3]), more)) if is_meant(post) else post for post in posts]

    return change


class HeldBack:
    """Keeps what is meant, case by case, until the next thing has been dealt with."""

    def __init__(self, is_meant: Meant) -> None:
        self._is_meant = is_meant
        self._kept: dict[tuple[int, str], list[Post]] = {}

    def hold(self, file: Any, heard: Any, posts: list[Post]) -> list[Post]:
        """Do not say it yet."""
        posts = self.say(file, heard, posts)
        own = [post for post in posts if self._is_meant(post)]
        if own:
            self._kept[file.case.number, file.party.seat] = own
        return [post for post in posts if not self._is_meant(post)]

    def say(self, file: Any, heard: Any, posts: list[Post]) -> list[Post]:
        """Say it now, after all the rest."""
        return posts + self._kept.pop((file.case.number, file.party.seat), [])


class Mixed:
    """Says in one case what belongs to the case before it."""

    def __init__(self, is_meant: Meant) -> None:
        self._is_meant = is_meant
        self._last: tuple[int, Message] | None = None

    def change(self, file: Any, heard: Any, posts: list[Post]) -> list[Post]:
        """What was said last in another case is said here."""
        return [self._mixed(file.case.number, post) if self._is_meant(post) else post for post in posts]

    def _mixed(self, number: int, post: Post) -> Post:
        last, self._last = self._last, (number, post[3])
        return post if last is None or last[0] == number else (*post[:3], last[1])


# ---- contents ----------------------------------------------------------------------------------------------------------
def has_fields(kind: type[Message]) -> bool:
    """Whether it says anything that could be another case's."""
    return bool(fields(kind))  # type: ignore[arg-type]


def amounts_in(kind: type[Message]) -> list[tuple[str, ...]]:
    """Where a message names money."""
    return [path for path in _paths(kind) if path[-1].endswith("_fen")]


def texts_in(kind: type[Message]) -> list[str]:
    """The texts and lists at the top of a message, and records with a text of their own."""
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]
    return [
        name for name in names if hints[name] is str or get_origin(hints[name]) is tuple or is_dataclass(hints[name])
    ]


def _paths(record: Any) -> list[tuple[str, ...]]:
    hints = get_type_hints(record)
    found: list[tuple[str, ...]] = []
    for each in fields(record):
        hint = hints[each.name]
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        found += [(each.name, *path) for path in _paths(inner)] if is_dataclass(inner) else [(each.name,)]
    return found


def one_fen_more(path: tuple[str, ...]) -> Rewrite:
    """The amount at that place is a fen too high; in a list, that of the first."""

    def more(value: Any, rest: tuple[str, ...] = path) -> Any:
        if not rest:
            return value + 1
        if isinstance(value, tuple):
            return (more(value[0], rest), *value[1:]) if value else value
        if value is None:
            return None
        return replace(value, **{rest[0]: more(getattr(value, rest[0]), rest[1:])})

    return more


def without(name: str) -> Rewrite:
    """The field is empty; of a record, its first text."""

    def blank(value: Any) -> Any:
        return replace(value, **{name: _empty(getattr(value, name))})

    return blank


def _empty(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    if isinstance(value, tuple):
        return ()
    if not is_dataclass(value):
        return value
    text = next((each.name for each in fields(value) if isinstance(getattr(value, each.name), str)), "")
    return replace(value, **{text: ""}) if text else value  # type: ignore[type-var]
