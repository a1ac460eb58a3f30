"""Shapes that no tool reads, and texts that hold nothing."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.shapes import iter_blank_issues, iter_shape_issues


def shapes(data: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    found = list(iter_shape_issues(Blocks(data)))
    assert {one.code for one in found} <= {"PV202"}
    return [(one.path, one.message) for one in found]


def blanks(data: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    found = list(iter_blank_issues(Blocks(data)))
    assert {one.code for one in found} <= {"PV214"}
    return [(one.path, one.message) for one in found]


@pytest.mark.parametrize("section", ["equations", "proof_obligations", "kani_harnesses"])
def test_a_block_of_mappings(section: str) -> None:
    assert shapes({section: "text"}) == [
        ((section,), f"`{section}`: a list or a mapping is wanted, got 'text'")
    ]
    assert shapes({section: [{}, "text"]}) == [
        ((section, 1), f"`{section}[1]`: a mapping is wanted, got 'text'")
    ]
    assert shapes({section: {"a": 3, "b": [1]}}) == [
        ((section, "a"), f"`{section}.a`: a mapping is wanted, got 3"),
        ((section, "b"), f"`{section}.b`: a mapping is wanted, got a list"),
    ]


@pytest.mark.parametrize(
    "section", ["enforcement", "obligations", "falsification", "falsification_conditions"]
)
def test_a_block_of_mappings_or_text(section: str) -> None:
    assert shapes({section: ["text", {}, ["text"]]}) == []
    assert shapes({section: {"a": "text"}}) == []
    assert shapes({section: [3, None]}) == [
        ((section, 0), f"`{section}[0]`: a mapping or text is wanted, got 3"),
        ((section, 1), f"`{section}[1]`: a mapping or text is wanted, got None"),
    ]
    assert shapes({section: True}) == [((section,), f"`{section}`: a list or a mapping is wanted, got True")]


def test_a_gate_that_is_no_mapping() -> None:
    assert shapes({"qa_gate": "strict"}) == [(("qa_gate",), "`qa_gate`: a mapping is wanted, got 'strict'")]


def test_free_forms_are_left_alone() -> None:
    data = {
        "simd_dispatch": "none",
        "verification_summary": "text",
        "kernel_structure": 3,
        "qa_gate": ["a"],
        "equations": None,
        "proof_obligations": [],
        "enforcement": {},
    }
    assert shapes(data) == []


def test_blank_ids_and_names() -> None:
    data = {
        "equations": [{"id": "", "name": " "}],
        "proof_obligations": [{"id": None}],
        "kani_harnesses": [{"id": " ", "harness": ""}],
        "falsification_tests": [{"name": "", "rule": "", "if_fails": "another rule"}],
        "falsification": {" ": {"name": ""}},
        "enforcement": [{"check": ""}],
        "qa_gate": {"id": "", "name": None},
    }
    assert blanks(data) == [
        (("equations", 0, "id"), "`equations[0].id` is blank"),
        (("equations", 0, "name"), "`equations[0].name` is blank"),
        (("proof_obligations", 0, "id"), "`proof_obligations[0].id` is blank"),
        (("kani_harnesses", 0, "id"), "`kani_harnesses[0].id` is blank"),
        (("kani_harnesses", 0, "harness"), "`kani_harnesses[0].harness` is blank"),
        (("falsification_tests", 0, "name"), "`falsification_tests[0].name` is blank"),
        (("falsification_tests", 0, "rule"), "`falsification_tests[0].rule` is blank"),
        (("falsification", " ", "name"), "`falsification[' '].name` is blank"),
        (("falsification", " "), "an entry of `falsification` has a blank name"),
        (("enforcement", 0, "check"), "`enforcement[0].check` is blank"),
        (("qa_gate", "id"), "`qa_gate.id` is blank"),
        (("qa_gate", "name"), "`qa_gate.name` is blank"),
    ]


def test_blank_items_of_a_list_are_one_finding() -> None:
    data = {
        "metadata": {"references": ["a", "", None], "depends_on": [" "]},
        "equations": {"f": {"invariants": ["x", ""]}},
        "qa_gate": {"checks": ["", "a"]},
    }
    assert blanks(data) == [
        (("metadata", "references", 1), "`metadata.references[1]` is blank, and 1 more of its items"),
        (("metadata", "depends_on", 0), "`metadata.depends_on[0]` is blank"),
        (("equations", "f", "invariants", 1), "`equations.f.invariants[1]` is blank"),
        (("qa_gate", "checks", 0), "`qa_gate.checks[0]` is blank"),
    ]


def test_what_is_absent_or_says_something_is_not_blank() -> None:
    data = {
        "metadata": {"references": "text"},
        "equations": {"f": {"id": 0, "invariants": "x"}},
        "kani_harnesses": [{}],
        "qa_gate": {"checks": [0]},
    }
    assert blanks(data) == []
