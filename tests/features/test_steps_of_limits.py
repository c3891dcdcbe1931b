"""A time limit is kept by what the judge says of its own promise, and by nothing else."""

from typing import Any

import pytest

from features.evidence import Seen
from features.steps.outcomes import in_time
from sim.judge.verdict import Result

PLAYED: Any = None
DECIDED, OTHER = "公积金提取在法定时限内作出决定", "核税时限"


def told(broken: dict[str, str], *judged: str) -> Result:
    return in_time(Seen(PLAYED, [], {}, (), True, {}, broken, judged), "公积金提取审核").result


def test_only_its_own_promise_counts_and_only_where_it_was_judged() -> None:
    assert told({}, DECIDED) is Result.KEPT
    assert told({DECIDED: "用了 9 个工作日"}, DECIDED) is Result.BROKEN
    assert told({OTHER: "时限已过"}, DECIDED) is Result.KEPT
    assert told({}, OTHER) is Result.NOT_OBSERVED


def test_a_limit_without_a_figure_is_judged_once_one_is_given() -> None:
    seen = Seen(PLAYED, [], {}, (), True, {}, {}, ())
    assert in_time(seen, "用水过户").result is Result.NO_FIGURE
    with pytest.raises(ValueError, match="时限有"):
        in_time(seen, "用水")
