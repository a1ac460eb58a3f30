"""Keys of blocks that nothing reads, and values of another type."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.keys import iter_key_issues


def find(data: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...], str, str | None]]:
    return [(one.code, one.path, one.message, one.replacement) for one in iter_key_issues(Blocks(data))]


@pytest.mark.parametrize(
    ("section", "key", "near"),
    [
        ("equations", "frmula", "formula"),
        ("proof_obligations", "toleranse", "tolerance"),
        ("obligations", "statment", "statement"),
        ("kani_harnesses", "boundd", "bound"),
        ("enforcement", "descripton", "description"),
        ("falsification", "predicton", "prediction"),
        ("falsification_conditions", "asertion", "assertion"),
    ],
)
def test_a_misspelt_key_of_an_entry(section: str, key: str, near: str) -> None:
    message = f"`{key}` is no key of {section} that pv reads; did you mean `{near}`?"
    assert find({section: [{key: None}]}) == [("PV204", (section, 0, key), message, near)]
    assert find({section: {"name": {key: None}}}) == [("PV204", (section, "name", key), message, near)]


def test_a_misspelt_key_of_a_block() -> None:
    data = {
        "qa_gate": {"chekcs": [], "must_pass_if_signed": []},
        "verification_summary": {"total_obligation": 1},
        "kernel_structure": {"banana": 1, "phases": [{"nmae": "load"}, "text"]},
        "proof_obligations": [{"lean": {"theorm": "sums"}}],
    }
    assert [(path, message) for _, path, message, _ in find(data)] == [
        (
            ("proof_obligations", 0, "lean", "theorm"),
            "`theorm` is no key of proof_obligations.lean that pv reads; did you mean `theorem`?",
        ),
        (("qa_gate", "chekcs"), "`chekcs` is no key of qa_gate that pv reads; did you mean `checks`?"),
        (
            ("verification_summary", "total_obligation"),
            (
                "`total_obligation` is no key of verification_summary that pv reads; "
                "did you mean `total_obligations`?"
            ),
        ),
        (("kernel_structure", "banana"), "`banana` is no key of kernel_structure that pv reads"),
        (
            ("kernel_structure", "phases", 0, "nmae"),
            "`nmae` is no key of kernel_structure.phases that pv reads; did you mean `name`?",
        ),
    ]


def test_a_plural_is_asked_about_and_not_mended() -> None:
    assert find({"equations": {"f": {"formulas": "y"}}}) == [
        (
            "PV204",
            ("equations", "f", "formulas"),
            "`formulas` is no key of equations that pv reads; did you mean `formula`?",
            None,
        )
    ]


@pytest.mark.parametrize(
    ("section", "entry", "message"),
    [
        ("equations", {"formula": 12}, "formula`: text is wanted, got 12"),
        ("equations", {"domain": {"x": "R"}}, "domain`: text is wanted"),
        ("equations", {"invariants": 3}, "invariants`: text or a list is wanted, got 3"),
        ("proof_obligations", {"property": ["a"]}, "property`: text is wanted"),
        ("proof_obligations", {"formal": True}, "formal`: text is wanted, got True"),
        ("kani_harnesses", {"harness": 9}, "harness`: text is wanted, got 9"),
    ],
)
def test_a_value_of_another_type(section: str, entry: dict[str, Any], message: str) -> None:
    path = (section, 0, next(iter(entry)))
    assert find({section: [entry]}) == [("PV202", path, f"`{section}[0].{message}", None)]


def test_keys_of_both_generations_are_known() -> None:
    data = {
        "equations": {"f": {"formula": "y", "domain": "R", "codomain": "R", "invariants": ["a"]}},
        "proof_obligations": [
            {"id": "O", "type": "bound", "property": "p", "formal": "f", "tolerance": 1, "applies_to": "all"}
        ],
        "kani_harnesses": [
            {"id": "K", "obligation": ["O"], "bound": 8, "strategy": "s", "solver": "cadical"}
        ],
        "falsification": [{"condition": "c", "severity": "P0", "action": "stop"}, "text"],
        "qa_gate": {"id": "F", "name": "n", "checks": ["a"], "pass_criteria": "all", "falsification": "b"},
        "verification_summary": "by hand",
        "kernel_structure": {"phases": []},
    }
    assert find(data) == []


def test_a_hundred_thousand_keys_take_bounded_time() -> None:
    data = {"equations": {f"e{number}": {f"formul{number}": "y"} for number in range(100_000)}}
    started = time.monotonic()
    found = find(data)
    assert time.monotonic() - started < 5
    assert len(found) == 100_000
    assert sum("did you mean" in message for _, _, message, _ in found) == 200


def test_what_should_be_a_mapping_a_list_or_text() -> None:
    data = {
        "kernel_structure": ["one"],
        "verification_summary": [1],
        "qa_gate": {"id": "Q", "name": "n", "checks": "all of them"},
        "proof_obligations": [{"property": "p", "lean": "proved"}],
        "falsification_tests": [{"id": "T", "test": 17}],
    }
    assert [(issue.code, issue.path) for issue in iter_key_issues(Blocks(data))] == [
        ("PV202", ("kernel_structure",)),
        ("PV202", ("verification_summary",)),
        ("PV202", ("qa_gate", "checks")),
        ("PV202", ("proof_obligations", 0, "lean")),
        ("PV202", ("falsification_tests", 0, "test")),
    ]


def test_free_forms_in_use_are_fine() -> None:
    data = {
        "verification_summary": "in words",
        "qa_gate": {"checks": ["one"]},
        "falsification_tests": [{"test": "cargo test"}],
    }
    assert list(iter_key_issues(Blocks(data))) == []
