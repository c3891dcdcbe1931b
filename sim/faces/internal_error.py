"""Errors of ours: loud for whoever runs the sandbox, a plain answer for who asked, and the run is marked."""

import logging
from contextlib import suppress

from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem
from sim.faces.wire import Scope
from sim.journal.record import JournalError

LOG = logging.getLogger("uvicorn.error")


def internal_error(hosted: Hosted | None, scope: Scope, error: Exception) -> Problem:
    """The run is broken from now on, which its journal keeps; the asker is told that it is not their fault."""
    where = f"{scope['method']} {scope['path']}"
    LOG.error("internal error at %s", where, exc_info=error)
    if hosted is not None:
        what = f"{type(error).__name__}: {error}（{where}）"
        hosted.host.broken = hosted.host.broken or what
        hosted.host.outgoing.give_up()
        with suppress(JournalError):
            hosted.host.file.put_meta("broken", hosted.host.broken.encode("utf-8", "replace").decode())
    step = "本批次已标为未完成；请把报文与时间告知沙箱维护者"
    return Problem(500, "internal_error", "沙箱内部出错", "这是沙箱的缺陷，与报文内容无关", step)
