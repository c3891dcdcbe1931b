"""A process's use of the processor is told over whole windows of the load."""

from loadtests.processor_use import WINDOW_S, ProcessorUse


class Times:
    """A clock and a processor that go on when they are told to."""

    def __init__(self) -> None:
        self.now_s, self.spent_s = 100.0, 7.0

    def go(self, seconds: float, busy: float) -> None:
        self.now_s, self.spent_s = self.now_s + seconds, self.spent_s + seconds * busy


def use_of(times: Times) -> ProcessorUse:
    return ProcessorUse(lambda: times.now_s, lambda: times.spent_s)


def test_a_moment_of_full_work_is_no_full_core() -> None:
    times = Times()
    use = use_of(times)
    times.go(0.05, busy=1.0)
    assert use.percent() is None, "no window is over yet"
    times.go(WINDOW_S - 0.05, busy=0.2)
    assert use.percent() == 21.3
    times.go(0.05, busy=1.0)
    assert use.percent() == 21.3, "the last whole window's until the next is over"


def test_a_full_core_is_seen_as_one() -> None:
    times = Times()
    use = use_of(times)
    times.go(WINDOW_S, busy=0.1)
    assert use.percent() == 10.0
    times.go(WINDOW_S, busy=1.0)
    assert use.percent() == 100.0
