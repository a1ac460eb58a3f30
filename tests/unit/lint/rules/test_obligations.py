"""What obligations oblige to, that they differ, and their words and numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.obligations import iter_obligation_issues
from pvengine.lint.rules.vocabularies import OBLIGATION_TYPES

PATH = ("proof_obligations", 0)


def find(*obligations: dict[str, Any], **blocks: Any) -> list[tuple[str, tuple[str | int, ...], str]]:
    data = {"proof_obligations": list(obligations), "falsification_tests": [{"id": "F"}], **blocks}
    return [(one.code, one.path, one.message) for one in iter_obligation_issues(Blocks(data))]


def with_key(**keys: Any) -> dict[str, Any]:
    return {"id": "PO-1", "type": "bound", "property": "p", **keys}


def test_sound_obligations_give_nothing() -> None:
    every = [{"type": word, "property": word, "formal": word, "tolerance": 0} for word in OBLIGATION_TYPES]
    assert find(*every) == []
    assert find({"statement": "one"}, {"id": "PO", "statement": "two"}) == []
    assert find() == []


@pytest.mark.parametrize("value", [None, "", " ", []])
def test_an_empty_property(value: Any) -> None:
    path = ("proof_obligations", 0, "property")
    assert find({"type": "bound", "property": value}) == [
        ("SCHEMA-005", path, "obligation proof_obligations[0]: the property is empty")
    ]


def test_no_property() -> None:
    assert find({"id": "PO-1", "type": "bound"}) == [
        ("SCHEMA-005", PATH, "obligation PO-1: it has no `property`")
    ]
    assert find({"id": "PO-1", "statement": " "}) == [
        ("SCHEMA-005", (*PATH, "statement"), "obligation PO-1: the property is empty")
    ]


def test_the_same_predicate_under_another_property() -> None:
    first, second = with_key(formal="a = b"), {"property": "q", "formal": " a = b "}
    assert find(first, second) == [
        (
            "SCHEMA-006",
            ("proof_obligations", 1, "formal"),
            "obligation proof_obligations[1]: the predicate 'a = b' stands already at proof_obligations[0]",
        )
    ]


def test_the_same_obligation_is_reported_once_and_as_a_whole() -> None:
    found = (
        "PV222",
        ("proof_obligations", 1, "property"),
        "obligation 'p' stands already at proof_obligations[0], with the same type and predicate",
    )
    assert find(with_key(formal="f"), with_key(id="PO-2", formal="f")) == [found]
    assert find(with_key(), with_key(id="PO-2")) == [found]


def test_obligations_that_differ_in_one_of_the_three_are_two() -> None:
    assert find(with_key(formal="f"), with_key(id="PO-2", formal="g")) == []
    assert find(with_key(), with_key(id="PO-2", type="invariant")) == []
    assert find(with_key(), with_key(id="PO-2", property="q")) == []
    assert find(with_key(formal=""), with_key(id="PO-2", property="q", formal=None)) == []


def test_obligations_repeat_across_blocks() -> None:
    assert find(with_key(), obligations={"PO-2": {"type": "bound", "statement": "p"}}) == [
        (
            "PV222",
            ("obligations", "PO-2", "statement"),
            "obligation 'p' stands already at proof_obligations[0], with the same type and predicate",
        )
    ]


def test_a_repeated_id() -> None:
    assert find(with_key(), with_key(property="q"), {"property": "r"}, {"property": "s"}) == [
        (
            "PV301",
            ("proof_obligations", 1, "id"),
            "obligation id 'PO-1' stands already at proof_obligations[0]",
        )
    ]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("invarient", "'invarient' is not known; did you mean 'invariant'?"),
        ("Bound", "'Bound' is not known; did you mean 'bound'?"),
        ("qqq", "'qqq' is not known"),
        (3, "3 is not known"),
    ],
)
def test_an_unknown_type(word: Any, text: str) -> None:
    assert find(with_key(type=word)) == [("PV215", (*PATH, "type"), f"PO-1: type {text}")]


@pytest.mark.parametrize("word", [None, ""])
def test_no_type_is_no_unknown_one(word: Any) -> None:
    assert find(with_key(type=word)) == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (-1.0e-6, "-1e-06 is negative"),
        (-1, "-1 is negative"),
        (math.nan, "nan is not finite"),
        (math.inf, "inf is not finite"),
        ("1e-5", "'1e-5' is no number"),
        (True, "True is no number"),
        ([1], "[1] is no number"),
    ],
)
def test_a_tolerance_that_bounds_nothing(value: Any, reason: str) -> None:
    assert find(with_key(tolerance=value)) == [("PV219", (*PATH, "tolerance"), f"PO-1: tolerance {reason}")]


@pytest.mark.parametrize("value", [None, 0, 0.0, 8.0, 1e-12, 10**400])
def test_a_tolerance_that_bounds(value: Any) -> None:
    assert find(with_key(tolerance=value)) == []


@pytest.mark.parametrize(
    "word",
    [
        *(
            "all",
            "scalar",
            "simd",
            "converter",
            "softmax",
            "avx2",
            "outer",
            "exp_phase",
            "rule",
            "always",
            "PO-1",
        ),
        *("src/softmax.rs::softmax", "a::b", "src/x.py", "the whole layer", "", None, 3),
        ["all", "softmax"],
    ],
)
def test_a_known_target(word: Any) -> None:
    blocks = {
        "equations": {"softmax": {"formula": "y"}},
        "simd_dispatch": {"outer": {"avx2": "f"}},
        "kernel_structure": {"phases": [{"name": "exp_phase"}, "sum"]},
        "enforcement": {"rule": {}},
        "invariants": {"always": {}},
    }
    assert find(with_key(applies_to=word), **blocks) == []


@pytest.mark.parametrize(
    ("word", "hint"),
    [("smid", "; did you mean 'simd'?"), ("softmx", "; did you mean 'softmax'?"), ("gpu", "")],
)
def test_an_unknown_target(word: str, hint: str) -> None:
    equations = [{"name": "softmax", "formula": "y"}]
    message = f"PO-1: applies_to '{word}' names nothing of the contract{hint}"
    assert find(with_key(applies_to=word), equations=equations) == [("PV218", (*PATH, "applies_to"), message)]
    assert find(with_key(applies_to=["all", word]), equations=equations) == [
        ("PV218", (*PATH, "applies_to", 1), message)
    ]


@pytest.mark.parametrize(
    "lean",
    [
        {"status": "proved", "theorem": "T.x"},
        {"status": "sorry"},
        {"status": "wip", "theorem": None},
        {"status": "not-applicable"},
        {"theorem": "T.x"},
        {"status": None},
        "T.x",
        None,
    ],
)
def test_a_lean_status_with_its_ground(lean: Any) -> None:
    assert find(with_key(lean=lean)) == []


@pytest.mark.parametrize(
    ("lean", "text"),
    [
        ({"status": "proved"}, "lean status 'proved', and no `theorem` is named"),
        ({"status": "proved", "theorem": " "}, "lean status 'proved', and no `theorem` is named"),
        ({"status": "proven"}, "lean status 'proven' is not known; did you mean 'proved'?"),
        ({"status": "Sorry"}, "lean status 'Sorry' is not known; did you mean 'sorry'?"),
        ({"status": 1}, "lean status 1 is not known"),
    ],
)
def test_a_lean_status_without_its_ground(lean: Any, text: str) -> None:
    assert find(with_key(lean=lean)) == [("PV224", (*PATH, "lean", "status"), f"PO-1: {text}")]


@pytest.mark.parametrize("tests", [None, [], {}])
def test_obligations_that_nothing_tests(tests: Any) -> None:
    path = ("proof_obligations",)
    assert find(with_key(), falsification_tests=tests) == [
        ("PV311", path, "one obligation, and no falsification test in the contract")
    ]
    assert find(with_key(), with_key(id="PO-2", property="q"), falsification_tests=tests) == [
        ("PV311", path, "2 obligations, and no falsification test in the contract")
    ]


@pytest.mark.parametrize("section", ["falsification", "falsification_conditions"])
def test_conditions_are_tests_too(section: str) -> None:
    blocks: dict[str, Any] = {"falsification_tests": None, section: ["a condition in words"]}
    assert find(with_key(), **blocks) == []


def test_many_unknown_words_cost_a_bounded_number_of_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        "pvengine.lint.rules.vocabularies.find_nearest",
        lambda word, _known, cutoff: asked.append((word, cutoff)),
    )
    assert len(find(*[with_key(id=f"PO-{n}", type=f"type{n}", property=f"p{n}") for n in range(100)])) == 100
    assert asked == [(f"type{n}", 0.6) for n in range(20)]
