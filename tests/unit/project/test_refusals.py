from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.project.project import open_project
from pvengine.project.refusals import InvalidTest, find_refusals, list_invalid_tests

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.project.view import ContractView

TEXT = """\
metadata: {id: X, version: 1.0.0}
falsification_tests:
- {id: GOOD, falsifier: f, accept: [{metric: m, lt: 1}]}
- {id: BAD, falsifier: f, limits: none}
- {id: LOOSE, rule: 5}
- {rule: 5, falsifier: f}
- 5
"""


@pytest.fixture
def view(tmp_path: Path) -> ContractView:
    path = tmp_path / "x.yaml"
    path.write_text(TEXT)
    return open_project(tmp_path).view(path)


def refused_lines(view: ContractView, *named: str) -> list[int | None]:
    selected = [name for name in ("GOOD",) if not named or name in named]
    return sorted({found.line for found in find_refusals(view, selected, named, is_recorded=True)}, key=str)


def test_entries_that_are_no_tests(view: ContractView) -> None:
    path = "falsification_tests"
    assert list_invalid_tests(view) == [
        InvalidTest("BAD", (path, 1), is_bound=True),
        InvalidTest("LOOSE", (path, 2), is_bound=False),
        InvalidTest(None, (path, 3), is_bound=True),
        InvalidTest(None, (path, 4), is_bound=True),
    ]


def test_they_count_where_they_would_have_run_or_are_named(view: ContractView) -> None:
    assert refused_lines(view) == [4, 6, 7]
    assert refused_lines(view, "GOOD") == []
    assert refused_lines(view, "BAD") == [4]
    assert refused_lines(view, "LOOSE") == [5]
