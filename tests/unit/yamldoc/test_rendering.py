from __future__ import annotations

import pytest

from pvengine.yamldoc.layout import Layout
from pvengine.yamldoc.rendering import render_entry, render_flow, render_items


def test_an_empty_collection_stays_on_its_line() -> None:
    assert render_entry("k", [], 2, Layout()) == ["  k: []"]
    assert render_entry("k", {}, 0, Layout()) == ["k: {}"]


def test_a_mapping_in_a_list_is_a_block_and_its_own_lists_hold_braces() -> None:
    assert render_entry("k", [{"a": {"b": [{"c": 1}]}}], 2, Layout(4, 2)) == [
        "  k:",
        "    - a:",
        "          b:",
        "            - {c: 1}",
    ]


def test_the_gap_behind_the_dash_is_kept() -> None:
    assert render_items([{"a": 1, "b": [2]}, [3]], 2, Layout(), gap=3) == [
        "  -   a: 1",
        "      b:",
        "      - 2",
        "  -   [3]",
    ]


def test_keys_are_quoted_as_values_are() -> None:
    assert render_entry("1", "x", 0, Layout()) == ["'1': x"]
    assert render_flow({"a,b": {"": 1}}) == "{'a,b': {'': 1}}"
    with pytest.raises(TypeError, match="the key 1 is not text"):
        render_flow({1: 2})
