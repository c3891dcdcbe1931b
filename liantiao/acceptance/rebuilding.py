"""An acceptance judged again from its plan and its journal, and compared with the reports that are there."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from features.accepting import RESULTS, Acceptance, judged_and_written
from features.given import GIVEN, given_of, keep_given
from features.kept import JOURNAL, PLAN, kept_plan, kept_record
from liantiao.acceptance import AcceptanceError
from liantiao.acceptance.files import REPORTS, SUMS, Written, write_reports
from liantiao.code_version import code_version
from liantiao.reviewing.asked import NO_FILES, GivenFiles
from sim.journal.content import content_sha256
from sim.journal.sqlite_reads import JournalReads
from sim.package import load_package


class RebuildError(AcceptanceError):
    """The reports cannot be rebuilt; the message says what is wrong and what would do."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: `same` and `changed` name reports that were there before, `absent` those that were not."""

    acceptance: Acceptance
    written: Written
    same: tuple[str, ...]
    changed: tuple[str, ...]
    absent: tuple[str, ...]
    other_code: bool


def rebuild(folder: Path, out: Path, template: Path | None, files: GivenFiles = NO_FILES) -> Rebuilt:
    """Judge again what lies in `folder` and write the reports into `out`, which may be the same; with what people have
    added since.

    Raises RebuildError where plan or journal are not those of the results in the folder; then nothing is written.
    """
    kept = kept_plan(folder)
    _untouched(folder)
    package = load_package(kept["package"])
    with TemporaryDirectory(prefix="liantiao-rebuild-") as made:
        work = Path(made)
        _copied(folder, work)
        keep_given(work, files.read(package, given_of(folder)))
        acceptance = judged_and_written(work, package, lambda *told: None)
        written = write_reports(work, acceptance, package, template)
        names = (*REPORTS, SUMS, f"{RESULTS}.sha256")
        found = {name: _like(work / name, folder / name) for name in names}
        out.mkdir(parents=True, exist_ok=True)
        for name in (*names, *([GIVEN] if (work / GIVEN).exists() else [])):
            copyfile(work / name, out / name)
    listed = {like: tuple(name for name in names if found[name] is like) for like in (True, False, None)}
    return Rebuilt(acceptance, written, listed[True], listed[False], listed[None], kept["code"] != code_version())


def _copied(folder: Path, work: Path) -> None:
    for name in (PLAN, JOURNAL, f"{JOURNAL}-wal"):
        if (folder / name).exists():
            copyfile(folder / name, work / name)


def _untouched(folder: Path) -> None:
    """Plan and journal are those which the results in the folder were judged from, if there are any."""
    if not (folder / JOURNAL).is_file():
        raise RebuildError(f"{folder} 里没有 {JOURNAL}，无从判定；请连同报文日志一起取来。")
    kept_record(folder / JOURNAL)
    results = folder / RESULTS
    if not results.exists():
        return
    try:
        said = json.loads(results.read_text(encoding="utf-8"))["run"]
        wanted = {JOURNAL: str(said["journal_sha256"]), PLAN: str(said["plan_sha256"])}
        wanted[GIVEN] = str(said.get("given_sha256", ""))
    except (ValueError, KeyError, TypeError):
        raise RebuildError(f"{results} 已被改动，读不出其中的摘要；核对无误后把它移走，再重建。") from None
    reads = JournalReads(folder / JOURNAL)
    try:
        found = {JOURNAL: content_sha256(reads), PLAN: sha256((folder / PLAN).read_bytes()).hexdigest()}
        found[GIVEN] = sha256((folder / GIVEN).read_bytes()).hexdigest() if (folder / GIVEN).exists() else ""
    finally:
        reads.close()
    for name, title in ((JOURNAL, "报文日志"), (PLAN, "计划"), (GIVEN, "评审结论与证据")):
        if found[name] != wanted[name]:
            raise RebuildError(
                f"{title} {folder / name} 与出具报告时不同（摘要应为 {wanted[name][:16]}…，现为 {found[name][:16]}…），"
                "已被改动或不是同一次验收；请取原来的文件，未写出任何报告。"
            )


def _like(one: Path, other: Path) -> bool | None:
    return one.read_bytes() == other.read_bytes() if other.exists() else None
