"""A formula, and a name that code can be generated under."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.equations import iter_equation_issues


def find(equations: Any) -> list[tuple[str, tuple[str | int, ...], str]]:
    return [
        (one.code, one.path, one.message) for one in iter_equation_issues(Blocks({"equations": equations}))
    ]


def test_a_formula_under_its_name_or_its_alias() -> None:
    assert find({"f": {"formula": "y = x"}, "g": {"statement": "it holds"}}) == []
    assert find([{"id": "EQ-1", "formula": "y = x"}]) == []


@pytest.mark.parametrize("formula", [None, "", "  ", []])
def test_an_empty_formula(formula: Any) -> None:
    assert find({"f": {"formula": formula}}) == [
        ("SCHEMA-004", ("equations", "f", "formula"), "equation f: the formula is empty")
    ]


def test_no_formula() -> None:
    assert find([{"name": "f", "domain": "R"}]) == [
        ("SCHEMA-004", ("equations", 0), "equation f: it has no `formula`")
    ]


@pytest.mark.parametrize("name", ["two words", "soft-max", "2x", "f(x)"])
def test_a_key_that_is_no_identifier(name: str) -> None:
    assert find({name: {"formula": "y"}}) == [
        ("PV221", ("equations", name), f"the name of the equation '{name}' is no identifier")
    ]


def test_an_id_in_a_list_is_no_name_of_code() -> None:
    assert find([{"id": "EQ-1", "name": "two words", "formula": "y"}]) == []
    assert (
        find({"_f2": {"formula": "y"}, "π": {"formula": "y"}, " ": {"formula": "blank is another rule"}})
        == []
    )


def test_an_id_that_two_entries_of_a_list_have() -> None:
    assert find([{"id": "EQ-1", "formula": "y"}, {"id": "EQ-1", "formula": "z"}]) == [
        ("PV301", ("equations", 1, "id"), "equation id 'EQ-1' stands already at equations[0]")
    ]
