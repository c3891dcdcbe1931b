"""An acceptance's folder merged into a problem list, and the scenarios that a list asks to be tested again."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from rich.markup import escape

from features.accepting import RESULTS, scenarios_of
from features.given import GivenError
from features.problems import findings_of
from features.reading import Scenario
from liantiao.acceptance.comparing import read_results
from liantiao.problems.listed import Merged, ProblemList, counts, merge, read_list, write_list
from sim.judge.promises import load_promises
from sim.package import Package, load_package


def merge_into(path: Path, folder: Path, day: str) -> list[str]:
    """Merge an acceptance into a list, which is made if it is not there; what happened, for people.

    Raises GivenError and CompareError.
    """
    record = read_results(folder)
    old = read_list(path) if path.exists() else ProblemList(record["package"])
    if old.package != record["package"]:
        raise GivenError(
            f"{path} 是套餐 {old.package} 的问题清单，{folder} 验收的是 {record['package']}；请另用一份清单。"
        )
    data = (folder / RESULTS).read_bytes() if folder.is_dir() else folder.read_bytes()
    run = {
        "id": sha256(str(folder.resolve()).encode() + sha256(data).digest()).hexdigest()[:16], "folder": folder.name,
        "day": day, "results_sha256": sha256(data).hexdigest(),
    }  # fmt: skip
    merged = merge(old, findings_of(record, load_package(record["package"])), run)
    if merged.list is not old:
        write_list(path, merged.list)
    return told(path, folder, merged, again=merged.list is old)


def told(path: Path, folder: Path, merged: Merged, *, again: bool) -> list[str]:
    """What a merge did."""
    if again:
        return [f"{escape(str(folder))} 的这次结果已经并入过 {escape(str(path))}，没有重复计次。"]
    lines = []
    for mark, (before, after) in sorted(merged.moved.items()):
        each = merged.list.problems[mark]
        where = f"{each.title}：{each.step or each.expected}"
        lines.append(f"{mark}  {before or '新问题'} → {after}  {each.severity}  {escape(where)}  {escape(each.unit)}")
    tally = counts(list(merged.list.problems.values()))
    lines.append(f"问题清单 {escape(str(path))}：" + "，".join(f"{state} {n}" for state, n in tally.items()))
    return lines


def scenarios_to_retest(path: Path, package: Package) -> Sequence[Scenario]:
    """The scenarios of the problems in work or waiting for their retest. Raises GivenError."""
    problems = read_list(path)
    if problems.package != package.id:
        raise GivenError(f"{path} 是套餐 {problems.package} 的问题清单，不是 {package.id} 的；请用 --package 写明。")
    wanted = set(problems.to_retest())
    if not wanted:
        raise GivenError(f"{path} 里没有整改中或待复测的问题；先用 liantiao problems export、import 改状态。")
    clauses = {clause for each in load_promises(package.folder).all if each.id in wanted for clause in each.clauses}
    found = [each for each in scenarios_of(package) if each.id in wanted or clauses & set(each.clauses)]
    if not found:
        raise GivenError(f"{path} 里要复测的问题，其场景在套餐 {package.id} 里都没有了；请重跑全部场景并重新并入。")
    return found
