from __future__ import annotations

from pvengine.graph.order import order_by_needs


def test_each_comes_after_what_it_needs_whatever_the_order_of_the_text() -> None:
    assert order_by_needs({"c": ["a", "b"], "b": ["a"], "a": []}) == ["a", "b", "c"]


def test_names_without_needs_keep_their_order() -> None:
    assert order_by_needs({"b": (), "a": (), "c": ()}) == ["b", "a", "c"]


def test_a_cycle_comes_last_and_loses_nothing() -> None:
    assert order_by_needs({"x": ["y"], "y": ["x"], "z": ["x"], "a": []}) == ["a", "x", "y", "z"]


def test_a_long_chain_is_no_limit() -> None:
    count = 20_000
    needs = {f"t{index}": [f"t{index - 1}"] if index else [] for index in reversed(range(count))}
    assert order_by_needs(needs) == [f"t{index}" for index in range(count)]
