"""Mutation scores that are kept on the machine: found for the same claim and code, and nothing else."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pvengine import open_project
from pvengine.models.report import MutationScore
from pvengine.project.scores import find_scores, remember_score

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.project.view import ContractView

SCORE = MutationScore(
    generated=9,
    tried=8,
    noticed=3,
    unnoticed=1,
    same_numbers=2,
    invalid=2,
    score=0.75,
    minimum=0.5,
    seed=0,
)
PLUG = '''
from pvengine.plugin import Params, Trial, falsifier

@falsifier("a.b", subject=abs, planted_faults={"f": round})
def measure(trial: Trial, p: Params) -> None:
    """Measure."""
'''


def view_of(root: Path, bar: float = 1.0) -> ContractView:
    (root / "pv.toml").write_text(
        "falsifiers = ['plug.py']\n[teeth]\nminimum_score = 0.9\n", encoding="utf-8"
    )
    (root / "plug.py").write_text(PLUG, encoding="utf-8")
    path = root / "x-v1.yaml"
    path.write_text(
        "metadata: {id: C, version: 1.0.0}\nfalsification_tests:\n"
        f"- {{id: T, falsifier: a.b, accept: [{{metric: m, lt: {bar}}}]}}\n"
        "- {id: U, rule: unbound}\n",
        encoding="utf-8",
    )
    return open_project(root).view(path)


def test_a_score_is_found_for_the_same_claim_and_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path / "cache"))
    view = view_of(tmp_path)
    assert find_scores(view, ["T", "U"]) == {}
    remember_score(view, "T", SCORE)
    remember_score(view, "U", SCORE)
    assert find_scores(view, ["T", "U"]) == {"T": replace(SCORE, minimum=0.9)}, "the minimum is that of now"
    assert find_scores(view_of(tmp_path, bar=2.0), ["T"]) == {}
    monkeypatch.setattr(f"{__name__}.PLUG", PLUG.replace("round", "int"))
    assert find_scores(view_of(tmp_path), ["T"]) == {}


@pytest.mark.parametrize("entry", [7, [1], {"noticed": 1}, {"more": 1}])
def test_an_entry_of_another_shape_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: object
) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path / "cache"))
    view = view_of(tmp_path)
    remember_score(view, "T", SCORE)
    with closing(sqlite3.connect(tmp_path / "cache" / "results.sqlite")) as connection, connection:
        connection.execute("UPDATE entry SET value = ?", [json.dumps(entry)])
    assert find_scores(view, ["T"]) == {}
