"""Falsification tests as the field writes them."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.predictions import iter_prediction_issues

PATH = ("falsification_tests", 0)


def find(*tests: dict[str, Any], **blocks: Any) -> list[tuple[str, tuple[str | int, ...], str]]:
    data = {"falsification_tests": list(tests), **blocks}
    return [(one.code, one.path, one.message) for one in iter_prediction_issues(Blocks(data))]


def test_a_test_of_either_generation() -> None:
    assert find({"id": "F", "prediction": "it holds", "if_fails": "the sum"}) == []
    assert find({"id": "F", "expected": "it holds", "fails_if": "the sum"}) == []


def test_what_is_absent() -> None:
    assert find({"id": "F"}) == [
        ("SCHEMA-008", PATH, "test F: it has no `prediction`"),
        ("SCHEMA-009", PATH, "test F: it has no `if_fails`"),
    ]


@pytest.mark.parametrize("value", [None, "", " \n"])
def test_what_is_blank(value: Any) -> None:
    assert find({"id": "F", "prediction": value, "fails_if": value}) == [
        ("SCHEMA-008", (*PATH, "prediction"), "test F: `prediction` is empty"),
        ("SCHEMA-009", (*PATH, "fails_if"), "test F: `if_fails` is empty"),
    ]


def test_a_bound_test_needs_neither_but_what_it_has_says_something() -> None:
    assert find({"id": "F", "falsifier": "x"}) == []
    assert find({"id": "F", "falsifier": "x", "prediction": ""}) == [
        ("SCHEMA-008", (*PATH, "prediction"), "test F: `prediction` is empty")
    ]


def test_tests_beside_bound_ones_need_neither() -> None:
    assert find({"id": "F"}, {"id": "G", "falsifier": "x"}) == []
    assert find({"id": "F"}, hypotheses=[]) == []


def test_a_kind_makes_it_a_contract_of_the_field() -> None:
    found = find({"id": "F"}, {"id": "G", "falsifier": "x"}, metadata={"kind": "pattern"})
    assert [(code, path) for code, path, _ in found] == [("SCHEMA-008", PATH), ("SCHEMA-009", PATH)]


@pytest.mark.parametrize("section", ["falsification", "falsification_conditions"])
def test_ids_repeat_in_the_blocks_that_other_tools_call_tests(section: str) -> None:
    blocks: dict[str, Any] = {section: [{"id": "A"}, {"name": "n"}, {"id": "A"}, {"id": " "}, {"id": " "}]}
    assert find(**blocks) == [
        ("SCHEMA-007", (section, 2, "id"), f"test id 'A' stands already at {section}[0]")
    ]


def test_two_blocks_may_speak_of_one_test() -> None:
    conditions = [{"id": "A", "assertion": "holds"}]
    assert find(falsification=conditions, falsification_conditions=conditions) == []


@pytest.mark.parametrize("word", ["ERROR", "warning", "Info", "CRITICAL", "high", "P0", None, ""])
def test_a_known_severity(word: Any) -> None:
    assert find(falsification=[{"severity": word}]) == []


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("EROR", "'EROR' is not known; did you mean 'ERROR'?"),
        ("zzz", "'zzz' is not known"),
        (1, "1 is not known"),
    ],
)
def test_an_unknown_severity(word: Any, text: str) -> None:
    assert find(falsification={"A": {"severity": word}}) == [
        ("PV217", ("falsification", "A", "severity"), f"A: severity {text}")
    ]
