"""A worker's sandboxes: each with its share of the cases, and all handling them alike."""

from typing import Any

import pytest

from loadtests.worker import SharesError, check_shares

URLS = ["http://a/runs/load", "http://b/runs/load"]
FIRST: dict[str, Any] = {"share": 0, "among": 2, "handling": "instant", "term_factor": 4}
SECOND = FIRST | {"share": 1}


def test_sandboxes_that_share_the_cases_and_handle_them_alike_will_do() -> None:
    check_shares(URLS, [FIRST, SECOND])


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (FIRST, "http://b/runs/load 办的是办件号除以 2 余 0 的，这里列在第 2 个、共 2 个"),
        (SECOND | {"among": 3}, "除以 3 余 1 的"),
        (SECOND | {"term_factor": 1}, "http://b/runs/load 的 --term-factor 是 1，http://a/runs/load 的是 4"),
        (SECOND | {"handling": "short"}, "--handling 是 short"),
    ],
)
def test_what_does_not_fit_together_is_said(second: dict[str, Any], said: str) -> None:
    with pytest.raises(SharesError, match=said):
        check_shares(URLS, [FIRST, second])
