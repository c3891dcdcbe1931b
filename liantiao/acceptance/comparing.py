"""Two acceptances compared: what got better, what broke, what is new or gone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dashboards.acceptance_comparison import KINDS, page
from dashboards.acceptance_scenarios import sort_of
from features.accepting import RESULTS

Record = dict[str, Any]
WORST_FIRST: Final = (
    "违反条款", "健壮性", "未执行", "未取得验证证据", "已知问题", "指标待明确", "人工核验", "通过",
)  # fmt: skip
ABOUT: Final = ("package", "seed", "planned", "executed", "breaches", "robustness")


class CompareError(Exception):
    """Two acceptances cannot be compared; the message says why and what would do."""


def read_results(folder: Path) -> Record:
    """The results of an acceptance's folder. Raises CompareError."""
    path = folder / RESULTS if folder.is_dir() else folder
    try:
        found: Record = json.loads(path.read_text(encoding="utf-8"))
        for each in found["scenarios"]:
            sort_of(each), each["id"], each["steps"]
        found["run"]["journal_sha256"], found["promises"]
    except OSError:
        raise CompareError(f"{folder} 里没有 {RESULTS}；请写两次 liantiao accept 的输出文件夹。") from None
    except (ValueError, KeyError, TypeError):
        raise CompareError(f"{path} 不是验收结果，或已残缺；请用 liantiao accept --rebuild 重写。") from None
    return found


def compare(before: Record, after: Record) -> Record:
    """What changed, as JSON types. Raises CompareError for different packages."""
    if before["package"] != after["package"]:
        raise CompareError(
            f"两次验收的套餐不同（{before['package']}、{after['package']}），不能比较；请选同一套餐的两次。"
        )
    old, new = ({each["id"]: each for each in record["scenarios"]} for record in (before, after))
    found: Record = {kind: [] for kind in KINDS}
    for name in dict.fromkeys((*new, *old)):
        change = _change(old.get(name), new.get(name))
        found[change["kind"]].append(change)
    same = found.pop("same")
    return found | {
        "same": len(same), "promises": list(_promises(before, after)), "same_journal": _journal(before) == _journal(after),
        "before": {key: before[key] for key in ABOUT}, "after": {key: after[key] for key in ABOUT},
    }  # fmt: skip


def _journal(record: Record) -> str:
    return str(record["run"]["journal_sha256"])


def _change(old: Record | None, new: Record | None) -> Record:
    shown = new or old
    assert shown is not None
    was, is_ = (sort_of(each) if each else "" for each in (old, new))
    seen_before, seen_after = (_seen(each) for each in (old, new))
    if old is None or new is None:
        kind = "new" if old is None else "gone"
    elif was != is_:
        kind = "better" if WORST_FIRST.index(was) < WORST_FIRST.index(is_) else "worse"
    else:
        kind = "different" if is_ in WORST_FIRST[:4] and seen_before != seen_after else "same"
    return {
        "kind": kind, "id": shown["id"], "title": shown["title"], "subject": shown["subject"],
        "clauses": shown["clauses"], "before": was, "after": is_, "seen_before": seen_before, "seen_after": seen_after,
    }  # fmt: skip


def _seen(scenario: Record | None) -> str:
    """What was seen where it did not pass."""
    if scenario is None:
        return ""
    steps = [step for step in scenario["steps"] if step["result"] == scenario["result"] != "kept"]
    said = [f"{step['text']}：应为 {step['expected']}，所见 {step['seen']}" for step in steps]
    return "；".join(said) or str(scenario["note"])


def _promises(before: Record, after: Record) -> Iterator[Record]:
    """The promises whose result changed."""
    old = {each["id"]: each for each in before["promises"]}
    for each in after["promises"]:
        was = old.pop(each["id"], {"result_title": ""})
        if was["result_title"] != each["result_title"]:
            yield _promise(each, was["result_title"], each["result_title"])
    for each in old.values():
        yield _promise(each, each["result_title"], "")


def _promise(promise: Record, before: str, after: str) -> Record:
    return {"id": promise["id"], "title": promise["title"], "before": before, "after": after}


def told(found: Record) -> Iterator[str]:
    """The same in lines for a terminal."""
    for kind, title in KINDS.items():
        for each in found[kind] if kind != "same" else ():
            way = " → ".join(word for word in (each["before"], each["after"]) if word)
            yield f"{title}  {each['title']}（{each['subject']}）  {'、'.join(each['clauses'])}  {way}"
            if kind in ("worse", "different") and each["seen_after"]:
                yield f"    {each['seen_after']}"
    for each in found["promises"]:
        yield f"检核项  {each['title']}  {each['before'] or '没有'} → {each['after'] or '没有'}"
    sums = "，".join(f"{title} {len(found[kind])}" for kind, title in KINDS.items() if kind != "same")
    yield f"场景：{sums}，结果相同 {found['same']}"
    if found["same_journal"]:
        yield "两次的报文日志完全相同。"


def comparison_page(found: Record, before: str, after: str) -> str:
    """The HTML page; the folders stand there by their names."""
    return page(found, Path(before).name, Path(after).name)


def write_page(path: Path, text: str) -> None:
    """Write the page. Raises CompareError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:
        raise CompareError(f"{path} 写不下；请核对 --html 的文件夹是否可写。") from None
