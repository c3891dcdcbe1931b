"""What the OpenAPI document promises, held against a real server by generated requests: every operation of every seat.

LIANTIAO_FUZZ sets how many requests are made in all; the short mode of the suite makes 2,000, the long one 20,000.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from sim.faces.openapi import Documents
from tests.sim.faces.served import DIRECTORY, Served, served

SHORT, LONG = 2_000, 20_000
ALLOWED_5XX = {503, 504}
SEATS = [seat for seat, doors in DIRECTORY.doors.items() if doors.doors]
OPERATIONS = sum(len(DIRECTORY.doors[seat].doors) for seat in SEATS)
HOLD = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("server")
    with served(folder / "data") as found:
        for seat in SEATS:
            found.run_for(seat)
        yield found


def fuzz(server: Served, seat: str, total: int) -> Counter[int]:
    """Generated requests, lawful and not, at every operation of a seat."""
    run = seat.replace("_", "-")
    document = Documents(DIRECTORY).seat(seat, server.address, run, signed=False)
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=f"{server.address}/runs/{run}/{seat}")
    seen: Counter[int] = Counter()
    each = -(-total // (2 * OPERATIONS))
    with requests.Session() as session:
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

                @settings(max_examples=each, database=None, derandomize=True, phases=[Phase.generate],
                          suppress_health_check=list(HealthCheck))  # fmt: skip
                @given(case=operation.as_strategy(generation_mode=mode))
                def hold(case: schemathesis.Case) -> None:
                    response = case.call(session=session, timeout=20)
                    seen[response.status_code] += 1
                    assert response.status_code < 500 or response.status_code in ALLOWED_5XX, response.text
                    case.validate_response(response, checks=HOLD)

                hold()
            server.control("POST", f"/runs/{run}/clock/advance", {"by_ms": 60_000})
    return seen


def held(server: Served, seat: str, total: int) -> None:
    seen = fuzz(server, seat, total)
    assert sum(seen.values()) >= total * len(DIRECTORY.doors[seat].doors) / OPERATIONS * 0.8, seen
    about = server.control("GET", f"/runs/{seat.replace('_', '-')}")
    assert about["broken"] == ""


@pytest.mark.parametrize("seat", SEATS)
def test_every_operation_keeps_what_its_document_says(server: Served, seat: str) -> None:
    held(server, seat, int(os.environ.get("LIANTIAO_FUZZ", SHORT)))


@pytest.mark.slow
@pytest.mark.skipif("LIANTIAO_SLOW" not in os.environ, reason="the long mode: set LIANTIAO_SLOW=1")
@pytest.mark.parametrize("seat", SEATS)
def test_every_operation_keeps_it_in_the_long_mode(server: Served, seat: str) -> None:
    held(server, seat, LONG)
