"""Sampling: how long the desks' queues are, looked at from outside at times that follow no office rhythm."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.clock import Entry
from sim.draws import draw, salt
from sim.sandbox import Sandbox

Sample = tuple[int, str, int, int, int, int]
"""(t_ms, post, registry, waiting, busy, clerks)."""
SAMPLES = pa.schema(
    [("t_ms", pa.int64()), ("post", pa.string()), ("registry", pa.string()), ("waiting", pa.int32()), ("busy", pa.int32()),
     ("clerks", pa.int32())]
)  # fmt: skip


class DeskSampler:
    """Looks at every desk at hash-drawn times, `every_ms` apart on average, for as long as cases go on."""

    def __init__(self, world: Sandbox, every_ms: int, seed: int) -> None:
        self.world, self.every_ms = world, every_ms
        self.salt = salt(seed, "desk samples")
        self.samples: list[Sample] = []
        self._next(world.clock.now_ms, 0)

    def _next(self, now_ms: int, n: int) -> None:
        gap = int(2 * self.every_ms * draw(self.salt, b"gap", n)) + 1
        self.world.clock.at(now_ms + gap, self._look, n + 1)

    def _look(self, entry: Entry) -> None:
        now_ms, n = entry[0], entry[6]
        for (registry, post), desk in self.world.desks.items():
            self.samples.append((now_ms, post, registry, desk.queue_length, desk.clerks - desk.free, desk.clerks))
        if not self.world.is_over():
            self._next(now_ms, n)

    def write(self, path: Path, registries: list[str]) -> None:
        """Write what was seen as Parquet."""
        times, posts, places, waiting, busy, clerks = zip(*self.samples, strict=True) if self.samples else ((),) * 6
        columns = [times, posts, [registries[place] for place in places], waiting, busy, clerks]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, SAMPLES, strict=True)]
        pq.write_table(pa.Table.from_arrays(arrays, schema=SAMPLES), path)
