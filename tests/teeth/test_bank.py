"""Thirty tests that cannot fail and sixty that can: nearly all of the first are refused, no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from teeth_table import PAGE, Tried, count_refused, render_table, split_page, try_bank


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> list[Tried]:
    patch = pytest.MonkeyPatch()
    with patch.context() as context:
        context.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return try_bank(tmp_path_factory.mktemp("bank"))


def test_vacuous_tests_are_refused_and_sound_ones_are_not(tried: list[Tried]) -> None:
    (vacuous, of_vacuous), (sound, of_sound) = count_refused(tried).values()
    assert (of_vacuous, of_sound) == (30, 60)
    assert vacuous >= 28, [row.name for row in tried if not row.is_sound and not row.is_refused]
    assert sound == 0, [row.name for row in tried if row.is_sound and row.is_refused]


def test_every_refusal_names_its_rule_and_its_reason(tried: list[Tried]) -> None:
    refused = [row for row in tried if row.is_refused]
    assert all(row.code.startswith("PV") or row.code in {"no teeth", "vacuous"} for row in refused)
    assert all(len(row.reason) > len(row.code) for row in refused)
    assert {row.name: row.code for row in refused if row.code == "vacuous"} == dict.fromkeys(
        ["NORM-NAN", "COSINE", "LOOP-FALSIFIED", "PERTURBATION-FALSIFIED", "CONSTANT-FALSIFIED"], "vacuous"
    )


def test_what_is_not_refused_has_no_mutation_score_to_speak_of(tried: list[Tried]) -> None:
    missed = {row.name: row.score for row in tried if not row.is_sound and not row.is_refused}
    assert missed == {"ITSELF-NAN": "no score, 0 of 0 noticed", "LOOSE": "score 0.00, 0 of 3 noticed"}


def test_sound_tests_have_evidence_whichever_way_they_end(tried: list[Tried]) -> None:
    falsified = {row.name for row in tried if row.is_sound and row.outcome == "falsified"}
    assert falsified == {"MIDPOINT", "HALF-PRECISION"}
    assert {row.outcome for row in tried if row.is_sound} == {"survived", "falsified"}


def test_the_page_shows_what_was_tried(tried: list[Tried]) -> None:
    _, table, _ = split_page(PAGE.read_text(encoding="utf-8"))
    assert table == render_table(tried), "run `.venv/bin/python tests/teeth/teeth_table.py --write`"
