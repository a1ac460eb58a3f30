from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.counts import iter_count_issues
from pvengine.loading.contract_file import load_contract

BODY = """\
falsification_tests: [{id: T1}, {id: T2}, {id: T3}]
proof_obligations: [{property: a}, {property: b}]
equations: {e: {formula: f}}
kani_harnesses: []
implementation_stages: [{id: S}]
"""


def find(prose: str, body: str = BODY) -> list[str]:
    text = f"metadata: {{version: 1.1.0}}\nqa_gate:\n  pass_criteria: |\n    {prose}\n{body}"
    loaded = load_contract(Path("x.yaml"), "x.yaml", text.encode())
    shown = []
    for one in loaded.locate(iter_count_issues(loaded)):
        assert one.place is not None
        marked = one.place.snippet[one.place.column - 1 : one.place.end_column - 1]
        shown.append(f"{one.code} <{marked}> {one.message} -> {one.fix}")
    return shown


@pytest.mark.parametrize(
    ("prose", "number", "noun", "there"),
    [
        ("All 6 falsification tests pass", "6", "falsification tests", "3 falsification tests"),
        ("It has five falsification tests.", "five", "falsification tests", "3 falsification tests"),
        ("all 2 tests pass", "2", "falsification tests", "3 falsification tests"),
        ("3 of 4 falsifiers", "4", "falsification tests", "3 falsification tests"),
        ("the 2 FALSIFY tests", "2", "falsification tests", "3 falsification tests"),
        ("All of the 5 falsification_tests", "5", "falsification tests", "3 falsification tests"),
        ("3 proof obligations", "3", "proof obligations", "2 proof obligations"),
        ("all 7 equations", "7", "equations", "1 equation"),
        ("All 2 Kani harnesses verify", "2", "Kani harnesses", "0 Kani harnesses"),
        ("4 implementation stages", "4", "implementation stages", "1 implementation stage"),
    ],
)
def test_a_number_that_the_structure_does_not_bear_out(
    prose: str, number: str, noun: str, there: str
) -> None:
    shown = int(number) if number.isdigit() else {"five": 5}[number]
    fix = f"write {there.split(maxsplit=1)[0]}, or no number"
    assert find(prose) == [
        f"PV504 <{number}> the text counts {shown} {noun}, the contract has {there} -> {fix}"
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "All 3 falsification tests pass",
        "All three falsification tests and all 2 obligations",
        "All 2 falsification tests pass + 1 SIMD ignored",
        "5 tests, 7 equations, 9 obligations, 12 stages, all 14 stages, all 8 gates",
        "at least 2 falsification tests, the first 2 falsification tests, 2 new falsification tests",
        "v1.0.0 has 2 falsification tests",
        "5/6 falsification tests, 1.5 falsification tests, M-4 falsification tests",
        "1234567 falsification tests",
        "all 4 hypotheses",
        "falsification tests, all falsification tests, tests",
    ],
)
def test_right_numbers_and_numbers_of_something_else(prose: str) -> None:
    assert find(prose) == []


def test_comments_and_keys_are_no_prose() -> None:
    assert find("x", BODY + "# all 6 falsification tests\nall 6 falsification tests: y\n") == []


def test_sections_of_one_meaning_count_alone_or_together() -> None:
    body = "falsification: {F1: {}, F2: {}}\nfalsification_conditions: [{id: F3}]\n"
    assert [find(f"All {number} falsification tests", body) != [] for number in (1, 2, 3, 4)] == [
        False,
        False,
        False,
        True,
    ]


def test_gates_are_conditions_of_the_second_generation() -> None:
    noun = "falsification tests"
    body = "falsification_conditions: [{id: F1}, {id: F2}, {id: F3}]\n"
    assert find("(Four falsification\n    gates)", body) == [
        f"PV504 <Four> the text counts 4 {noun}, the contract has 3 {noun} -> write 3, or no number"
    ]
    assert find("Four falsification gates") == []


def test_a_contract_without_tests_has_none() -> None:
    noun = "falsification tests"
    assert find("All 5 falsification tests pass", "") == [
        f"PV504 <5> the text counts 5 {noun}, the contract has 0 {noun} -> write 0, or no number"
    ]
    assert find("5 falsification tests, all 5 tests", "") == []
