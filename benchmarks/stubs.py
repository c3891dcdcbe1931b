"""The same signed tax declaration against Mountebank, Prism and WireMock: static stubs, each server on one core.

    npm install --prefix FOLDER mountebank @stoplight/prism-cli wiremock
    python -m benchmarks.stubs FOLDER [declarations] [rounds]

They check nothing, keep no state and (WireMock's journal apart) write nothing down; ours verifies, checks, decides, journals
and waits for the disk.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen

from benchmarks.operation import OPTIONS, PATH, SANDBOX_PORT, declarations, earlier_steps, measured, requests_of
from benchmarks.servers import control, cpu_ms, process, sandbox
from sim.faces.key_handout import taken

ANSWER = {"outcome": "ok"}
REACH = {"mountebank": 1.2, "prism": 3.0, "wiremock": 5.0}
PORTS = {"mountebank": 8921, "prism": 8922, "wiremock": 8923}


@contextmanager
def mountebank(node: Path, folder: Path) -> Iterator[Popen[bytes]]:
    """One imposter with one stub, without its record of requests."""
    text = json.dumps(ANSWER)
    headers = {"Content-Type": "application/json", "Connection": "keep-alive", "Content-Length": len(text)}
    stub = {"responses": [{"is": {"statusCode": 200, "headers": headers, "body": text}}]}
    imposter = {"port": PORTS["mountebank"], "protocol": "http", "stubs": [stub]}
    config = folder / "mountebank.json"
    config.write_text(json.dumps({"imposters": [imposter]}))
    command = [str(node / "mb"), "--configfile", str(config), "--nologfile", "--loglevel", "error", "--port", "8920",
               "--pidfile", str(folder / "mb.pid")]  # fmt: skip
    with process(command, 0, PORTS["mountebank"]) as server:
        yield server


@contextmanager
def prism(node: Path, folder: Path) -> Iterator[Popen[bytes]]:
    """A mock of one documented operation."""
    schema = {"type": "object"}
    answer = {"description": "ok", "content": {"application/json": {"schema": schema, "example": ANSWER}}}
    body = {"content": {"application/json": {"schema": schema}}}
    paths = {PATH: {"post": {"requestBody": body, "responses": {"200": answer}}}}
    document = folder / "prism.json"
    document.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths}))
    command = [str(node / "prism"), "mock", "-p", str(PORTS["prism"]), "-v", "silent", str(document)]
    with process(command, 0, PORTS["prism"]) as server:
        yield server


@contextmanager
def wiremock(node: Path, folder: Path) -> Iterator[Popen[bytes]]:
    """One mapping, with the journal of requests on."""
    mappings = folder / "mappings"
    mappings.mkdir()
    response = {"status": 200, "body": json.dumps(ANSWER), "headers": {"Content-Type": "application/json"}}
    (mappings / "one.json").write_text(
        json.dumps({"request": {"method": "POST", "urlPath": PATH}, "response": response})
    )
    command = [str(node / "wiremock"), "--port", str(PORTS["wiremock"]), "--root-dir", str(folder), "--disable-banner",
               "--max-request-journal-entries", "100000"]  # fmt: skip
    with process(command, 0, PORTS["wiremock"]) as server:
        yield server


def main() -> None:
    """All in turn, several rounds; print the medians and what ours is a multiple of."""
    node = Path(sys.argv[1]).resolve() / "node_modules" / ".bin"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    bodies = declarations(count * rounds)
    rates: dict[str, list[float]] = {"liantiao": [], **{name: [] for name in PORTS}}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {"liantiao": stack.enter_context(sandbox(SANDBOX_PORT, 0, *OPTIONS))}
        for start in (mountebank, prism, wiremock):
            servers[start.__name__] = stack.enter_context(start(node, folder))
        keys = taken(control(SANDBOX_PORT, "GET", "/runs/demo/keys")["keys"])
        measured(SANDBOX_PORT, earlier_steps(bodies, keys))
        for at in range(rounds):
            requests = requests_of(bodies[at * count : (at + 1) * count], keys)
            for name in rates:
                spent = cpu_ms(servers[name])
                rates[name].append(measured(PORTS.get(name, SANDBOX_PORT), requests)[0])
                cost = (cpu_ms(servers[name]) - spent) * 1_000 / count
                print(f"{name:12} {rates[name][-1]:8,.0f}/s ({cost:.0f} µs of CPU)", flush=True)
    ours = statistics.median(rates["liantiao"])
    for name, reach in REACH.items():
        print(f"liantiao is {ours / statistics.median(rates[name]):5.2f} × {name} (reach {reach})")


if __name__ == "__main__":
    main()
