"""A small busy world with every shape of row, for the tests of the journal; run as a program it prints its digest."""

from pathlib import Path

import numpy as np

from sim.calendar import MINUTE_MS
from sim.faults import Effect, Fault
from sim.journal import MemoryStore, Store
from sim.journal.parquet import ParquetStore
from sim.message import SILENT, Answers, Message, notice, request
from sim.party import File
from sim.polls import PollPlan
from sim.posts import Posts, answer, hold, later, refuse, reply, send, work
from sim.table import Role, ignored, row
from tests.sim.toys import WRONG, Answer, Ask, AskLater, Do, Due, OpenAccount, Told, a_role, a_state, bank
from tests.town import Town, a_dossier

CASES = 40


@request("chatter.fetch", "批量取结果", Answers.QUERY, "/results/batch")
class Fetch(Message):
    """A batch poll."""


@notice("chatter.result", "结果", polled="chatter.fetch", ladder=SILENT, item="water")
class Result(Message):
    n: int


class AskedFile(File):
    """Remembers who asked."""

    __slots__ = ("kept",)


def counter() -> Role:
    """Works on Do at a desk, answers Ask at once (or refuses it) and AskLater later, and lays results ready."""
    idle, busy = a_state(), a_state("busy", end=False)

    def keep(file: AskedFile, heard: AskLater) -> Posts:
        file.kept = file.asked
        return [later(5_000, Due(heard.n))]

    def say(file: AskedFile, heard: Due) -> Posts:
        return [answer(file.kept, Answer(heard.n)), hold("hub", Result(heard.n)), send("tax", Told(heard.n))]

    def ask(file: AskedFile, heard: Ask) -> Posts:
        return [reply(Answer(heard.n))] if file.draw(b"toy.ask") < 0.7 else refuse(WRONG)

    rows = [
        row(idle, Ask, None, ask),
        row(idle, AskLater, busy, keep),
        row(busy, Due, idle, say),
        row(idle, Do, None, lambda file, heard: [work("accept", MINUTE_MS, Told(heard.n))]),
        ignored(idle, Told, "无须处理"),
    ]
    return a_role(idle, *rows, file=AskedFile)


def chatter(store: Store, seed: int = 1) -> Town:
    """A run of it."""
    faults = (Fault("lossy", Effect.LOST, "toy.*", share=0.2), Fault("twice", Effect.DUPLICATED, "toy.told", share=0.2))
    town = Town(
        {"toy": counter(), "bank": bank()}, polls={("chatter.fetch", "hub"): PollPlan(Fetch)}, faults=faults, seed=seed,
        store=store, sample_every=4, clerks=lambda registry, post: 2,
    )  # fmt: skip
    for case in range(1, CASES + 1):
        town.open(case, a_dossier(registry=case % 3))
        for message in (Ask(1), AskLater(2), Do(3), Told(4), Answer(5)):
            town.say("buyer", "toy", message, case=case)
        town.say("buyer", "bank", OpenAccount(str(case)), case=case)
    town.run(days=2)
    return town


def parquet(folder: Path) -> ParquetStore:
    """A Parquet store for it."""
    return ParquetStore(
        folder, np.arange(CASES + 1, dtype=np.int16) % 3, ["A", "B", "C"], {"run": "chatter", "seed": 1}
    )


if __name__ == "__main__":
    print(chatter(MemoryStore()).journal.close())
