"""Load with Locust: `locust -f loadtests/locustfile.py --headless --run-url http://…/runs/load --token … --cases 1000`.

Every Locust user is a pair of hands: it does the next thing that some buyer, seller or clerk of this worker's cases is to do
now. Latency is counted from the instant at which that person meant to do it, so that no slow answer hides the waiting behind it.
"""

import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

import gevent
import locust.runners
from locust import FastHttpUser, LoadTestShape, events, task
from locust.runners import MasterRunner, WorkerRunner

from loadtests.checks import check, check_run_urls
from loadtests.coordinator import Coordinator
from loadtests.line import Line
from loadtests.sandbox import SandboxSilentError
from loadtests.settings import SettingsError, add_options, settings_of
from loadtests.worker import SharesError, Worker
from sim.clock import wall_ms
from sim.runs.caller import Came

locust.runners.WORKER_REPORT_INTERVAL = 1.0
SPAWN_A_SECOND = 100
USAGE, INCOMPLETE = 2, 3
"""Exit codes: what was typed cannot be done; not every case has ended."""
HERE: dict[str, Any] = {}
"""What there is in this process: the coordinator beside the master, the worker beside a worker, both when alone."""


def options(parser: Any, **_: Any) -> None:
    """Ours beside Locust's own."""
    try:
        add_options(parser)
    except SettingsError as error:
        leave(error)


def leave(error: Exception) -> NoReturn:
    """Nothing was begun."""
    print(f"错误 {error}", file=sys.stderr)
    sys.exit(USAGE)


def set_up(environment: Any, **_: Any) -> None:
    """Messages between master and workers."""
    runner = environment.runner
    if runner is None:
        return
    if not isinstance(runner, WorkerRunner):
        try:
            check(settings_of(environment.parsed_options))
            check_run_urls(settings_of(environment.parsed_options))
        except SettingsError as error:
            leave(error)
        runner.register_message("crowd_ready", worker_ready, concurrent=True)
        runner.register_message("crowd_failed", worker_failed, concurrent=True)
        gevent.signal_handler(signal.SIGTERM, runner.quit)  # Locust's own comes only once a shape has ended
    if not isinstance(runner, MasterRunner):
        runner.register_message("crowd_stages", stages_told, concurrent=True)


def start(environment: Any, **_: Any) -> None:
    """A load begins: the coordinator waits for its workers, a worker opens its door and says so."""
    runner, settings = environment.runner, settings_of(environment.parsed_options)
    if not isinstance(runner, WorkerRunner):
        HERE["coordinator"] = Coordinator(settings, lambda kind, data: runner.send_message(kind, data))
    if not isinstance(runner, MasterRunner):
        try:
            worker = HERE["worker"] = Worker(settings)
        except (SandboxSilentError, SharesError) as error:
            runner.send_message("crowd_failed", {"why": str(error)})
            return
        runner.send_message("crowd_ready", {"worker": runner.client_id, "url": worker.door.url, "about": worker.about})


def worker_ready(environment: Any, msg: Any, **_: Any) -> None:
    """A worker has opened its door."""
    runner, told = environment.runner, msg.data
    expected = max(1, runner.worker_count, getattr(environment.parsed_options, "expect_workers", 1) or 1)
    try:
        HERE["coordinator"].ready(told["worker"], told["url"], told["about"], expected)
    except SandboxSilentError as error:
        fail(environment, str(error))


def worker_failed(environment: Any, msg: Any, **_: Any) -> None:
    """A worker cannot take part: better no load than one with a part of the people. One that goes on does without it."""
    fail(environment, msg.data["why"])


def fail(environment: Any, why: str) -> None:
    """Say what is wrong; a load that has not begun yet is over."""
    print(f"错误 {why}", file=sys.stderr)
    if HERE["coordinator"].cannot_begin(why):
        environment.process_exit_code = USAGE


def stages_told(environment: Any, msg: Any, **_: Any) -> None:
    """Who has which cases from now on."""
    HERE["worker"].share(environment.runner.client_id, msg.data)


def report(client_id: str, data: dict[str, Any], **_: Any) -> None:
    """What this worker did since its last report goes with Locust's own."""
    if "worker" in HERE:
        data["crowd"] = HERE["worker"].report()


def reported(client_id: str, data: dict[str, Any], **_: Any) -> None:
    """What a worker did is added up."""
    if "crowd" in data and "coordinator" in HERE:
        HERE["coordinator"].report(client_id, data["crowd"])


def stop(environment: Any, **_: Any) -> None:
    """The load is over, or was stopped: what there is is written down."""
    if "worker" in HERE:
        if "coordinator" in HERE:
            HERE["coordinator"].report(environment.runner.client_id, HERE["worker"].report())
        HERE["worker"].close()
    if "coordinator" in HERE:
        HERE["coordinator"].write()
        if not HERE["coordinator"].complete:
            environment.process_exit_code = environment.process_exit_code or INCOMPLETE


class AsLongAsItTakes(LoadTestShape):
    """So many hands for each worker until every case has ended. When cases come in is the profile's affair, not the hands'."""

    use_common_options = True
    hands = 0

    def tick(self) -> tuple[int, float] | None:
        """How many users there should be now, None at the end."""
        runner = self.runner
        assert runner is not None
        options = runner.environment.parsed_options
        assert options is not None
        workers = max(1, getattr(runner, "worker_count", 1))
        self.hands = max(self.hands, settings_of(options).hands * workers)
        coordinator = HERE.get("coordinator")
        if coordinator is not None:
            if isinstance(runner, MasterRunner):
                for gone in set(coordinator.alive) - {each.id for each in runner.clients.ready + runner.clients.spawning
                                                      + runner.clients.running}:  # fmt: skip
                    coordinator.left(gone)
            elif "worker" in HERE:
                coordinator.report(runner.client_id, HERE["worker"].report())  # type: ignore[attr-defined]
            if not coordinator.look():
                return None
        return self.hands, SPAWN_A_SECOND


class Person(FastHttpUser):
    """One pair of hands. Its requests go by the names of the operations."""

    host = "http://sandbox"
    network_timeout = 30.0
    connection_timeout = 10.0

    def on_start(self) -> None:
        """A connection of its own to every sandbox."""
        while "worker" not in HERE:  # this process cannot take part (`worker_failed`)
            gevent.sleep(1)
        pool = self.client.client.clientpool
        urls = HERE["worker"].settings.run_urls
        self.line = Line([pool.get_client(url) for url in urls], self.environment.events.request)

    @task
    def act(self) -> None:
        """Do what is to be done next, until the load is over."""
        worker: Worker = HERE["worker"]
        crowd, speaking = worker.crowd, worker.speaking
        while True:
            act = crowd.acts.get()
            came = Came("failed", error="stopped")
            try:
                came = worker.say(self.line, act, speaking.wire(act.going, crowd.now_ms), wall_ms())
            finally:
                crowd.done(act, came)


HOOKS: Any = events  # Locust declares no types for them
HOOKS.init_command_line_parser.add_listener(options)
HOOKS.init.add_listener(set_up)
HOOKS.test_start.add_listener(start)
HOOKS.report_to_master.add_listener(report)
HOOKS.worker_report.add_listener(reported)
HOOKS.test_stop.add_listener(stop)
