"""What the text of a claim alone tells about whether its test can fail."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.models.claim import Condition, Decision
from pvengine.models.contract import FalsificationTest
from pvengine.numerics.reach import REACH, can_break, can_fail, is_measurable, list_verdicts

BELOW = 9.9e299


def condition(**comparators: Any) -> Condition:
    return Condition.model_validate({"metric": "m", **comparators})


@pytest.mark.parametrize(
    ("comparators", "expected"),
    [
        ({"lt": REACH}, False),
        ({"lt": BELOW}, True),
        ({"le": REACH}, False),
        ({"le": BELOW}, True),
        ({"gt": -REACH}, False),
        ({"gt": -BELOW}, True),
        ({"ge": -REACH}, False),
        ({"ge": -BELOW}, True),
        ({"lt": 10**400, "gt": -(10**400)}, False),
        ({"lt": 10**400, "gt": 0}, True),
        ({"ne": 0}, True),
        ({"ne": 2**64 + 1}, False),
        ({"ne": 1e308}, False),
        ({"ne": -1e308}, False),
        ({"eq": 1e308}, True),
        ({"in": [1e308]}, True),
        ({"bits": "7fefffffffffffff"}, True),
        ({"lt": 1e308, "eq": 1}, True),
    ],
)
def test_a_condition_can_break_where_a_number_within_reach_breaks_it(
    comparators: dict[str, Any],
    expected: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    assert can_break(condition(**comparators)) is expected


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ({"CONFIRMED": {"gt": 1}, "FALSIFIED": {"le": 1}}, {"CONFIRMED", "FALSIFIED"}),
        ({"CONFIRMED": {"ge": REACH}, "FALSIFIED": {"lt": REACH}}, {"FALSIFIED"}),
        ({"CONFIRMED": {"ge": BELOW}, "FALSIFIED": {"lt": BELOW}}, {"CONFIRMED", "FALSIFIED"}),
        (
            {"CONFIRMED": [{"lt": -1e305}, {"gt": 1e305}], "FALSIFIED": {"ge": -1e305, "le": 1e305}},
            {"FALSIFIED"},
        ),
    ],
)
def test_verdicts_within_reach(bands: dict[str, Any], expected: set[str]) -> None:
    decision = Decision.model_validate({"metric": "m", "hypothesis": "H", **bands})
    assert {verdict.value for verdict in list_verdicts(decision)} == expected


def test_a_test_can_fail_by_any_condition_or_decision() -> None:
    idle, real = {"metric": "m", "lt": 1e308}, {"metric": "m", "lt": 1}
    one = {"metric": "m", "hypothesis": "H", "CONFIRMED": [{"lt": 1}, {"ge": 1}]}
    two = {"metric": "m", "hypothesis": "H", "CONFIRMED": {"lt": 1}, "FALSIFIED": {"ge": 1}}

    def ask(**keys: Any) -> bool:
        return can_fail(FalsificationTest.model_validate({"id": "T", **keys}))

    assert not ask(accept=[idle, idle])
    assert ask(accept=[idle, real])
    assert not ask(accept=[idle], decides=one)
    assert ask(accept=[idle], decides=[one, two])
    assert not ask(decides=one)
    assert ask(decides=two)
    assert not ask()


@given(
    st.dictionaries(
        st.sampled_from(["lt", "le", "gt", "ge", "ne"]),
        st.sampled_from([-1e308, -REACH, -BELOW, -1, 0, 2.5, BELOW, REACH, 1e308, 2**64 + 1]),
        min_size=1,
    )
)
def test_what_can_break_agrees_with_the_numbers_around_every_bound(comparators: dict[str, float]) -> None:
    compare = {
        "lt": lambda a, b: a < b,
        "le": lambda a, b: a <= b,
        "gt": lambda a, b: a > b,
        "ge": lambda a, b: a >= b,
        "ne": lambda a, b: a != b,
    }
    middles = [-REACH, -BELOW, -1.0, 0.0, 2.5, BELOW, REACH]
    probes = {math.nextafter(each, end) for each in middles for end in (-math.inf, math.inf)} | set(middles)
    broken = any(
        not all(compare[name](probe, bound) for name, bound in comparators.items())
        for probe in probes
        if abs(probe) < REACH
    )
    assert can_break(condition(**comparators)) is broken


def test_what_is_measurable() -> None:
    assert is_measurable(1.5)
    assert is_measurable(-(2**63))
    assert is_measurable(2**70)  # as a float64
    assert not is_measurable(-(2**63) - 1)
    assert not is_measurable(10**400)
    assert not is_measurable(math.inf)
