"""Canonical bytes are those of RFC 8785, and what they cannot hold is refused at its path."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import rfc8785

from pvengine.numerics.canonical import canonicalize, digest_of, iter_uncanonical


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"b": 1.0, "a": [1e-5]}, '{"a":[0.00001],"b":1}'),
        ([1, 1.0, 1e21, 1e-7, 0.1], "[1,1,1e+21,1e-7,0.1]"),
        ({"é": "ü", "z": None, "A": True}, '{"A":true,"z":null,"é":"ü"}'),
        ('\x00\n"\\/', '"\\u0000\\n\\"\\\\/"'),
        (2**53 - 1, "9007199254740991"),
        (-(2**53 - 1), "-9007199254740991"),
        ({}, "{}"),
        ((1, 2), "[1,2]"),
        (5e-324, "5e-324"),
    ],
)
def test_canonical_bytes_are_those_of_the_standard(data: Any, text: str) -> None:
    assert canonicalize(data) == text.encode() == rfc8785.dumps(data)


def test_keys_are_ordered_by_utf_16_units_as_the_standard_says() -> None:
    assert (
        canonicalize({"\ufb33": 1, "\U0001f600": 2, "a": 3}) == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()
    )


def test_an_integer_equals_the_same_float_and_differs_from_true() -> None:
    assert digest_of({"x": 1}) == digest_of({"x": 1.0})
    assert digest_of({"x": 1}) != digest_of({"x": True})
    assert digest_of({"x": 1}) != digest_of({"x": "1"})


def test_the_order_of_keys_does_not_matter_and_that_of_items_does() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of([1, 2]) != digest_of([2, 1])


def test_the_digest_is_that_of_the_canonical_bytes() -> None:
    assert digest_of({"a": 1}) == "sha256:" + hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (float("nan"), "nan is no number in JSON"),
        (float("inf"), "inf is no number in JSON"),
        (float("-inf"), "-inf is no number in JSON"),
        (-0.0, "negative zero reads back as 0"),
        (2**53, "9007199254740992 is beyond 2^53 - 1"),
        (-(2**53), "-9007199254740992 is beyond 2^53 - 1"),
        ("\ud800", "the text has a lone surrogate"),
        (b"bytes", "a bytes has no form in JSON"),
        ({1}, "a set has no form in JSON"),
    ],
)
def test_what_has_no_canonical_form_is_refused_at_its_path(value: Any, reason: str) -> None:
    data = {"params": {"list": [1, value]}}
    assert list(iter_uncanonical(data)) == [(("params", "list", 1), reason)]
    with pytest.raises(ValueError, match=r"params\.list\.1: "):
        canonicalize(data)


def test_the_value_itself_can_be_refused() -> None:
    with pytest.raises(ValueError, match="the value: nan is no number in JSON"):
        canonicalize(float("nan"))


@pytest.mark.parametrize(
    ("key", "reason"), [(1, "the key 1 is no text"), ("\ud800", "the key has a lone surrogate")]
)
def test_a_key_that_has_no_form_is_refused(key: Any, reason: str) -> None:
    assert [found for _, found in iter_uncanonical({"a": {key: 1}})] == [reason]


def test_every_value_that_is_refused_is_named() -> None:
    data = {"a": float("nan"), "b": [-0.0, 1, {"c": 2**60}]}
    assert [path for path, _ in iter_uncanonical(data)] == [("a",), ("b", 0), ("b", 2, "c")]


@pytest.mark.parametrize("value", [0.0, 0, 1.5, True, None, "", "é", 1e300, {}, []])
def test_ordinary_values_are_not_refused(value: Any) -> None:
    assert list(iter_uncanonical(value)) == []
