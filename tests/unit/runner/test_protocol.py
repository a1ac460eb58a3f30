"""Requests and replies travel without a change."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.trial import TrialResult
from pvengine.registry.sources import ModuleSource
from pvengine.runner.protocol import (
    DescribeRequest,
    Description,
    FalsifierDescription,
    TrialRequest,
    decode_request,
    encode_request,
)

MODULES = (
    ModuleSource("a", Path("/tmp/a/__init__.py"), bytes(range(256)), is_package=True),  # noqa: S108 - never opened
    ModuleSource("a.b", Path("b.py"), b"", is_package=False),
)

json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack(">d", one) == struct.pack(">d", other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


@given(st.dictionaries(st.text(), json_data, max_size=3))
def test_params_travel_exactly(params: dict[str, Any]) -> None:
    request = TrialRequest(MODULES, "a.b", "x", params, "fault", 2**52, 64, ("a",))
    found = decode_request(encode_request(request))
    assert isinstance(found, TrialRequest)
    assert same(found.params, params)
    assert (found.modules, found.fault, found.seed, found.mebibytes) == (MODULES, "fault", 2**52, 64)
    assert (found.module, found.falsifier, found.first_party) == ("a.b", "x", ("a",))


def test_what_takes_the_place_of_the_subject_travels() -> None:
    request = TrialRequest(MODULES, "a.b", "x", {}, None, 1, 64, stand_in="noise", mutated=MODULES[:1])
    assert decode_request(encode_request(request)) == request


def test_a_question_travels() -> None:
    request = DescribeRequest(MODULES, "a", 64, ("a",))
    assert decode_request(encode_request(request)) == request


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_measurements_travel_exactly(value: float) -> None:
    found = Measurement(value=value, dtype="float64", bits=encode_bits(value, "float64"))
    result = TrialResult(fault=None, measurements={"m": found}, duration_s=abs(value))
    read = TrialResult.model_validate_json(result.model_dump_json())
    assert read == result
    stored = read.measurements["m"].value
    assert isinstance(stored, float)
    assert struct.pack(">d", stored) == struct.pack(">d", value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_non_finite_numbers_travel(value: float) -> None:
    found = Measurement.model_validate(
        {"value": str(value), "dtype": "float64", "bits": encode_bits(value, "float64")}
    )
    read = Measurement.model_validate_json(found.model_dump_json())
    assert read == found
    assert not read.is_finite


def test_a_description_is_found_by_name() -> None:
    one = FalsifierDescription(name="x", summary="", subject="s", planted_faults=(), params_schema=None)
    assert Description(falsifiers=(one,)).find("x") is one
    assert Description().find("x") is None
