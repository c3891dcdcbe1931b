"""Faults as JSON values and back: how a run's journal keeps them, so that a replay lays exactly the same ones."""

from dataclasses import fields
from typing import Any

from sim.durations import STEPS, Duration
from sim.faults import Effect, Fault

_PLAIN = tuple(each.name for each in fields(Fault) if each.name not in ("effect", "delay"))


def fault_as_json(fault: Fault) -> dict[str, Any]:
    """Every value of a fault that is not left at what it is without saying; lists for tuples."""
    told: dict[str, Any] = {"effect": fault.effect.value}
    for each in fields(Fault):
        if each.name in _PLAIN:
            value = getattr(fault, each.name)
            if value != each.default:
                told[each.name] = list(map(_plain, value)) if isinstance(value, tuple) else value
    if fault.delay is not None:
        told["delay"] = _delay_as_json(fault.delay)
    return told


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _delay_as_json(delay: Any) -> dict[str, Any]:
    if not isinstance(delay, Duration):
        raise TypeError(f"a delay of {type(delay).__name__} cannot be kept")
    first = delay.steps[0]
    steps = {"fixed_ms": first} if set(delay.steps) == {first} else {"steps": list(delay.steps)}
    return {**steps, "working": delay.working, "source": delay.source}


def fault_from_json(told: dict[str, Any]) -> Fault:
    """The fault that `fault_as_json` told of."""
    values: dict[str, Any] = {
        name: tuple(map(_kept, value)) if isinstance(value, list) else value for name, value in told.items()
    }
    values["effect"] = Effect(told["effect"])
    if "delay" in told:
        delay = told["delay"]
        steps = (delay["fixed_ms"],) * STEPS if "fixed_ms" in delay else tuple(delay["steps"])
        values["delay"] = Duration(steps, delay["working"], delay["source"])
    return Fault(**values)
