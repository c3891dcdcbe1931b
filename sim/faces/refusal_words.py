"""A refusal that came over HTTP, for people to read (`sim.faces.refusals.Problem` is its shape)."""

from typing import Any


def words_of(told: Any) -> str:
    """What was wrong, why, and what to do next, without a full stop; "" where the body is no refusal of ours."""
    if not (isinstance(told, dict) and {"error", "title", "detail", "next_step"} <= told.keys()):
        return ""
    why = "，".join(filter(None, (str(told[part]).rstrip("。") for part in ("title", "detail"))))
    return "；".join(filter(None, (why, str(told["next_step"]).rstrip("。"))))
