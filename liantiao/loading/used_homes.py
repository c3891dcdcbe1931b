"""Which homes loads and exports have used, by package and seed, so that the next load takes fresh ones; kept in the data folder."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sim.disk import why, write_whole
from sim.plain import PlainError
from sim.population import MOST_CASES

NAME: Final = "used_homes.json"
LOCK: Final = "used_homes.lock"


class HomesError(PlainError):
    """No homes can be taken; the message says why and what would do."""


class UsedHomes:
    """Case numbers up to the last one used, by package and seed. Homes are used from when they are taken, whatever comes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def last(self, package: str, seed: int) -> int:
        """The last case whose home is used, 0 for none. Raises HomesError."""
        return self._read().get(_key(package, seed), 0)

    def take(self, package: str, seed: int, cases: int, *, first: int = 0, after: int = 0) -> int:
        """Take so many homes; returns the first case. They begin at `first`, or, if that is 0, behind all used ones and behind
        `after`. Raises HomesError when the population has not so many left."""
        with self._locked():
            used = self._read()
            last = used.get(_key(package, seed), 0)
            begin = first or max(last, after) + 1
            end = begin + cases - 1
            if end > MOST_CASES:
                left = max(0, MOST_CASES - begin + 1)
                raise HomesError(
                    f"套餐 {package} 种子 {seed} 的 {MOST_CASES:,} 宗房屋已用到第 {begin - 1:,} 号，只剩 {left:,} 宗，不够 {cases:,} 件；"
                    "换一个 --seed，或在对方系统清掉旧件后用 --first 1 从头再用。"
                )
            self._write({**used, _key(package, seed): max(last, end)})
        return begin

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time takes homes."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / LOCK).open("w")
        except OSError as error:
            raise HomesError(f"数据文件夹 {self.folder} 不能用（{why(error)}）；换一个 --data。") from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self) -> dict[str, int]:
        path = self.folder / NAME
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._unreadable(path, str(error)) from None
        if not isinstance(found, dict) or not all(type(each) is int and each >= 0 for each in found.values()):
            raise self._unreadable(path, "不是本程序写的")
        return found

    def _unreadable(self, path: Path, told: str) -> HomesError:
        return HomesError(f"{path} 读不了（{told}），不知道哪些房屋用过；移走它后用 --first 指明从哪个办件号办起。")

    def _write(self, used: dict[str, int]) -> None:
        try:
            write_whole(self.folder / NAME, json.dumps(used, ensure_ascii=False, indent=1))
        except OSError as error:
            raise HomesError(f"{self.folder / NAME} 不能写入（{why(error)}）；换一个 --data。") from None


def _key(package: str, seed: int) -> str:
    return f"{package}/{seed}"
