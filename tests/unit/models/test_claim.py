"""Conditions and bands refuse every key and value that they would not judge by."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pvengine.models.claim import Band, Condition, Decision, Limits, Reproduce, Requirement
from pvengine.models.vocabulary import Verdict


def refusals(model: Any, data: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in caught.value.errors()]


def test_comparators_come_in_a_fixed_order() -> None:
    condition = Condition.model_validate({"metric": "m", "in": [1, 2], "gt": 0, "lt": 3.5})
    assert condition.comparators == {"lt": 3.5, "gt": 0, "in": (1, 2)}


@pytest.mark.parametrize("key", ["ltt", "LT", "less", "<", "in_", "tolerance"])
def test_a_comparator_that_does_not_exist_is_refused(key: str) -> None:
    assert refusals(Condition, {"metric": "m", "lt": 1, key: 1}) == [f"{key}: Extra inputs are not permitted"]


def test_a_condition_that_compares_nothing_is_refused() -> None:
    (message,) = refusals(Condition, {"metric": "m"})
    assert message.endswith("a condition compares: give one of lt, le, gt, ge, eq, ne, in, bits")


@pytest.mark.parametrize("value", [True, "60", None, float("nan"), float("inf"), [1]])
@pytest.mark.parametrize("comparator", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_an_operand_is_a_finite_number(comparator: str, value: Any) -> None:
    refusals(Condition, {"metric": "m", "bits": "3f800000", comparator: value})


@pytest.mark.parametrize("key", ["lt", "in", "bits"])
def test_a_comparator_without_a_value_is_not_passed_over(key: str) -> None:
    (message,) = refusals(Condition, {"metric": "m", "gt": 0, key: None})
    assert message.endswith(f"`{key}` has no value")


@pytest.mark.parametrize("value", [[], [True], ["1"], [float("nan")], 1])
def test_the_allowed_numbers_of_in_are_a_list_of_numbers(value: Any) -> None:
    refusals(Condition, {"metric": "m", "in": value})


@pytest.mark.parametrize("bits", ["3f800000", "3F800000", "0x3f800000", "3ff0000000000000"])
def test_bits_have_8_or_16_digits(bits: str) -> None:
    assert Condition.model_validate({"metric": "m", "bits": bits}).bits == bits


@pytest.mark.parametrize(
    "bits", ["3f80000", "3f8000000", "", "0x", "3g800000", 3, 41280000, "3f800000\n", " 3f800000"]
)
def test_other_bits_are_refused(bits: Any) -> None:
    refusals(Condition, {"metric": "m", "bits": bits})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"gt": 1, "lt": None}, "`lt` has no value"),
        ({}, "a band has a bound: give one of lt, le, gt, ge"),
        ({"lt": 1, "le": 2}, "at most one upper bound"),
        ({"gt": 1, "ge": 2}, "at most one upper bound (lt or le) and one lower bound (gt or ge)"),
        ({"eq": 1}, "Extra inputs are not permitted"),
        ({"lt": "1"}, "a number is wanted"),
        ({"lt": float("nan")}, "a finite number is wanted"),
    ],
)
def test_a_band_is_one_interval(data: dict[str, Any], message: str) -> None:
    assert any(message in found for found in refusals(Band, data))


def test_bands_are_walked_with_their_paths() -> None:
    decision = Decision.model_validate(
        {"metric": "m", "FALSIFIED": [{"lt": 0}, {"gt": 9}], "CONFIRMED": {"ge": 0, "le": 9}}
    )
    assert [(verdict, path) for verdict, path, _ in decision.iter_bands()] == [
        (Verdict.CONFIRMED, ("CONFIRMED",)),
        (Verdict.FALSIFIED, ("FALSIFIED", 0)),
        (Verdict.FALSIFIED, ("FALSIFIED", 1)),
    ]


@pytest.mark.parametrize("key", ["CONTESTED", "UNTESTED", "confirmed", "PARTIAL"])
def test_only_the_three_verdicts_have_bands(key: str) -> None:
    refusals(Decision, {"metric": "m", key: {"gt": 0}})


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (Limits, {"seconds": 0}),
        (Limits, {"seconds": "60"}),
        (Limits, {"seconds": True}),
        (Limits, {"mebibytes": 63}),
        (Limits, {"mebibytes": 64.5}),
        (Limits, {"minutes": 1}),
        (Requirement, {}),
        (Requirement, {"model": "m", "sha256": "x"}),
        (Requirement, {"model": "m", "sha512": "x"}),
        (Reproduce, {}),
        (Reproduce, {"relative": -1}),
        (Reproduce, {"absolute": 1}),
    ],
)
def test_limits_requirements_and_reproduction_are_closed(model: Any, data: dict[str, Any]) -> None:
    refusals(model, data)


def test_limits_take_whole_and_broken_seconds() -> None:
    assert Limits.model_validate({"seconds": 0.5, "mebibytes": 64}).seconds == 0.5
