from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.trial import Environment
from pvengine.project.reproduction import compare_measurements, list_environment_changes, measure_difference

if TYPE_CHECKING:
    from pvengine.models.report import ComparedEntry

FINITE = st.floats(allow_nan=False, allow_infinity=False)
ENVIRONMENT = Environment(
    pvengine="0.1.0",
    python="3.11.9",
    implementation="CPython",
    platform="Linux",
    machine="x86_64",
    numpy="2.1.0",
    blas="OpenBLAS 0.3.27",
    cpu_features=("AVX2",),
    threads=1,
)


def number(value: float, bits: str | None = None, **facts: str) -> Measurement:
    shown = value if math.isfinite(value) else str(value)
    return Measurement(value=shown, dtype="float64", bits=bits or encode_bits(value, "float64"), **facts)


def integer(value: int) -> Measurement:
    return Measurement(value=value, dtype="int")


def compare(
    stored: Measurement, measured: Measurement, declared: float | None = None, *, same: bool = True
) -> ComparedEntry:
    return compare_measurements({"m": stored}, {"m": measured}, declared=declared, is_same_environment=same)[
        "m"
    ]


@pytest.mark.parametrize(
    ("stored", "value", "difference"),
    [
        (1.0, 1.0, Fraction(0)),
        (0.0, -0.0, Fraction(0)),
        (0.0, 5e-324, Fraction(1)),
        (1.0, -1.0, Fraction(2)),
        (1.7e308, -1.7e308, Fraction(2)),
        (4.0, 1.0, Fraction(3, 4)),
        (2**63, 2**63 + 1, Fraction(1, 2**63 + 1)),
    ],
)
def test_the_size_of_a_difference(stored: float, value: float, difference: Fraction) -> None:
    assert measure_difference(stored, value) == difference


@given(FINITE, FINITE)
def test_a_difference_is_symmetric_and_bounded(one: float, two: float) -> None:
    found = measure_difference(one, two)
    assert found == measure_difference(two, one)
    assert 0 <= found <= 2
    assert (found == 0) == (one == two)


@pytest.mark.parametrize(
    ("stored", "value", "is_same", "declared", "is_within"),
    [
        (1.0, 1.0, True, None, True),
        (1.0, math.nextafter(1, 2), True, None, False),
        (1.0, math.nextafter(1, 2), False, None, True),
        (1.0, 1.0 + 1.0e-6, False, None, True),
        (1.0, 1.0 + 1.1e-6, False, None, False),
        (0.0, -0.0, True, None, False),
        (0.0, -0.0, False, None, True),
        (0.0, 1e-300, False, None, False),
        (1.0, 2.0, True, 0.5, True),
        (1.0, 2.0, True, 0.49, False),
        (math.nan, math.nan, True, None, True),
        (math.inf, math.inf, True, None, True),
        (math.inf, -math.inf, False, 2.0, False),
        (math.inf, 1.0, False, 2.0, False),
        (1.0, math.nan, False, 2.0, False),
    ],
)
def test_which_numbers_are_reproduced(
    stored: float,
    value: float,
    is_same: bool,  # noqa: FBT001 - a column of the table
    declared: float | None,
    is_within: bool,  # noqa: FBT001 - as above
) -> None:
    assert compare(number(stored), number(value), declared, same=is_same).within is is_within


def test_another_nan_has_other_bits() -> None:
    other = number(math.nan, "7ff8000000000001")
    assert not compare(number(math.nan), other).within
    assert compare(number(math.nan), other, same=False).within


def test_integers_are_compared_exactly() -> None:
    assert compare(integer(2**63), integer(2**63)).same_bits
    assert not compare(integer(2**63), integer(2**63 + 1)).within
    assert compare(integer(2**63), integer(2**63 + 1), same=False).within


def test_other_arithmetic_has_the_tolerance() -> None:
    stored, measured = (
        number(1.0, arithmetic="left fold"),
        number(math.nextafter(1, 2), arithmetic="pairwise"),
    )
    found = compare(stored, measured)
    assert (found.within, found.tolerance) == (True, 1.0e-6)
    assert compare(stored, number(math.nextafter(1, 2), arithmetic="left fold")).tolerance is None


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"unit": "ratio"}, "the unit was 1, is ratio"),
        ({"population": "7 tokens"}, "the population was not said, is 7 tokens"),
        ({"aggregation": "max"}, "the aggregation was not said, is max"),
    ],
)
def test_only_like_is_compared_with_like(facts: dict[str, str], reason: str) -> None:
    found = compare(number(1.0), number(1.0, **facts), 2.0, same=False)
    assert (found.within, found.reason) == (False, reason)


def test_another_type_is_not_like() -> None:
    found = compare(integer(1), number(1.0), 2.0)
    assert (found.within, found.same_bits, found.reason) == (False, False, "the dtype was int, is float64")


def test_metrics_of_one_side() -> None:
    found = compare_measurements(
        {"a": number(1.0)}, {"b": number(math.nan)}, declared=2.0, is_same_environment=True
    )
    assert {name: (each.stored, each.value, each.within, each.reason) for name, each in found.items()} == {
        "a": (1.0, None, False, "it was not measured again"),
        "b": (None, "nan", False, "the record does not have it"),
    }


def test_what_differs_in_the_environment() -> None:
    other = ENVIRONMENT.model_copy(
        update={"numpy": "2.2.0", "cpu_features": ("AVX2", "FMA3"), "pvengine": "9"}
    )
    assert list_environment_changes(ENVIRONMENT, other) == (
        "numpy was 2.1.0, is 2.2.0",
        "cpu_features was AVX2, is AVX2 FMA3",
    )
