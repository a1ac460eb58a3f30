"""Complaints speak of YAML and not of Python."""

from __future__ import annotations

from pvengine.loading.complaints import find_nearest, list_keys, list_keys_at, shorten
from pvengine.models.claim import Condition


def test_keys_are_listed_as_they_are_written() -> None:
    assert list_keys(Condition) == ["metric", "lt", "le", "gt", "ge", "eq", "ne", "in", "bits"]


def test_the_keys_at_a_path_are_those_of_its_model() -> None:
    assert list_keys_at(("falsification_tests", 0, "accept", 3)) == list_keys(Condition)
    assert "lt" in list_keys_at(("falsification_tests", 0, "decides", "CONFIRMED", 1))
    assert list_keys_at(("equations", 0)) == []
    assert list_keys_at(()) == []


def test_only_a_near_key_is_suggested() -> None:
    assert find_nearest("hypotesis", ["hypothesis", "id"]) == "hypothesis"
    assert find_nearest("owner", ["hypothesis", "id"]) is None
    assert find_nearest("x", []) is None


def test_long_values_are_cut_on_one_line() -> None:
    assert shorten("a\nb") == "'a\\nb'"
    assert shorten("x" * 100) == "'" + "x" * 56 + "..."
