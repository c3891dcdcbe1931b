"""Local days and years of instants, the way business numbers carry them. No table, no clock: arithmetic only."""

from datetime import UTC, datetime
from functools import lru_cache

DAY_MS = 86_400_000
UTC8_MS = 8 * 3_600_000


@lru_cache(maxsize=4096)
def _compact(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y%m%d")


def compact_day(ms: int) -> str:
    """The local day of an instant as eight digits, e.g. 20241126."""
    return _compact((ms + UTC8_MS) // DAY_MS)


def year_of(ms: int) -> int:
    """The local year of an instant."""
    return int(compact_day(ms)[:4])
