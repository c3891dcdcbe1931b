"""Requests of one Locust worker a second of its processor: our users, people and all, against a bare FastHttpUser loop.

    python benchmarks/locust_overhead.py [--seconds 3] [--users 20] [--turns 7]

The endpoint is a stub that takes everything and does nothing. Ours say what stands ready, and begin a case for every fifteen
requests, with its population row, its people and their tables, as under load. What comes to a worker's door under load is not in
it: a bare loop has no door. By processor time, which is what a worker on a core of its own has, and which other programs on this
machine do not move.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
from collections import deque
from itertools import count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

if TYPE_CHECKING:
    from loadtests.crowd import Act

REACH = 0.6
REQUESTS_A_CASE = 15
"""What people say in a case under load, on average."""
STOCK_A_SECOND = 8_000
"""So many acts stand ready for each second, more than are said: were there none, beginning cases would be measured instead."""
START_MS = 1_772_413_200_000
TOLD: dict[str, Any] = {
    "/runs/load": {
        "name": "load", "package": "fujian-2024-55", "seed": 1, "cases": 1_000_000, "start_ms": START_MS, "factor": 1.0,
        "handling": "instant", "term_factor": 1, "office_hours": False, "share": 0, "among": 1,
    },
    "/runs/load/arranged": {"arranged": {}}, "/runs/load/clock": {"now_ms": START_MS},
    "/runs/load/keys": {"keys": [{"seat": "buyer", "key_id": "buyer", "scheme": "open"}]},
}  # fmt: skip


TOLD_BYTES = {path: json.dumps(told).encode() for path, told in TOLD.items()}
TAKEN = b'{"outcome":"ok"}'


class Stub(asyncio.Protocol):
    """Takes everything."""

    def connection_made(self, transport: Any) -> None:
        """Somebody calls."""
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head = self.waiting[:end].decode("latin-1")
            sizes = [
                line.partition(":")[2] for line in head.split("\r\n") if line.lower().startswith("content-length:")
            ]
            whole = end + 4 + (int(sizes[0]) if sizes else 0)
            if len(self.waiting) < whole:
                return
            self.waiting = self.waiting[whole:]
            body = TOLD_BYTES.get(head.split(" ", 2)[1], TAKEN)
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            )


async def stub() -> None:
    """Serve on a free port, which is said."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def measure(which: str, port: int, seconds: float, users: int) -> float:
    """Requests of one sort of user for each second of processor time, in a process of its own."""
    import gevent
    from locust import FastHttpUser, task
    from locust.env import Environment

    from loadtests.line import Line
    from loadtests.settings import Settings
    from loadtests.worker import Worker
    from sim.clock import wall_ms
    from sim.runs.caller import Came

    url = f"http://127.0.0.1:{port}"
    worker = Worker(
        Settings(f"{url}/runs/load", "", 1_000_000, 1, "constant:1", 1.0, 0, users, 60.0, 1.0, 0.0, "127.0.0.1", "")
    )
    crowd, speaking = worker.crowd, worker.speaking
    numbers = iter(range(1, 1_000_000))

    stock: deque[Act] = deque()

    def begin() -> None:
        crowd.begin(next(numbers), crowd.now_ms)
        while not crowd.acts.empty():  # an application at the window leaves a little later
            stock.append(crowd.acts.get())

    def next_act() -> "Act":
        """The next of those that stand ready, and one case in so many requests begun anew."""
        if next(said) % REQUESTS_A_CASE == 0:
            begin()
        return stock.popleft()

    said = count(1)
    wanted = int(STOCK_A_SECOND * (seconds * 1.1 + 1)) if which == "ours" else 1
    while len(stock) < wanted:
        begin()
    first = next_act()
    wire = speaking.wire(first.going, crowd.now_ms)
    address, body = f"{url}{wire.target}", wire.body
    crowd.done(first, Came("ok"))

    class Bare(FastHttpUser):
        host = url

        @task
        def act(self) -> None:
            self.client.request(wire.method, address, data=body, headers=wire.headers, name="bare")  # type: ignore[arg-type]

    class Ours(FastHttpUser):
        host = url

        def on_start(self) -> None:
            pool = self.client.client.clientpool
            self.line = Line([pool.get_client(url)], self.environment.events.request)

        @task
        def act(self) -> None:
            while True:
                each = next_act()
                came = worker.say(self.line, each, speaking.wire(each.going, crowd.now_ms), wall_ms())
                crowd.done(each, came)

    environment = Environment(user_classes=[Bare if which == "bare" else Ours])
    runner = environment.create_local_runner()
    runner.start(users, spawn_rate=users)
    gevent.sleep(1.0 + seconds / 10)
    environment.stats.reset_all()
    before = cpu_s()
    gevent.sleep(seconds)
    used = cpu_s() - before
    done = environment.stats.total.num_requests
    failed = environment.stats.total.num_failures
    runner.quit()
    worker.close()
    if failed:
        raise SystemExit(f"{failed} of {done} requests failed")
    return done / used


def cpu_s() -> float:
    """Processor time of this process so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure both by turns and print; exit 1 below what is to be reached."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=3.0)
    asked.add_argument("--users", type=int, default=20)
    asked.add_argument("--turns", type=int, default=7)
    asked.add_argument("--stub", action="store_true")
    asked.add_argument("--which", default="")
    asked.add_argument("--at", type=int, default=0)
    said = asked.parse_args()
    if said.stub:
        asyncio.run(stub())
    elif said.which:
        print(measure(said.which, said.at, said.seconds, said.users))
    else:
        sys.exit(both(said.seconds, said.users, said.turns))


def both(seconds: float, users: int, turns: int) -> int:
    """Both sorts, by turns, against one stub; 1 when the ratio is too small."""
    found: dict[str, list[float]] = {"bare": [], "ours": []}
    with subprocess.Popen([sys.executable, __file__, "--stub"], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            for _ in range(turns):
                for which, figures in found.items():
                    command = [
                        sys.executable,
                        __file__,
                        "--which",
                        which,
                        "--at",
                        port,
                        "--seconds",
                        str(seconds),
                        "--users",
                        str(users),
                    ]
                    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                    figures.append(float(told.split()[-1]))
        finally:
            server.terminate()
    ratio = median(ours / bare for bare, ours in zip(found["bare"], found["ours"], strict=True))
    for which, figures in found.items():
        told = ", ".join(f"{1e6 / each:.0f}" for each in figures)
        print(f"{which}: {told} us of processor time a request")
    print(f"ratio of requests a processor second, median of pairs: {ratio:.2f} (reach {REACH})")
    return int(ratio < REACH)


if __name__ == "__main__":
    main()
