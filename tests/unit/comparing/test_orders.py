from __future__ import annotations

from typing import Any

import pytest

from pvengine.comparing.orders import (
    SEVERITY_SCALES,
    compare_lean,
    compare_severities,
    compare_strategies,
    compare_targets,
)
from pvengine.lint.rules.vocabularies import LEAN_STATUSES, SEVERITIES, STRATEGIES


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("error", "info", "weakened"),
        ("Warning", "ERROR", "strengthened"),
        ("high", "critical", "strengthened"),
        ("P0", "P2", "weakened"),
        ("minor", "blocker", "strengthened"),
        ("error", "high", "changed"),
        ("error", "grave", "changed"),
        ("ERROR", "error ", "reworded"),
        (1, 2, "changed"),
    ],
)
def test_severities(before: Any, after: Any, kind: str) -> None:
    assert compare_severities(before, after).value == kind


def test_the_words_are_those_that_the_linter_knows() -> None:
    assert {word for scale in SEVERITY_SCALES for word in scale} == set(SEVERITIES)
    assert {compare_lean(word, "proved").value for word in LEAN_STATUSES} == {"strengthened", "reworded"}
    assert {compare_strategies("exhaustive", word).value for word in STRATEGIES[1:]} == {"weakened"}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("all", "simd", "weakened"),
        (["scalar"], ["scalar", "all"], "strengthened"),
        ("scalar", "simd", "changed"),
        (3, 4, "changed"),
    ],
)
def test_targets(before: Any, after: Any, kind: str) -> None:
    assert compare_targets(before, after).value == kind


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("sorry", {"status": "proved"}, "strengthened"),
        ("proved", "sorry", "weakened"),
        ("sorry", "wip", "reworded"),
        ("wip", "not-applicable", "weakened"),
        ("proved", "unheard of", "changed"),
        ("proved", ["sorry"], "changed"),
    ],
)
def test_lean_words(before: Any, after: Any, kind: str) -> None:
    assert compare_lean(before, after).value == kind
