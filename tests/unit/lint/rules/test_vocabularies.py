"""Known words, and what a misspelt one was meant to be."""

from __future__ import annotations

import pytest

from pvengine.lint.rules.blocks import Entry
from pvengine.lint.rules.vocabularies import (
    LEAN_STATUSES,
    OBLIGATION_TYPES,
    STRATEGIES,
    TARGETS,
    Suggestions,
    iter_word_issues,
)


def test_the_words_of_the_format() -> None:
    assert len(OBLIGATION_TYPES) == len(set(OBLIGATION_TYPES)) == 26
    assert STRATEGIES == ("exhaustive", "stub_float", "compositional", "bounded_int")
    assert TARGETS == ("all", "scalar", "simd", "converter")
    assert LEAN_STATUSES == ("proved", "sorry", "wip", "not-applicable")


@pytest.mark.parametrize(
    ("word", "near"),
    [("smid", "simd"), (" SIMD ", "simd"), ("qqq", None), (3, None), ("s" * 41, None), (None, None)],
)
def test_the_word_that_was_meant(word: object, near: str | None) -> None:
    assert Suggestions().find(word, TARGETS) == near
    assert Suggestions().ask(word, TARGETS) == (f"; did you mean {near!r}?" if near else "")


def test_words_beyond_the_limit_get_no_suggestion_and_known_ones_keep_theirs() -> None:
    suggestions = Suggestions(limit=2)
    words = ["smid", "scaler", "al", "smid"]
    assert [suggestions.find(word, TARGETS) for word in words] == ["simd", "scalar", None, "simd"]


def test_a_word_is_reported_at_its_value() -> None:
    entries = [
        Entry(("b", 0), {"k": "one"}),
        Entry(("b", 1), {"k": " "}),
        Entry(("b", 2), {"k": "oen", "id": "I"}),
    ]
    assert [
        (one.code, one.path, one.message) for one in iter_word_issues("PV215", "k", "kind", ("one",), entries)
    ] == [("PV215", ("b", 2, "k"), "I: kind 'oen' is not known; did you mean 'one'?")]
