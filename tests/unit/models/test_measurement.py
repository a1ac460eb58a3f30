"""What is shown and what is judged are one number."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from pvengine.models.measurement import Measurement, decode_bits, encode_bits


@pytest.mark.parametrize(
    ("value", "dtype", "bits"),
    [
        (10.75, "float32", "412c0000"),
        (-0.0, "float32", "80000000"),
        (math.inf, "float64", "7ff0000000000000"),
        (5e-324, "float64", "0000000000000001"),
    ],
)
def test_bits_are_sign_first_and_read_back(value: float, dtype: Any, bits: str) -> None:
    assert encode_bits(value, dtype) == bits
    assert decode_bits(bits, dtype) == value


def test_bits_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="float64 has 16 hexadecimal digits, got 8"):
        decode_bits("3f800000", "float64")


@pytest.mark.parametrize(
    ("value", "dtype", "bits", "number"),
    [
        (0.1, "float32", "3dcccccd", 0.10000000149011612),
        (0.1, "float64", "3fb999999999999a", 0.1),
        (-0.0, "float64", "8000000000000000", -0.0),
        ("inf", "float32", "7f800000", math.inf),
        ("-inf", "float64", "fff0000000000000", -math.inf),
        (1e-45, "float32", "00000001", 1.401298464324817e-45),
        (3.4028235e38, "float32", "7f7fffff", 3.4028234663852886e38),
        (2**64 - 1, "int", None, 2**64 - 1),
        (-(2**63), "int", None, -(2**63)),
    ],
)
def test_the_number_is_the_exact_one(value: Any, dtype: Any, bits: str | None, number: float) -> None:
    measured = Measurement(value=value, dtype=dtype, bits=bits)
    assert measured.number == number
    assert measured.is_finite is math.isfinite(number)


@pytest.mark.parametrize(
    "bits", ["7ff8000000000000", "fff8000000000000", "7ff0000000000001", "7fffffffffffffff"]
)
def test_every_payload_of_nan_is_nan(bits: str) -> None:
    measured = Measurement(value="nan", dtype="float64", bits=bits)
    assert math.isnan(measured.number)
    assert not measured.is_finite


@pytest.mark.parametrize(
    ("value", "dtype", "bits"),
    [
        (0.2, "float64", "3fb999999999999a"),
        (0.0, "float64", "8000000000000000"),
        (0.10000000000000002, "float64", "3fb999999999999a"),
        (0.11, "float32", "3dcccccd"),
        (1e300, "float32", "7f800000"),
        ("nan", "float64", "3fb999999999999a"),
        ("inf", "float64", "fff0000000000000"),
        (1.0, "float64", "7ff8000000000000"),
        (1, "float64", "3ff0000000000000"),
        (1.0, "float64", "3f800000"),
        (1.0, "float32", "3ff0000000000000"),
        (1.0, "float64", None),
        (1.0, "int", None),
        ("nan", "int", None),
        (1, "int", "3f800000"),
        (2**64, "int", None),
        (True, "int", None),
        (1.0, "float16", "3c00"),
        ("1.0", "float64", "3ff0000000000000"),
    ],
)
def test_a_value_and_bits_that_disagree_are_refused(value: Any, dtype: Any, bits: str | None) -> None:
    with pytest.raises(ValidationError):
        Measurement(value=value, dtype=dtype, bits=bits)


def test_text_that_falls_on_the_middle_of_two_float32_is_accepted_for_both() -> None:
    middle = 1.0 + 2.0**-24
    for bits in ("3f800000", "3f800001"):
        assert Measurement(value=middle, dtype="float32", bits=bits).bits == bits
    with pytest.raises(ValidationError):
        Measurement(value=middle, dtype="float32", bits="3f800002")


def test_a_measurement_is_frozen_and_has_a_unit() -> None:
    measured = Measurement(value=1, dtype="int")
    assert measured.unit == "1"
    with pytest.raises(ValidationError):
        measured.value = 2  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Measurement(value=1, dtype="int", unit="")
