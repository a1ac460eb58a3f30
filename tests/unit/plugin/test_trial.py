"""What a trial records, exactly, and what it refuses to record."""

from __future__ import annotations

import random
import struct
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pvengine.plugin import Params, Trial
from pvengine.plugin.trial import seed_global_generators


def measure(value: Any) -> Any:
    trial = Trial(len, seed=1)
    trial.measure("m", value)
    return trial.measurements["m"]


@pytest.mark.parametrize(
    ("value", "dtype", "stored"),
    [
        (3, "int", 3),
        (-(2**63), "int", -(2**63)),
        (np.int8(-4), "int", -4),
        (np.uint64(2**64 - 1), "int", 2**64 - 1),
        (0.1, "float64", 0.1),
        (np.float64(0.1), "float64", 0.1),
        (np.float32(0.1), "float32", 0.1),
        (np.float16(0.5), "float32", 0.5),
        (np.array(0.25), "float64", 0.25),
        (float("nan"), "float64", "nan"),
        (np.float32("-inf"), "float32", "-inf"),
    ],
)
def test_numbers_are_recorded_with_their_type(value: Any, dtype: str, stored: Any) -> None:
    found = measure(value)
    assert (found.dtype, found.value) == (dtype, stored)


@given(st.floats(width=32, allow_nan=False))
def test_a_float32_is_exact_and_short(value: float) -> None:
    found = measure(np.float32(value))
    assert struct.pack(">f", found.number) == struct.pack(">f", value)
    if np.isfinite(value):
        assert np.float32(found.value) == np.float32(value)


@given(st.floats(allow_nan=False))
def test_a_float64_is_exact(value: float) -> None:
    assert struct.pack(">d", measure(value).number) == struct.pack(">d", value)


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.bool_(0),
        "1",
        None,
        1j,
        np.complex64(1),
        [1],
        np.array([1.0]),
        np.longdouble(1),
        Fraction(1, 2),
    ],
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="'m'"):
        measure(value)


def test_an_integer_beyond_64_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="of 65 bits"):
        measure(2**64)
    with pytest.raises(ValueError, match="more than 64"):
        measure(10**5000)


@pytest.mark.parametrize("name", ["", None, 3, "\ud800", "a\nb"])
def test_a_metric_needs_a_name(name: Any) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        Trial(len, seed=1).measure(name, 1)


def test_a_metric_is_measured_once() -> None:
    trial = Trial(len, seed=1)
    trial.measure("m", 1, unit="s", population="p", aggregation="a", arithmetic="r")
    with pytest.raises(ValueError, match="twice"):
        trial.measure("m", 2)
    found = trial.measurements["m"]
    assert (found.unit, found.population, found.aggregation, found.arithmetic) == ("s", "p", "a", "r")


def test_random_numbers_follow_the_seed() -> None:
    assert Trial(len, seed=5).rng.random() == Trial(len, seed=5).rng.random()
    assert Trial(len, seed=5).rng.random() != Trial(len, seed=6).rng.random()
    trial = Trial(len, seed=5)
    assert trial.rng is trial.rng


def test_the_global_generators_follow_the_seed() -> None:
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 - the state that is restored below
    try:
        seed_global_generators(2**52)
        first = random.random(), np.random.rand()  # noqa: NPY002, S311 - what a subject may use
        seed_global_generators(2**52)
        assert (random.random(), np.random.rand()) == first  # noqa: NPY002, S311 - what a subject may use
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002 - restores what the test changed


def test_params_refuse_unknown_keys_and_nan() -> None:
    class P(Params):
        x: float = 0.0

    with pytest.raises(ValidationError):
        P.model_validate({"y": 1})
    with pytest.raises(ValidationError):
        P(x=float("nan"))
