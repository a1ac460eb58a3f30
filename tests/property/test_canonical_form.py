"""Canonical bytes agree with an independent reading of RFC 8785, and read back to the same data."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pvengine.numerics.canonical import canonicalize, digest_of, iter_uncanonical

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: str(value) != "-0.0")
    | st.text(st.characters(exclude_categories=["Cs"]))
)
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(DATA)
def test_data_reads_back_from_its_canonical_bytes(data: Any) -> None:
    content = canonicalize(data)
    # JSON has one kind of number: as integers, the digits of a large double would be another one.
    back = json.loads(content, parse_int=float)
    assert back == _unify(data)
    assert canonicalize(back) == content


@given(st.dictionaries(st.text(max_size=3), st.integers(-9, 9), max_size=6), st.integers(0, 99))
def test_the_order_of_keys_never_matters(data: dict[str, int], seed: int) -> None:
    items = list(data.items())
    random.Random(seed).shuffle(items)  # noqa: S311 - an order, no secret
    assert digest_of(dict(items)) == digest_of(data)


@given(DATA, DATA)
def test_two_values_share_a_digest_exactly_where_they_are_equal_in_json(first: Any, second: Any) -> None:
    same = json.dumps(_unify(first), sort_keys=True) == json.dumps(_unify(second), sort_keys=True)
    assert (digest_of(first) == digest_of(second)) is same


def _unify(node: Any) -> Any:
    """Write every number as a float: JSON has one kind of number."""
    if isinstance(node, dict):
        return {key: _unify(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_unify(value) for value in node]
    return float(node) if isinstance(node, int) and not isinstance(node, bool) else node


REFUSED = st.sampled_from([float("nan"), float("inf"), float("-inf"), -0.0, 2**53, -(2**60), "\ud800"])


@given(st.lists(st.text("ab", min_size=1, max_size=2) | st.integers(0, 3), max_size=6), REFUSED)
def test_what_has_no_form_is_found_at_its_path_however_deep(path: list[Any], value: Any) -> None:
    data = value
    for step in reversed(path):
        data = {step: data, "zz": 1} if isinstance(step, str) else [*range(step), data]
    assert [found for found, _ in iter_uncanonical(data)] == [tuple(path)]
