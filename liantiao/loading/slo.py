"""Service levels under load: limits from a TOML file, each with its source, held against what was measured."""

import tomllib
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final

from loadtests.recorder import Recorder
from sim.package import SCENARIOS
from sim.plain import PlainError

LIMITS: Final = ("limit_ms", "errors", "rate", "lapsed")
"""What a service level may limit; each limits one of them."""
KEYS: Final = {*LIMITS, "title", "operation", "percentile", "least_cases", "source"}


class SloError(PlainError):
    """A file of service levels that cannot be used; the message says where and what would do."""


def read_slos(path: Path | None, package: str) -> list[dict[str, Any]]:
    """The service levels of a file, or those of the package. Raises SloError."""
    where = path or SCENARIOS / package / "slo.toml"
    if path is None and not where.is_file():
        return []
    try:
        told = tomllib.loads(where.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SloError(f"指标文件 {where} 读不了（{error}）；核对路径与 TOML 写法。") from None
    slos = told.get("slo", [])
    if set(told) - {"slo"} or not isinstance(slos, list):
        raise SloError(f"指标文件 {where} 只能有 [[slo]]；每项一段。")
    for number, each in enumerate(slos, 1):
        _check(each, f"{where} 第 {number} 项")
    return slos


def _check(slo: Any, where: str) -> None:
    unknown = sorted(set(slo) - KEYS)
    if unknown:
        raise SloError(f"{where}不认识“{unknown[0]}”；可用：{'、'.join(sorted(KEYS))}。")
    if not slo.get("title") or not slo.get("source"):
        raise SloError(f'{where}缺 title 或 source；没有出处的写 source = "自定"。')
    if sum(name in slo for name in LIMITS) != 1:
        raise SloError(f"{where}应恰有 {'、'.join(LIMITS)} 之一。")
    for name in (*LIMITS, "percentile", "least_cases"):
        if name in slo and not _is_number(slo[name]):
            raise SloError(f"{where}的 {name} 应为不小于 0 的数。")
    for name in ("errors", "lapsed"):
        if slo.get(name, 0) > 1:
            raise SloError(f"{where}的 {name} 是占比，应不大于 1，如 0.05。")
    if "limit_ms" in slo and not 0 < slo.get("percentile", 0) <= 100:
        raise SloError(f"{where}给了 limit_ms，还要给 percentile，如 95。")
    if "least_cases" in slo and "lapsed" not in slo:
        raise SloError(f"{where}没有 lapsed，不能给 least_cases。")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0


def held(
    slos: list[dict[str, Any]], recorder: Recorder, cases_per_s: float, ends: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Each service level with what was measured and whether it was met: None where nothing was measured, or too little.

    `ends` tells how many cases ended in which way.
    """
    return [{**slo, **_measured(slo, recorder, cases_per_s, ends)} for slo in slos]


def _measured(slo: dict[str, Any], recorder: Recorder, cases_per_s: float, ends: Mapping[str, int]) -> dict[str, Any]:
    if "rate" in slo:
        return {"seen": round(cases_per_s, 2), "limit": slo["rate"], "met": cases_per_s >= slo["rate"]}
    if "lapsed" in slo:
        return _lapsed(slo, ends.get("lapsed", 0), sum(ends.values()))
    operation = slo.get("operation", "")
    if operation and operation not in recorder.operations:
        return {"seen": None, "limit": slo.get("limit_ms", slo.get("errors")), "met": None}
    latency = recorder.whole("latency", [operation] if operation else None)
    if "limit_ms" in slo:
        seen = latency.percentile(slo["percentile"] / 100)
        return {"seen": seen, "limit": slo["limit_ms"], "met": seen <= slo["limit_ms"] if latency else None}
    failed = sum(
        count for name, count in recorder.outcomes.items()
        if name.startswith(f"{operation} " if operation else "") and " failed" in name
    )  # fmt: skip
    share = failed / latency.total() if latency else 0.0
    return {"seen": round(share, 5), "limit": slo["errors"], "met": share <= slo["errors"] if latency else None}


def _lapsed(slo: dict[str, Any], lapsed: int, ended: int) -> dict[str, Any]:
    """Some people never act, so a few cases lapse; of few cases their share is seen but says nothing."""
    if not ended:
        return {"seen": None, "limit": slo["lapsed"], "met": None}
    share, enough = lapsed / ended, ended >= slo.get("least_cases", 0)
    return {"seen": round(share, 5), "limit": slo["lapsed"], "met": share <= slo["lapsed"] if enough else None}
