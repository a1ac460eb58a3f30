from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.numerics.canonical import digest_of
from pvengine.project.claim_changes import list_claim_changes, say_claim_changes

NUMBERS = st.integers(-100, 100) | st.floats(-100, 100).filter(lambda x: str(x) != "-0.0")
LEAVES = NUMBERS | st.booleans() | st.text("abc", max_size=3) | st.none()
DATA = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
CLAIMS = st.dictionaries(st.sampled_from(["accept", "params", "rule"]), DATA, max_size=3)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({"lt": 1.0}, {"lt": 3.0}, "x.lt was 1.0, is 3.0"),
        ({"lt": 1.0}, {"lt": 1}, ""),
        ({"lt": 1}, {"lt": True}, "x.lt was 1, is true"),
        ({"lt": 1}, {"le": 1}, "x.le is new: 1; x.lt was 1, is gone"),
        ([{"a": 1}], [{"a": 1}, {"b": 2}], 'x[1] is new: {"b": 2}'),
        ([1, 2], [1], "x[1] was 2, is gone"),
        ({"a": {"b": 1}}, {"a": [1]}, 'x.a was {"b": 1}, is [1]'),
        (
            {"odd key": 1, "H2d.1": 2},
            {"odd key": 2, "H2d.1": 3},
            'x["odd key"] was 1, is 2; x["H2d.1"] was 2, is 3',
        ),
        ({"H2a'": 1}, {"H2a'": None}, "x.H2a' was 1, is null"),
        ("a\nb", "a\tb", 'x was "a\\nb", is "a\\tb"'),
    ],
)
def test_leaves_that_differ_are_named(before: Any, after: Any, text: str) -> None:
    assert say_claim_changes({"x": before}, {"x": after}) == text


def test_of_long_texts_the_part_that_differs_is_shown() -> None:
    before, after = f"{'a' * 100}one{'b' * 100}", f"{'a' * 100}two{'b' * 100}"
    assert say_claim_changes({"rule": before}, {"rule": after}) == (
        f"rule was ...{'a' * 12}one{'b' * 45}..., is ...{'a' * 12}two{'b' * 45}..."
    )


def test_a_long_value_that_is_new_is_cut() -> None:
    assert say_claim_changes({}, {"rule": "a" * 100}) == f'rule is new: "{"a" * 59}...'


def test_many_leaves_are_counted() -> None:
    before, after = {"params": dict.fromkeys("abcdefg", 1)}, {"params": dict.fromkeys("abcdefg", 2)}
    assert say_claim_changes(before, after) == (
        "params.a was 1, is 2; params.b was 1, is 2; params.c was 1, is 2; params.d was 1, is 2;"
        " params.e was 1, is 2; and 2 more"
    )


def test_conditions_and_bands_are_criteria() -> None:
    changes = list_claim_changes(
        {"accept": 1, "decides": 1, "params": 1}, {"accept": 2, "decides": 2, "params": 2}
    )
    assert [change.is_criterion for change in changes] == [True, True, False]


@given(CLAIMS, CLAIMS)
def test_changes_are_found_exactly_where_the_digests_differ(before: Any, after: Any) -> None:
    assert bool(list_claim_changes(before, after)) == (digest_of(before) != digest_of(after))
