"""Ten minutes at a steady 1,000 requests a second: errors, times, and whether memory grows.

    python -m benchmarks.soak [minutes] [per second]

Declarations of a fixed set of cases are made and withdrawn in turn, so that what a run has to remember stays the same and
memory may only grow by what the journal's and the faces' stated policies keep.
"""

import asyncio
import sys
from collections.abc import Iterator
from subprocess import Popen

from benchmarks.load import fire, request
from benchmarks.operation import OPTIONS, PATH, SANDBOX_PORT, declarations
from benchmarks.servers import control, cpu_ms, sandbox
from sim.clock import wall_ms
from sim.faces.key_handout import taken
from sim.faces.keys import KeyRing
from sim.faces.signatures import sign

CASES = 5_000
CONNECTIONS = 32
CANCEL_PATH = "/runs/demo/tax/declarations/{case}/cancellation"


def requests(bodies: list[tuple[int, bytes]], keys: KeyRing, count: int) -> Iterator[bytes]:
    """Every case is declared, then withdrawn, then declared again; each request is signed when it is due."""
    key, cancel = keys.of("hub"), '{"reason":"撤件"}'.encode()
    for at in range(count):
        turn, index = divmod(at, len(bodies))
        number, body = bodies[index]
        path = CANCEL_PATH.format(case=number) if turn % 2 else PATH
        told = cancel if turn % 2 else body
        yield request(
            "POST", path, told, sign(key, "POST", path, told, wall_ms(), f"soak-{at:08}") | {"X-Case-No": str(number)}
        )


def rss_mib(server: "Popen[bytes]") -> float:
    """Resident memory of a process."""
    with open(f"/proc/{server.pid}/statm") as statm:
        return int(statm.read().split()[1]) * 4 / 1_024


def main() -> None:
    """A line a minute; the first two minutes warm up."""
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    rate = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    bodies = declarations(CASES)
    with sandbox(SANDBOX_PORT, 0, *OPTIONS) as server:
        keys = taken(control(SANDBOX_PORT, "GET", "/runs/demo/keys")["keys"])
        stream = requests(bodies, keys, minutes * 60 * rate)
        memory = []
        for minute in range(1, minutes + 1):
            part = (next(stream) for _ in range(60 * rate))
            spent = cpu_ms(server)
            seconds, answers = asyncio.run(fire(SANDBOX_PORT, part, CONNECTIONS, rate))
            memory.append(rss_mib(server))
            print(f"minute {minute:2}: {60 * rate / seconds:7,.0f}/s  statuses {answers.statuses}  p50 {answers.quantile_ms(0.5):.1f}"
                  f"  p99 {answers.quantile_ms(0.99):.1f}  max {answers.quantile_ms(1):.0f} ms  {memory[-1]:,.0f} MiB"
                  f"  {(cpu_ms(server) - spent) / 60_000:.0%} of a core", flush=True)  # fmt: skip
        print(f"memory after two minutes {memory[min(1, len(memory) - 1)]:,.0f} MiB, at the end {memory[-1]:,.0f} MiB")


if __name__ == "__main__":
    main()
