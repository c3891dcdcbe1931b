"""The results as JUnit XML, for build servers: what did not pass is never counted as passed."""

import re
from typing import Any, Final
from xml.etree import ElementTree

from dashboards.acceptance_scenarios import sort_of

Record = dict[str, Any]
ELEMENTS: Final = {
    "broken": "failure", "not_run": "error", "not_observed": "error", "known_issue": "skipped", "manual": "skipped",
    "no_figure": "skipped",
}  # fmt: skip
"""A failure is a failure whether it breaks a clause or not, its type says which; what was not seen is an error."""
COUNTED: Final = {"failure": "failures", "error": "errors", "skipped": "skipped"}
_FORBIDDEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(record: Record, titles: Record) -> bytes:
    """One suite for every feature, and one for the promises."""
    root = ElementTree.Element("testsuites", name=f"{titles['title']} 验收")
    properties = {
        "package": record["package"], "seed": record["seed"], "clock": record["clock"]["title"],
        "journal_sha256": record["run"]["journal_sha256"], "results_sha256": titles["results_sha256"],
    }  # fmt: skip
    for subject in dict.fromkeys(each["subject"] for each in record["scenarios"]):
        suite = _suite(root, subject, properties)
        for each in record["scenarios"]:
            if each["subject"] == subject:
                _case(suite, subject, each["title"], each["result"], sort_of(each), _said(each), each)
    suite = _suite(root, "检核项", properties)
    for each in record["promises"]:
        said = each["note"] or "\n".join(f"办件 {row['case_no']}：{row['evidence']}" for row in each["sample"])
        kind = "健壮性" if each["inferred"] and each["result"] == "broken" else each["result_title"]
        _case(suite, "检核项", each["title"], each["result"], kind, said, {})
    for suite in root:
        for element, attribute in COUNTED.items():
            suite.set(attribute, str(len(suite.findall(f"testcase/{element}"))))
        suite.set("tests", str(len(suite.findall("testcase"))))
    for attribute in (*COUNTED.values(), "tests"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _suite(root: ElementTree.Element, name: str, properties: Record) -> ElementTree.Element:
    suite = ElementTree.SubElement(root, "testsuite", name=name)
    kept = ElementTree.SubElement(suite, "properties")
    for key, value in properties.items():
        ElementTree.SubElement(kept, "property", name=key, value=_plain(str(value)))
    return suite


def _case(
    suite: ElementTree.Element, subject: str, title: str, result: str, kind: str, said: str, scenario: Record
) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=_plain(subject), name=_plain(title))
    if scenario:
        case.set("file", scenario["place"].rpartition(":")[0])
        case.set("line", scenario["place"].rpartition(":")[2])
    if element := ELEMENTS.get(result):
        first = said.split("\n", 1)[0]
        found = ElementTree.SubElement(case, element, message=_plain(f"{kind}：{first}"))
        if element != "skipped":
            found.set("type", kind)
        found.text = _plain(said)


def _said(scenario: Record) -> str:
    lines = [
        f"{step['text']}：应为 {step['expected']}，所见 {step['seen']}"
        for step in scenario["steps"] if step["result"] != "kept"
    ]  # fmt: skip
    lines = lines or ([scenario["note"]] if scenario["note"] else [])
    return "\n".join(
        [*lines, f"条款 {'、'.join(scenario['clauses'])}", f"办件 {'、'.join(map(str, scenario['cases']))}"]
    )


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
