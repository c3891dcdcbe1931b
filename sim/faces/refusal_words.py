"""A refusal in a sentence, for people to read (`sim.faces.refusals.Problem` is its shape)."""

from typing import Any


def words_of(told: Any) -> str:
    """What was wrong, why, and what to do next, without a full stop; "" where the body is no refusal of ours.

    Of several fields that will not do, each is told with its own next step.
    """
    if not (isinstance(told, dict) and {"error", "title", "detail", "next_step"} <= told.keys()):
        return ""
    fields = told.get("fields") or ()
    if len(fields) > 1:
        return _joined("，", told["title"], _joined("；", *map(_field, fields)))
    return _joined("；", _joined("，", told["title"], told["detail"]), told["next_step"])


def _field(found: dict[str, Any]) -> str:
    return _joined("，", _joined("：", found["path"], found["message"]), found["next_step"])


def _joined(mark: str, *parts: str) -> str:
    """What there is of it, with no stop in the middle."""
    return mark.join(filter(None, (str(part).rstrip("。") for part in parts)))
