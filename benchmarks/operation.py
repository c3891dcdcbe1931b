"""A durable, journaled, signed tax declaration per second and core, against a FastAPI echo of the same body.

    python -m benchmarks.operation [declarations] [rounds]

The echo is a FastAPI application with the same typed generated route: it routes, reads, checks and writes the same body and
nothing else. The plain echo is FastAPI's own route with pydantic models of the same body, as most people would write it. Each
server has one core, the load generator the other. Requests are signed beforehand.
"""

import asyncio
import gc
import statistics
import sys
from dataclasses import is_dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, create_model

from benchmarks.load import Answers, fire, request
from benchmarks.servers import control, cpu_ms, process, sandbox
from contract.records import TaxFacts
from contract.tax import Declare
from liantiao.directory import directory
from liantiao.serving.live import run_of
from sim.clock import wall_ms
from sim.dossier import Dossier
from sim.faces.bodies import body_of
from sim.faces.compiled import hints_of
from sim.faces.http_in import Faces, Told
from sim.faces.key_handout import taken
from sim.faces.keys import KeyRing
from sim.faces.server import SeatRoute
from sim.faces.signatures import sign
from sim.faces.wire import Scope
from sim.package import load_package
from sim.runs.plan import RunPlan

CONNECTIONS = 32
SANDBOX_PORT, ECHO_PORT = 8910, 8911
OPTIONS = ("--scheme", "hmac-sha256", "--cases", "1000000", "--real", "hub=", "--real", "local_hub=")
PATH, PLAIN_PATH = "/runs/demo/tax/declarations", "/plain/declarations"


class Echo(Faces):
    """The same doors and bodies, with nothing behind them."""

    async def _hear(self, scope: Scope, hosted: object, seat: str, path: str, raw: bytes) -> Told:
        found = self.directory.doors[seat].match(scope["method"], path)
        assert found is not None
        scope["operation"] = found[0].kind.op.name
        return 200, found[0].body.dump(found[0].body.parse(raw)), ()


def model_of(record: type) -> type[BaseModel]:
    """A declared record as an ordinary pydantic model."""
    fields = {name: (model_of(hint) if is_dataclass(hint) else hint, ...) for name, hint in hints_of(record).items()}
    model: type[BaseModel] = create_model(record.__name__, **fields)  # type: ignore[call-overload]
    return model


def echo_application() -> FastAPI:
    """The echoes; the one run of the first is named like the sandbox's."""
    app = FastAPI()
    model = model_of(Declare)

    async def plain(body: Any) -> Any:
        return body

    plain.__annotations__ = {"body": model, "return": model}
    app.post(PLAIN_PATH)(plain)
    app.router.routes.insert(0, SeatRoute(Echo(directory(), {"demo": object()})))  # type: ignore[dict-item]
    gc.freeze()
    return app


def serve_echo(port: int) -> None:
    """Serve the echo as the sandbox is served."""
    config = uvicorn.Config(echo_application(), port=port, log_level="warning", access_log=False, http="httptools",
                            loop="uvloop", server_header=False, date_header=False, proxy_headers=False)  # fmt: skip
    uvicorn.Server(config).run()


def facts_of(home: Dossier) -> TaxFacts:
    """What the hub declares of a home."""
    return TaxFacts(
        home.unit_code, home.price_fen, home.area_m2_x100, home.residential, home.acquired_ms, home.original_price_fen,
        home.has_cost_documents, home.sole_home, home.buyer_home_count, home.buyers[0], home.sellers[0],
    )  # fmt: skip


def declarations(count: int) -> list[tuple[int, bytes]]:
    """(case number, body) of so many cases outside Xiamen, as our hub would declare them."""
    package = load_package("fujian-2024-55")
    run = run_of(RunPlan("demo", package.id, 2024, 1_000_000, wall_ms()), package)
    codes = list(package.registries)
    bodies = []
    number = 0
    while len(bodies) < count:
        number += 1
        if run.book.region(number) != "xiamen":
            dossier = run.book.dossier(number)
            declared = Declare(codes[dossier.registry], dossier.price_fen, facts_of(dossier))
            bodies.append((number, body_of(Declare).dump(declared)))
    return bodies


def requests_of(bodies: list[tuple[int, bytes]], keys: KeyRing, path: str = PATH) -> list[bytes]:
    """Signed requests; each with a nonce of its own."""
    key, now = keys.of("hub"), wall_ms()
    return [
        request(
            "POST", path, body, sign(key, "POST", path, body, now, f"nonce-{number:08}") | {"X-Case-No": str(number)}
        )
        for number, body in bodies
    ]


def earlier_steps(bodies: list[tuple[int, bytes]], keys: KeyRing) -> list[bytes]:
    """A declaration is not the first that is heard of a case: its charges have been asked for, say, and were not due."""
    key, now = keys.of("hub"), wall_ms()
    paths = [(number, f"/runs/demo/gov_platform/cases/{number}?role=buyer") for number, _ in bodies]
    return [request("GET", path, b"", sign(key, "GET", path, b"", now, f"early-{number:08}")) for number, path in paths]


def measured(port: int, requests: list[bytes], per_second: float = 0) -> tuple[float, Answers]:
    """Requests a second, and the answers."""
    seconds, answers = asyncio.run(fire(port, requests, CONNECTIONS, per_second))
    if set(answers.statuses) != {200}:
        raise SystemExit(f"{answers.statuses}: {answers.last[:600]!r}")
    return len(requests) / seconds, answers


def main() -> None:
    """Sandbox and echoes in turn; print all rates, the ratios of medians, and the times at half the load."""
    if sys.argv[1:2] == ["echo"]:
        serve_echo(ECHO_PORT)
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    bodies = declarations(count * (rounds + 1))
    rates: dict[str, list[float]] = {"sandbox": [], "echo": [], "plain echo": []}
    spent: dict[str, list[float]] = {name: [] for name in rates}
    echo = [sys.executable, "-m", "benchmarks.operation", "echo"]
    with sandbox(SANDBOX_PORT, 0, *OPTIONS) as mine, process(echo, 0, ECHO_PORT, "/nothing") as theirs:
        keys = taken(control(SANDBOX_PORT, "GET", "/runs/demo/keys")["keys"])
        measured(SANDBOX_PORT, earlier_steps(bodies, keys))
        for at in range(rounds):
            lot = bodies[at * count : (at + 1) * count]
            for name, server, port, path in (
                ("sandbox", mine, SANDBOX_PORT, PATH), ("echo", theirs, ECHO_PORT, PATH),
                ("plain echo", theirs, ECHO_PORT, PLAIN_PATH),
            ):  # fmt: skip
                requests = requests_of(lot, keys, path)
                before = cpu_ms(server)
                rates[name].append(measured(port, requests)[0])
                spent[name].append((cpu_ms(server) - before) * 1_000 / count)
            print("   ".join(f"{name} {rates[name][-1]:8,.0f}/s ({spent[name][-1]:.0f} µs of CPU)" for name in rates),
                  flush=True)  # fmt: skip
        rate = statistics.median(rates["sandbox"]) / 2
        _, answers = measured(SANDBOX_PORT, requests_of(bodies[rounds * count :], keys), rate)
    for name, reach in (("echo", " (reach 0.70)"), ("plain echo", "")):
        pace, cpu = (
            statistics.median(figures["sandbox"]) / statistics.median(figures[name]) for figures in (rates, spent)
        )
        print(f"against the {name}: ratio of medians {pace:.2f}{reach}, by CPU {1 / cpu:.2f}")
    print(f"at {rate:,.0f}/s: p50 {answers.quantile_ms(0.5):.1f} ms, p99 {answers.quantile_ms(0.99):.1f} ms (reach 10),"
          f" max {answers.quantile_ms(1):.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
