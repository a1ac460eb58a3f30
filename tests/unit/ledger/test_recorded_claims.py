"""The claims of records are read once, and two that differ are never taken for each other."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.recorded_claims import digest_params, read_claim
from pvengine.numerics.canonical import digest_of

CLAIM: dict[str, Any] = {"id": "T", "falsifier": "f", "accept": [{"metric": "m", "lt": 1}]}


def test_a_claim_is_read_with_its_digest_and_what_judges() -> None:
    found = read_claim(CLAIM)
    assert found.digest == digest_of(CLAIM)
    assert (found.test.id, found.test.falsifier) == ("T", "f")
    assert found.judging.metrics == ("m",)


def test_statements_count_in_the_digest_and_are_no_key_of_the_test() -> None:
    claim = CLAIM | {"hypothesis": "H", "statements": {"H": "m is small"}}
    found = read_claim(claim)
    assert found.digest == digest_of(claim)
    assert found.test.unknown_keys == ()


def test_the_same_claim_is_read_once() -> None:
    assert read_claim(dict(CLAIM)) is read_claim(CLAIM)


@pytest.mark.parametrize("bound", [1, 1.0, 2, "1"])
def test_claims_that_differ_in_one_leaf_are_told_apart(bound: Any) -> None:
    claim = CLAIM | {"params": {"bound": bound}}
    found = read_claim(claim).test.params
    assert found is not None
    assert (found["bound"], type(found["bound"])) == (bound, type(bound))


@pytest.mark.parametrize("value", [float("nan"), -0.0, 2**53])
def test_what_has_no_canonical_form_is_refused_however_often_it_is_read(value: float) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match=r"params\.x"):
            read_claim(CLAIM | {"params": {"x": value}})
        assert digest_params({"x": value}) is None


def test_a_claim_that_describes_no_test_is_refused() -> None:
    with pytest.raises(ValueError, match="accept"):
        read_claim(CLAIM | {"accept": 1})


def test_params_that_are_the_same_number_have_one_digest() -> None:
    assert digest_params({"x": 1}) == digest_params({"x": 1.0}) == digest_of({"x": 1})
    assert digest_params({"x": True}) != digest_params({"x": 1})
