"""Whatever our own world says goes over the wire and comes back the same: no rule refuses what is really sent."""

from collections import Counter
from functools import partial

import pytest

from liantiao import compose
from sim.faces.bodies import BodyError, body_of
from sim.journal import Block, Catalogue
from tests import worlds
from tests.sim.faces.every_kind import KINDS

NAMED = {kind.op.name: kind for kind in KINDS}


class WireStore:
    """Takes every kept body over the wire and back."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.refused: list[str] = []

    def append(self, block: Block, of: Catalogue) -> None:
        """Parse and dump the bodies of a block."""
        for said in block.bodies:
            self.seen[said.kind] += 1
            body, raw = body_of(NAMED[said.kind]), said.json.encode()
            try:
                back = body.dump(body.parse(raw))
            except BodyError as no:
                self.refused.append(f"{said.kind}: {no}")
            else:
                if back != raw:
                    self.refused.append(f"{said.kind}: {raw.decode()} comes back as {back.decode()}")

    def close(self, of: Catalogue) -> None:
        """Nothing to do."""


@pytest.mark.parametrize("script", ["none", "everyday"])
def test_all_that_is_said_passes(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "world_of", partial(compose.world_of, sample_every=1))
    store = WireStore()
    for region in worlds.package().regions:
        world = worlds.fed(region, store, 250, 5, script, worlds.RARE)
        world.run(worlds.HORIZON_MS)
        world.journal.close()
    assert not store.refused
    assert len(store.seen) > 200
    assert sum(store.seen.values()) > 20_000
