"""What the trials came to, as tables: for people on the terminal and in a workbook, for machines as one record."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from dashboards.figures import percent
from liantiao.code_version import code_version
from liantiao.mutants.trials import SURVIVED, TITLES, UNSEEN, Bench, Killer, Trial, score_of
from reference.mutants.catalogue import SORT_TITLES
from reference.mutants.mutant import Mutant

SHEET_ROWS: Final = 12
"""So many scenarios are named in one cell."""


def record_of(
    bench: Bench, mutants: Mapping[str, Mutant], trials: Sequence[Trial], kept: int = 0, gone: int = 0
) -> dict[str, Any]:
    """JSON types; the same for the same features, seed and choice. `catalogue` is how many there are to choose from, `kept` how
    many trials were taken over from an earlier record, `gone` how many mutants of that can no longer be made."""
    return {
        "package": bench.package.id, "seed": bench.play.plan.seed, "code": code_version(), "catalogue": len(mutants),
        "kept": kept, "gone": gone,
        "fates": dict(TITLES), "scenarios": len(bench.play.parts),
        "reference_failing": sorted({scenario for scenario, _ in bench.known.failing}),
        "score": score_of(trials), "by_sort": by_sort(mutants, trials),
        "mutants": [_told(mutants[each.mutant], each) for each in trials],
        "killers": killers_of(trials),
    }  # fmt: skip


def by_sort(mutants: Mapping[str, Mutant], trials: Sequence[Trial]) -> dict[str, dict[str, Any]]:
    """The score of every class of defect."""
    sorts: dict[str, list[Trial]] = {sort: [] for sort in SORT_TITLES}
    for each in trials:
        sorts[mutants[each.mutant].sort].append(each)
    return {sort: {"title": SORT_TITLES[sort], **score_of(own)} for sort, own in sorts.items() if own}


def killers_of(trials: Sequence[Trial]) -> dict[str, dict[str, Any]]:
    """Of every scenario, which mutants it kills, and how many nobody else does."""
    found: dict[str, dict[str, Any]] = {}
    for trial in trials:
        for each in trial.killers:
            own = found.setdefault(each.scenario, {"title": each.title, "mutants": [], "alone": 0})
            if trial.mutant not in own["mutants"]:
                own["mutants"].append(trial.mutant)
                own["alone"] += len(trial.scenarios) == 1
    return dict(sorted(found.items()))


def _told(mutant: Mutant, trial: Trial) -> dict[str, Any]:
    return {
        "id": mutant.id, "title": mutant.title, "sort": mutant.sort, "sort_title": SORT_TITLES[mutant.sort],
        "file": mutant.file, "track": mutant.track, "rules": ["/".join(place) for place in mutant.places],
        "trap": mutant.trap, "fate": trial.fate, "fate_title": TITLES[trial.fate], "reason": trial.reason,
        "changed_cases": trial.changed, "scenarios": list(trial.scenarios),
        "steps": [
            {"scenario": each.scenario, "title": each.title, "step": each.step, "result": each.result}
            for each in trial.killers
        ],
    }  # fmt: skip


# ---- for people ------------------------------------------------------------------------------------------------------
def lines_of(record: Mapping[str, Any]) -> list[str]:
    """Survivors one by one, the classes, the score."""
    lines = [
        f"{each['fate_title']}  {each['title']}  {each['id']}  {each['reason']}".rstrip()
        for each in record["mutants"] if each["fate"] in (SURVIVED, UNSEEN)
    ]  # fmt: skip
    lines += [f"{each['title']}：{_counts(each)}" for each in record["by_sort"].values()]
    whole = record["score"]
    if record["reference_failing"]:
        lines.append(f"注意：参照系统自己就有 {len(record['reference_failing'])} 个场景不绿，它们的那几步不计入。")
    lines.append(f"合计 {whole['all']} 个缺陷：{_counts(whole)}")
    if record["kept"] or record["gone"]:
        lines.append(f"其中 {record['kept']} 个上次已被杀死，没有再试；上次试过的有 {record['gone']} 个已经没有了。")
    lines.append(f"得分 {percent(whole['score'])}（未触及的也算存活则为 {percent(whole['strict'])}）")
    return lines


def _counts(count: Mapping[str, Any]) -> str:
    said = "，".join(f"{title} {count[fate]}" for fate, title in TITLES.items() if count[fate])
    return f"{said}；得分 {percent(count['score'])}"


def write_workbook(path: Path, record: Mapping[str, Any], trials: Sequence[Trial]) -> None:
    """Three sheets: the mutants with their killers, the scenarios with what they kill, the classes with their scores."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "缺陷"
    killers = {each.mutant: each.killers for each in trials}
    _sheet(first, ("结果", "缺陷", "类别", "编号", "文件", "轨道", "陷阱", "涉及办件", "杀死它的场景", "凭哪一步", "说明"), [
        (each["fate_title"], each["title"], each["sort_title"], each["id"], each["file"], each["track"], each["trap"],
         each["changed_cases"], _named(dict.fromkeys(k.title for k in killers[each["id"]])),
         _named(_steps(killers[each["id"]])), each["reason"])
        for each in record["mutants"]
    ])  # fmt: skip
    _sheet(book.create_sheet("场景"), ("场景", "编号", "杀死几个", "同组只有它发现的", "缺陷"), [
        (each["title"], name, len(each["mutants"]), each["alone"], _named(dict.fromkeys(each["mutants"])))
        for name, each in record["killers"].items()
    ])  # fmt: skip
    _sheet(book.create_sheet("类别"), ("类别", "全部", *TITLES.values(), "得分"), [
        (each["title"], each["all"], *(each[fate] for fate in TITLES), percent(each["score"]))
        for each in (*record["by_sort"].values(), {"title": "合计", **record["score"]})
    ])  # fmt: skip
    book.save(path)


def _steps(killers: Sequence[Killer]) -> dict[str, None]:
    return dict.fromkeys(step for step, _ in Counter(each.step for each in killers).most_common())


def _named(names: Mapping[str, None]) -> str:
    shown = list(names)[:SHEET_ROWS]
    more = f"\n等 {len(names)} 项" if len(names) > SHEET_ROWS else ""
    return "\n".join(shown) + more


def _sheet(sheet: Any, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet.append(list(head))
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in sheet.columns:
        widest = max((len(line) for cell in column for line in str(cell.value or "").splitlines()), default=4)
        sheet.column_dimensions[column[0].column_letter].width = min(60, 4 + widest * 1.6)
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
