"""Prometheus' text format (0.0.4) of what the server counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sim.faces.hosted import Hosted, Runs
from sim.faces.tally import BOUNDS_S, Tally

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, object], float]


def metrics(runs: Runs, tally: Tally) -> bytes:
    """Everything, as one page."""
    lines: list[str] = []
    for name, kind, told, samples in (*_requests(tally), *_runs(runs)):
        lines.append(f"# HELP {name} {told}")
        lines.append(f"# TYPE {name} {kind}")
        lines += [_line(name, labels, value) for labels, value in samples]
    return ("\n".join([*lines, *_latency(tally)]) + "\n").encode()


def _requests(tally: Tally) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    yield (
        "liantiao_requests_total", "counter", "到达各席位的请求，按操作、状态码与结果",
        [
            ({"seat": seat, "operation": operation, "status": status, "outcome": outcome}, count)
            for (seat, operation, status, outcome), count in tally.requests.items()
        ],
    )  # fmt: skip


def _latency(tally: Tally) -> Iterator[str]:
    name = "liantiao_request_seconds"
    yield f"# HELP {name} 请求用时（秒）"
    yield f"# TYPE {name} histogram"
    for seat, took in tally.took.items():
        reached = 0
        for bound, count in zip((*BOUNDS_S, "+Inf"), took, strict=True):
            reached += count
            yield _line(f"{name}_bucket", {"seat": seat, "le": bound}, reached)
        yield _line(f"{name}_sum", {"seat": seat}, tally.seconds[seat])
        yield _line(f"{name}_count", {"seat": seat}, reached)


def _runs(runs: Runs) -> Iterator[tuple[str, str, str, list[Sample]]]:
    gauges: list[tuple[str, str, str, dict[str, float]]] = [
        ("liantiao_journal_rows_total", "counter", "报文日志的序号", {}),
        ("liantiao_journal_pending_rows", "gauge", "待落盘的日志", {}),
        ("liantiao_journal_dropped_rows_total", "counter", "按保留策略删去的日志", {}),
        ("liantiao_open_requests", "gauge", "未答复的请求", {}),
        ("liantiao_cases_open", "gauge", "在办的办件", {}),
        ("liantiao_cases_finished", "gauge", "走到终点的办件", {}),
        ("liantiao_clock_lag_seconds", "gauge", "实时时钟落后于应到时刻多少秒；步进时为 0", {}),
        ("liantiao_busy_answers_total", "counter", "答复“沙箱忙”的次数", {}),
        ("liantiao_nonces_forgotten_total", "counter", "没有记满 10 分钟就忘掉的随机数", {}),
        ("liantiao_run_broken", "gauge", "批次是否因内部错误而未完成", {}),
    ]
    for run, hosted in runs.items():
        for (_, _, _, values), value in zip(gauges, _values(hosted), strict=True):
            values[run] = value
    for name, kind, told, values in gauges:
        shown: list[Sample] = [({"run": run}, value) for run, value in values.items()]
        yield name, kind, told, shown
    outbox: list[Sample] = [
        ({"run": run, "seat": seat}, float(count))
        for run, hosted in runs.items()
        for seat, count in Counter(hosted.host.outgoing.by_seat).items()
    ]
    yield "liantiao_outbox", "gauge", "待真实系统答复的报文，按席位", outbox


def _values(hosted: Hosted) -> tuple[float, ...]:
    host, worlds = hosted.host, hosted.run.worlds.values()
    lag_ms = max(0, host.wall_to_sandbox() - hosted.run.now_ms) if host.is_live and _is_due(hosted) else 0
    return (
        host.file.last_seq, host.file.pending, host.file.dropped.rows, len(host.awaited),
        sum(len(world.cases) for world in worlds), sum(world.finished for world in worlds), lag_ms / 1_000,
        host.busy_answers, hosted.nonces.forgotten_early, bool(host.broken),
    )  # fmt: skip


def _is_due(hosted: Hosted) -> bool:
    """Whether something should have happened by now: a clock with nothing to do is not late."""
    due = hosted.run.next_due_ms
    return due is not None and due < hosted.host.wall_to_sandbox()


def _line(name: str, labels: Mapping[str, object], value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(str(each))}"' for label, each in labels.items())
    return f"{name}{{{inside}}} {value if isinstance(value, float) else int(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
