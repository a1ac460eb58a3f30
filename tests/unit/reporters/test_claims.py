from __future__ import annotations

from typing import Any

import pytest

from pvengine.reporters.claims import iter_claim_rows, say_bounds


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ({"gt": 1}, "> 1"),
        ({"le": 1e-5, "gt": -2.0}, "> -2.0 and <= 1e-05"),
        ({"in": [1, 2]}, "in [1, 2]"),
        ({"bits": "3f800000"}, "has the bits 3f800000"),
        ({"eq": 0, "ne": 1, "ge": 0, "lt": 2}, ">= 0 and < 2 and == 0 and != 1"),
    ],
)
def test_bounds_read_as_mathematics(bounds: dict[str, Any], text: str) -> None:
    assert say_bounds({"metric": "m", **bounds}) == text


def test_a_claim_with_several_decisions_and_a_union_of_bands() -> None:
    claim = {
        "hypothesis": ["H1", "H2"],
        "statements": {"H1": "It is\nsmall.", "H2": None},
        "decides": [
            {"hypothesis": "H1", "metric": "m", "CONFIRMED": {"lt": 1}, "FALSIFIED": {"ge": 1}},
            {
                "hypothesis": "H2",
                "metric": "m",
                "CONFIRMED": {"ge": 0, "le": 1},
                "FALSIFIED": [{"lt": 0}, {"gt": 1}],
            },
        ],
        "reproduce": {"relative": 1e-3},
    }
    assert list(iter_claim_rows(claim)) == [
        ("hypothesis", "H1: It is small."),
        ("hypothesis", "H2: the contract does not state it"),
        ("decides", "H1 by m"),
        ("", "CONFIRMED where < 1"),
        ("", "FALSIFIED where >= 1"),
        ("decides", "H2 by m"),
        ("", "CONFIRMED where >= 0 and <= 1"),
        ("", "FALSIFIED where < 0 or > 1"),
        ("reproduce", "within 0.001, relative"),
    ]


def test_an_empty_claim_says_nothing() -> None:
    assert list(iter_claim_rows({"id": "T", "accept": None, "decides": None, "params": None})) == []
