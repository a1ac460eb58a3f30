from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine import open_project

if TYPE_CHECKING:
    from pathlib import Path

FALSIFIER = '''
from pvengine.plugin import Params, Trial, falsifier


class P(Params):
    x: float


def square(x):
    return x * x


@falsifier("t.square", subject=square, planted_faults={"doubled": lambda x: 2 * x})
def measure(trial: Trial, p: P) -> None:
    """Measure a square."""
    trial.measure("value", float(trial.subject(p.x)))
    trial.measure("error", abs(trial.subject(p.x) - p.x * p.x))
'''
CONTRACT = """\
metadata: {id: C-S, version: 1.0.0, description: Squares}
hypotheses:
- {id: H, statement: Squares are small, status: UNTESTED}
falsification_tests:
- id: T-S
  rule: Squares are small
  hypothesis: H
  prediction: No square is above 10.
  falsifier: t.square
  params: {x: 1.0}
  search:
    domain: {x: {kind: real, range: [-2, 8]}}
    maximise: value
    budget: {evaluations: 100}
  accept: [{metric: error, le: 0}]
  decides: {metric: value, scope: from -2 to 8, CONFIRMED: {lt: 10.0}, FALSIFIED: {ge: 10.0}}
  if_fails: The square is none.
  status: NEW
- id: T-P
  rule: One square is small
  hypothesis: H
  prediction: The square of 1 is not above 10.
  falsifier: t.square
  params: {x: 1.0}
  accept: [{metric: error, le: 0}]
  decides: {metric: value, scope: one point, CONFIRMED: {lt: 10.0}, FALSIFIED: {ge: 10.0}}
  if_fails: The square is none.
  status: NEW
"""


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    (tmp_path / "pv.toml").write_text('contracts = ["contracts"]\nfalsifiers = ["squares.py"]\n')
    (tmp_path / "squares.py").write_text(FALSIFIER)
    path = tmp_path / "contracts" / "s-v1.yaml"
    path.parent.mkdir()
    path.write_text(CONTRACT)
    return path


def test_no_search_is_listed_before_it_is_on_record(contract: Path) -> None:
    report = open_project(contract).landscape(contract)
    assert (report.searches, report.summary.searches) == ((), 0)


def test_a_search_on_record_is_listed_with_its_line_and_bands(contract: Path) -> None:
    assert open_project(contract).discharge(contract).exit_code == 0
    report = open_project(contract).landscape(contract)
    (found,) = report.searches
    assert (found.test, found.standing, found.search.learnt) == ("T-S", "verified", "counterexample")
    assert (found.search.worst.params, found.search.worst.value) == ({"x": 8.0}, 64.0)
    assert found.cuts == (10.0,)
    assert [(each.verdict, each.low, each.high) for each in found.bands] == [
        ("CONFIRMED", None, 10.0),
        ("FALSIFIED", 10.0, None),
    ]
    assert found.profile is not None
    line = {1 + 7 * part: value for part, value in zip(found.profile.at, found.profile.values, strict=True)}
    assert len(line) == 41
    assert all(value == pytest.approx(x * x) for x, value in line.items())
    assert found.search.replay is not None
    assert found.search.replay.endswith(f"--test T-S --replay {found.evidence}")
    assert report.summary.searches == 1


def test_two_scopes_that_disagree_are_contested_and_each_is_shown(contract: Path) -> None:
    open_project(contract).discharge(contract)
    (hypothesis,) = open_project(contract).landscape(contract).hypotheses
    assert hypothesis.verdict == "CONTESTED"
    assert [(row.scope, row.verdict) for row in hypothesis.scopes] == [
        ("from -2 to 8", "FALSIFIED"),
        ("one point", "CONFIRMED"),
    ]
