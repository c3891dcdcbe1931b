"""The court: the moment at which it seizes a home whose transfer is going on (FJ-68)."""

from sim.message import Message, timer


@timer("court.decides", "法院作出查封裁定", inventory=("FJ-68",))
class Decides(Message):
    """A ruling is served on the registry."""
