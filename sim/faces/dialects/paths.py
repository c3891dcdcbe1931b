"""Dotted paths: `a.b[].c` is the field c of every entry of the list b in a."""

import re
from typing import Any, Final

Steps = tuple[tuple[str, bool], ...]
"""(name, whether a list lies there)."""
NAME: Final = re.compile(r"[^\s.\[\]:=&?#/{}<>\"']{1,80}")
MISSING: Final[Any] = object()


def steps_of(path: str) -> Steps:
    """The steps of a path, "" having none. Raises ValueError with what is wrong."""
    if not path:
        return ()
    found = []
    for part in path.split("."):
        name = part.removesuffix("[]")
        if not NAME.fullmatch(name):
            raise ValueError(f"“{path}”不是路径：应为以点分隔的名称，列表后加 []")
        found.append((name, name != part))
    return tuple(found)


def text_of(steps: Steps) -> str:
    """The path that these steps are."""
    return ".".join(name + "[]" * is_list for name, is_list in steps)


def depth(steps: Steps) -> int:
    """How many lists lie on the way."""
    return sum(is_list for _, is_list in steps)


def take(tree: Any, steps: Steps) -> Any:
    """What lies there: a list for every list on the way; MISSING where nothing does."""
    for at, (name, is_list) in enumerate(steps):
        if not isinstance(tree, dict) or name not in tree:
            return [] if is_list else MISSING
        tree = tree[name]
        if is_list:
            entries = tree if isinstance(tree, list) else [] if tree in (None, "") else [tree]
            rest = steps[at + 1 :]
            return [take(entry, rest) for entry in entries] if rest else entries
    return tree


def put(tree: dict[str, Any], steps: Steps, value: Any) -> None:
    """Lay a value there, a list for every list on the way; MISSING lays nothing. Raises ValueError where something else is."""
    name, is_list = steps[0]
    rest = steps[1:]
    if is_list:
        entries = tree.setdefault(name, [])
        if not isinstance(entries, list) or not isinstance(value, list):
            raise ValueError(f"“{name}”处应为列表")
        if not rest:
            entries.extend(value)
            return
        for at, each in enumerate(value):
            if at == len(entries):
                entries.append({})
            put(entries[at], rest, each)
    elif rest:
        inside = tree.setdefault(name, {})
        if not isinstance(inside, dict):
            raise ValueError(f"“{name}”处应为对象")
        put(inside, rest, value)
    elif value is not MISSING:
        tree[name] = value


def lay_default(tree: Any, steps: Steps, value: Any) -> None:
    """Lay a value at every place that has none."""
    (name, is_list), rest = steps[0], steps[1:]
    if is_list:
        for entry in tree.setdefault(name, []) if rest else ():
            lay_default(entry, rest, value)
    elif rest:
        lay_default(tree.setdefault(name, {}), rest, value)
    else:
        tree.setdefault(name, value)
