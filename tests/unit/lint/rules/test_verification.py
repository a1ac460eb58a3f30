"""Numbers typed by hand against what is counted."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.verification import iter_summary_issues

OBLIGATIONS = [
    {"property": "a", "lean": {"status": "proved", "theorem": "T"}},
    {"property": "b", "lean": {"status": "sorry"}},
    {"property": "c", "lean": {"status": "not-applicable"}},
    {"property": "d"},
]
HARNESSES = [{"obligation": "a"}, {"obligation": " a"}, {"obligation": "b"}, {"obligation": ""}]


def find(summary: Any, **blocks: Any) -> list[tuple[str, str]]:
    data = {
        "proof_obligations": OBLIGATIONS,
        "kani_harnesses": HARNESSES,
        "falsification_tests": [{"id": "F"}],
        "verification_summary": summary,
        **blocks,
    }
    found = list(iter_summary_issues(Blocks(data)))
    assert {one.code for one in found} <= {"PV503"}
    return [(str(one.path[-1]), one.message) for one in found]


def test_a_true_summary() -> None:
    summary = {
        "total_obligations": 4,
        "l2_property_tested": 4,
        "l3_kani_proved": 2,
        "l4_lean_proved": 1,
        "l4_sorry_count": 1,
        "l4_not_applicable": 2,
        "status": "as told",
        "proven": 0,
        "tested": 4,
        "discharged": None,
    }
    assert find(summary) == []


def test_each_number_that_is_not_borne_out() -> None:
    summary = {
        "total_obligations": 5,
        "l2_property_tested": 5,
        "l3_kani_proved": 3,
        "l4_lean_proved": 4,
        "l4_sorry_count": 0,
        "l4_not_applicable": 1,
        "proven": 5,
    }
    assert find(summary) == [
        ("total_obligations", "`total_obligations` is 5; counted: 4 obligations of the contract"),
        (
            "l2_property_tested",
            "`l2_property_tested` is 5, and it can be 4 at most: obligations of the contract",
        ),
        (
            "l3_kani_proved",
            "`l3_kani_proved` is 3, and it can be 2 at most: obligations that the kani harnesses name",
        ),
        (
            "l4_lean_proved",
            "`l4_lean_proved` is 4; counted: 1 obligations with lean status proved",
        ),
        (
            "l4_sorry_count",
            "`l4_sorry_count` is 0; counted: 1 obligations with lean status sorry",
        ),
        (
            "l4_not_applicable",
            "`l4_not_applicable` is 1; counted: 2 obligations without a lean proof",
        ),
        ("proven", "`proven` is 5, and it can be 4 at most: obligations of the contract"),
    ]


def test_nothing_is_tested_without_a_test() -> None:
    summary = {"l2_property_tested": 1, "tested": 1, "discharged": 1}
    assert find(summary, falsification_tests=None) == [
        (
            "l2_property_tested",
            "`l2_property_tested` is 1, and it can be 0 at most: there is no falsification test",
        ),
        ("tested", "`tested` is 1, and it can be 0 at most: there is no falsification test"),
    ]
    assert find(summary, falsification_tests=None, falsification=[{"condition": "c"}]) == []


def test_nothing_is_proven_or_discharged_by_nothing() -> None:
    summary = {"proven": 1, "discharged": 1}
    nothing = {"proof_obligations": [{"property": "a"}], "kani_harnesses": None}
    proven = ("proven", "`proven` is 1, and it can be 0 at most: no theorem and no kani harness is named")
    assert find(summary, **nothing) == [proven]
    assert find(summary, **nothing, falsification_tests=None) == [
        proven,
        (
            "discharged",
            "`discharged` is 1, and it can be 0 at most: there is no test, no theorem and no kani harness",
        ),
    ]
    harness = [{"id": "K", "obligation": "a"}]
    assert find(summary, **{**nothing, "kani_harnesses": harness}, falsification_tests=None) == []


def test_without_lean_blocks_a_proof_needs_a_named_theorem() -> None:
    obligations = [{"property": "a"}]
    summary = {"l4_lean_proved": 1, "l4_sorry_count": 0, "l4_not_applicable": 0}
    assert find(summary, proof_obligations=obligations) == [
        ("l4_lean_proved", "`l4_lean_proved` is 1, and it can be 0 at most: no theorem is named")
    ]
    theorem = {"f": {"formula": "y", "lean_theorem": "T.f"}}
    assert find(summary, proof_obligations=obligations, equations=theorem) == []


@pytest.mark.parametrize(
    ("value", "shown"), [("4", "'4'"), (True, "True"), (4.0, "4.0"), (-1, "-1"), ([4], "[4]")]
)
def test_what_is_no_count(value: Any, shown: str) -> None:
    assert find({"total_obligations": value}) == [
        ("total_obligations", f"`total_obligations` is {shown}, which is no count")
    ]


def test_a_number_of_thousands_of_digits() -> None:
    assert find({"total_obligations": 10**4200}) == [
        (
            "total_obligations",
            "`total_obligations` is a number of 13953 bits; counted: 4 obligations of the contract",
        )
    ]


@pytest.mark.parametrize("summary", [None, "L2. All green.", [], 3])
def test_free_forms_are_left_alone(summary: Any) -> None:
    assert find(summary) == []
