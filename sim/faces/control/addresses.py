"""A path that leads nowhere, or a method that it does not take: answered with the nearest that there is."""

from collections.abc import Collection, Iterator
from typing import Any

from fastapi import FastAPI, Request

from sim.faces.control.run_rules import nearest
from sim.faces.refusals import Problem

LOOK_UP = "查 /control/openapi.json"
PUBLIC = ("/docs", "/openapi.json", "/control/openapi.json", "/healthz", "/metrics")
"""What is open to everybody."""


def nowhere(request: Request, seats: Collection[str]) -> Problem:
    """No route has this path."""
    path = request.url.path
    near = nearest(path, [each for each in _candidates(request.app, path, seats) if each != path])
    hint = f"最接近的地址是 {near}" if near else ""
    step = f"改为 {near}，或{LOOK_UP}" if near else LOOK_UP
    return Problem(
        404, "http_404", "没有这个地址", "；".join(filter(None, (f"没有 {path}", hint))), step, more={"nearest": near}
    )


def wrong_method(request: Request, allowed: str) -> Problem:
    """There is such a path, for other methods; those of the route that was found first are `allowed`, as HTTP lists them."""
    path, calls = request.url.path, _calls(request.app)
    own = {method.upper() for template in calls if _is_like(path, template) for method in calls[template]}
    methods = sorted(own or {each.strip() for each in allowed.split(",") if each.strip()})
    detail = f"{path} 只接受 {'、'.join(methods)}，不接受 {request.method}"
    allow = ((b"allow", ", ".join(methods).encode()),)
    step = f"改用 {methods[0]}" if methods else LOOK_UP
    return Problem(405, "http_405", "方法不对", detail, step, more={"allow": methods}, headers=allow)


def _calls(app: FastAPI) -> dict[str, dict[str, Any]]:
    """The calls of the control API: methods by path, names in braces."""
    found: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return found


def _is_like(path: str, template: str) -> bool:
    given, parts = path.split("/"), template.split("/")
    return len(given) == len(parts) and all(
        part.startswith("{") or part == each for each, part in zip(given, parts, strict=True)
    )


def _candidates(app: FastAPI, path: str, seats: Collection[str]) -> Iterator[str]:
    """What may have been meant: our paths, with the names that were given in them, and the same path below each seat."""
    given = path.split("/")
    for template in (*_calls(app), *PUBLIC):
        yield "/".join(
            given[place] if part.startswith("{") and given[place:] and given[place] else part
            for place, part in enumerate(template.split("/"))
        )
    if given[1:2] == ["runs"] and len(given) > 3:
        yield from ("/".join([*given[:3], seat, *given[4:]]) for seat in seats)
