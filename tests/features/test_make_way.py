"""Only a folder of an acceptance is cleared away for the next one."""

from pathlib import Path

import pytest

from liantiao.acceptance.command import make_way
from liantiao.acceptance.options import AcceptError


def test_only_an_acceptance_is_cleared_away(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for text in ('{"name": "甲班"}', "[]", "{"):
        (run / "plan.json").write_text(text, encoding="utf-8")
        with pytest.raises(AcceptError, match="不敢清空"):
            make_way(run, replace=True)
    (run / "plan.json").write_text('{"scenarios": []}', encoding="utf-8")
    with pytest.raises(AcceptError, match="--replace"):
        make_way(run, replace=False)
    make_way(run, replace=True)
    assert not run.exists()


def test_a_file_is_no_place_for_an_acceptance(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(AcceptError, match="是文件"):
        make_way(tmp_path / "out", replace=True)
