"""Feature files: what they must say, and what is said of those that do not."""

from pathlib import Path

import pytest

from features.reading import FeatureError, read_feature

GOOD = """# language: zh-CN
@FJ-1-04
功能: 税费同缴
  @边界 @T01
  场景大纲: <题目>
    假如 一件规范办件
    当 加领<本数>本证书
    那么 扣款成功1笔
    例子:
      | 题目 | 本数 |
      | 一本 | 1 |
      | 两本 | 2 |
"""


def feature(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "甲.feature"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_row_of_an_outline_is_a_scenario_of_its_own(tmp_path: Path) -> None:
    one, two = read_feature(feature(tmp_path, GOOD))
    assert (one.title, two.title) == ("一本", "两本")
    assert one.clauses == ("FJ-1-04",)
    assert one.traps == ("T01",)
    assert one.sort == "边界"
    assert not one.robustness
    assert [step.role for step in one.steps] == ["given", "when", "then"]
    assert two.steps[1].text == "加领2本证书"
    assert one.line != two.line
    assert one.id != two.id


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@边界 @T01", "@T01", "类别标签"),
        ("@边界 @T01", "@边界 @正常", "类别标签"),
        ("@FJ-1-04", "", "条款标签"),
        ("@T01", "@随便", "不认识的标签 @随便"),
        ("    那么 扣款成功1笔\n", "", "什么也不检查"),
        ("| 一本 | 1 |", "| 一本 |", "不是合法的特性文件"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(FeatureError, match=said) as caught:
        read_feature(feature(tmp_path, GOOD.replace(old, new)))
    assert "甲.feature" in str(caught.value)
