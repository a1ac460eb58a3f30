"""One measurement against one condition, exactly, and the size of the miss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.ledger.conditions import Check, check_condition, refuse_metric
from pvengine.models.claim import Condition

if TYPE_CHECKING:
    from pvengine.models.measurement import Measurement


def check(measured: Measurement, **comparators: Any) -> tuple[Check, str]:
    result = check_condition(Condition.model_validate({"metric": "m", **comparators}), {"m": measured})
    return result.check, result.text


@pytest.mark.parametrize(
    ("comparator", "operand", "inside", "outside"),
    [
        ("lt", 1, 0.9999999999999999, 1.0),
        ("le", 1, 1.0, 1.0000000000000002),
        ("gt", 1, 1.0000000000000002, 1.0),
        ("ge", 1, 1.0, 0.9999999999999999),
        ("eq", 1, 1.0, 1.0000000000000002),
        ("ne", 1, 1.0000000000000002, 1.0),
        ("in", [1, 2], 2.0, 1.5),
    ],
)
def test_each_comparator_is_exact_to_the_last_bit(
    build: Any, comparator: str, operand: Any, inside: float, outside: float
) -> None:
    assert check(build.number(inside), **{comparator: operand})[0] is Check.HELD
    assert check(build.number(outside), **{comparator: operand})[0] is Check.BROKEN


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "comparators",
    [
        {"lt": 1},
        {"le": 1},
        {"gt": 1},
        {"ge": 1},
        {"eq": 1},
        {"ne": 1},
        {"in": [1]},
        {"bits": "7f800000"},
        {"bits": "7ff0000000000000"},
        {"bits": "7fc00000"},
        {"bits": "7ff8000000000000"},
    ],
    ids=str,
)
def test_no_comparator_ever_accepts_what_is_not_finite(
    build: Any, value: float, dtype: str, comparators: dict[str, Any]
) -> None:
    assert check(build.number(value, dtype), **comparators)[0] is Check.UNDECIDABLE


def test_a_float32_is_compared_by_its_exact_value_and_the_text_shows_it(build: Any) -> None:
    measured = build.number(0.1, "float32")
    assert check(measured, lt=0.1) == (
        Check.BROKEN,
        "m 0.1 (float32, exactly 0.10000000149011612), allowed < 0.1 (it would hold at 0.101)",
    )
    assert check(measured, gt=0.1)[0] is Check.HELD
    assert check(measured, eq=0.10000000149011612)[0] is Check.HELD


def test_integers_beyond_two_to_the_53_are_not_rounded(build: Any) -> None:
    count = build.number(2**53 + 1)
    assert check(count, gt=2**53)[0] is Check.HELD
    assert check(count, le=2**53)[0] is Check.BROKEN
    assert check(count, eq=float(2**53))[0] is Check.BROKEN


@pytest.mark.parametrize("wanted", ["3f800000", "3F800000", "0x3f800000", "0X3F800000"])
def test_bits_are_read_in_either_case_and_with_a_prefix(build: Any, wanted: str) -> None:
    assert check(build.number(1.0, "float32"), bits=wanted)[0] is Check.HELD


def test_bits_tell_the_two_zeros_apart(build: Any) -> None:
    assert check(build.number(-0.0), bits="8000000000000000")[0] is Check.HELD
    assert check(build.number(-0.0), eq=0)[0] is Check.HELD
    assert check(build.number(0.0), bits="8000000000000000") == (
        Check.BROKEN,
        "m has the bits 0000000000000000 (0.0), wanted 8000000000000000",
    )


@pytest.mark.parametrize(
    ("value", "dtype", "bits"),
    [(1.0, "float64", "3f800000"), (1.0, "float32", "3ff0000000000000"), (1, "int", "3f800000")],
)
def test_bits_of_another_width_are_undecidable(build: Any, value: float, dtype: str, bits: str) -> None:
    assert check(build.number(value, dtype), bits=bits)[0] is Check.UNDECIDABLE


def test_every_comparator_must_hold(build: Any) -> None:
    assert check(build.number(3.0), gt=1, lt=5)[0] is Check.HELD
    assert check(build.number(7.0), gt=1, lt=5)[0] is Check.BROKEN
    assert check(build.number(0.0), gt=1, lt=5)[0] is Check.BROKEN


@pytest.mark.parametrize(
    ("value", "comparators", "text"),
    [
        (5.31, {"lt": 1}, "m 5.31, allowed < 1 (it would hold at 5.32)"),
        (5.31, {"le": 1}, "m 5.31, allowed <= 1 (it would hold at 5.31)"),
        (0.5, {"gt": 1.0}, "m 0.5, allowed > 1.0 (it would hold at 0.499)"),
        (0.5, {"ge": 1}, "m 0.5, allowed >= 1 (it would hold at 0.5)"),
        (7.0, {"lt": 1}, "m 7.0, allowed < 1 (it would hold at 7.01)"),
        (12345, {"le": 1}, "m 12345, allowed <= 1 (it would hold at 12400)"),
        (-5.0, {"gt": 0}, "m -5.0, allowed > 0 (it would hold at -5.01)"),
        (5, {"eq": 4}, "m 5, allowed == 4"),
        (5, {"ne": 5}, "m 5, allowed != 5"),
        (5, {"in": [1, 2.5]}, "m 5, allowed in 1, 2.5"),
        (0.0, {"lt": 0}, "m 0.0, allowed < 0 (it would hold at 5e-324)"),
        (0.0, {"gt": 0}, "m 0.0, allowed > 0 (it would hold at -5e-324)"),
        (0, {"le": -1}, "m 0, allowed <= -1 (it would hold at 0)"),
        (-0.0, {"ge": 1}, "m -0.0, allowed >= 1 (it would hold at 0)"),
        (5e-324, {"lt": 0}, "m 5e-324, allowed < 0 (it would hold at 1e-323)"),
        (1.7976931348623157e308, {"lt": 0}, "m 1.7976931348623157e+308, allowed < 0"),
        (
            1.7976931348623157e308,
            {"le": 0},
            "m 1.7976931348623157e+308, allowed <= 0 (it would hold at 1.7976931348623157e+308)",
        ),
        (-1.7976931348623157e308, {"gt": 0}, "m -1.7976931348623157e+308, allowed > 0"),
    ],
)
def test_the_text_names_a_bound_that_holds_or_none(
    build: Any, value: float, comparators: dict[str, Any], text: str
) -> None:
    assert check(build.number(value), **comparators) == (Check.BROKEN, text)


def test_a_metric_that_was_not_measured_is_refused() -> None:
    assert refuse_metric("m", {}) == "metric 'm' was not measured"
