"""The field types take what YAML and JSON give, and nothing that only looks like it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pvengine.models.base import Digest, FiniteNumber, Items, Name, OneOrMany


def accepts(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("value", [0, 1, -1.5, 1e300, 2**70, 10**400])
def test_a_finite_number_is_kept_as_it_was_written(value: float) -> None:
    kept = TypeAdapter(FiniteNumber).validate_python(value)
    assert kept == value
    assert type(kept) is type(value)


@pytest.mark.parametrize("value", [True, False, "1", "60", None, math.nan, math.inf, -math.inf, [1], 1j])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    assert not accepts(FiniteNumber, value)


@pytest.mark.parametrize("value", ["A2", "a b", "ä", "FALSIFY-1/2", "x"])
def test_a_name_is_one_line_without_outer_space(value: str) -> None:
    assert accepts(Name, value)


@pytest.mark.parametrize("value", ["", " a", "a ", "a\nb", "a\n", "\t", 5, None])
def test_what_is_no_name_is_refused(value: Any) -> None:
    assert not accepts(Name, value)


def test_a_digest_is_lower_case_and_whole() -> None:
    assert accepts(Digest, "sha256:" + "0a" * 32)
    for wrong in ("0a" * 32, "sha256:" + "0A" * 32, "sha256:" + "0a" * 31, "sha256:" + "0a" * 32 + "\n"):
        assert not accepts(Digest, wrong)


def test_items_take_a_list_and_keep_a_tuple() -> None:
    assert TypeAdapter(Items[int]).validate_python([1, 2]) == (1, 2)
    assert not accepts(Items[int], "12")
    assert not accepts(Items[int], {"a": 1})


def test_one_or_many_says_what_is_wrong_with_the_shape_that_was_written() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(OneOrMany[Name])
    assert adapter.validate_python("a") == "a"
    assert adapter.validate_python(["a", "b"]) == ("a", "b")
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(["a", 5])
    assert [error["loc"] for error in caught.value.errors()] == [("many", 1)]
