"""What the server counts, and what machines ask of it."""

import json
import re
from pathlib import Path

from sim.faces.tally import BOUNDS_S, Tally
from tests.sim.faces.served import served

LINE = re.compile(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? -?[0-9.e+-]+')


def test_requests_are_counted_by_operation_and_outcome(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--real", "hub=") as server:
        head = {"X-Sender": "hub", "X-Case-No": "1"}
        for _ in range(3):
            assert server.ask("GET", "/runs/demo/tax/vouchers/1", headers={"X-Sender": "hub"})[0] == 404
        assert server.ask("POST", "/runs/demo/tax/declarations", b"{", head)[0] == 400
        assert server.ask("POST", '/runs/demo/tax/x"y', b"{", head)[0] == 404
        status, headers, page = server.ask("GET", "/metrics")
        assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        lines = page.decode().splitlines()
        assert (
            'liantiao_requests_total{seat="tax",operation="tax.query_bill",status="404",outcome="not_found"} 3' in lines
        )
        assert 'liantiao_requests_total{seat="tax",operation="tax.declare",status="400",outcome="bad_body"} 1' in lines
        assert 'liantiao_request_seconds_count{seat="tax"} 5' in lines
        assert 'liantiao_cases_open{run="demo"} 1' in lines or 'liantiao_cases_open{run="demo"} 0' in lines
        assert 'liantiao_run_broken{run="demo"} 0' in lines
        samples = [line for line in lines if not line.startswith("#")]
        assert [line for line in samples if not LINE.fullmatch(line)] == []
        assert json.loads(server.ask("GET", "/healthz")[2]) == {"status": "ok"}
        assert server.ask("GET", "/readyz")[0] == 200
        server.control("DELETE", "/runs/demo")
        status, headers, told = server.ask("GET", "/readyz")
        assert (status, headers["retry-after"], json.loads(told)["error"]) == (503, "1", "not_ready")


def test_the_histogram_puts_each_answer_into_its_interval() -> None:
    tally = Tally()
    for seconds in (0.0005, 0.001, 0.0011, 99.0):
        tally.count("tax", "tax.declare", 200, "ok", seconds)
    assert tally.took["tax"] == [2, 1, *[0] * (len(BOUNDS_S) - 2), 1]
    assert tally.requests == {("tax", "tax.declare", 200, "ok"): 4}
