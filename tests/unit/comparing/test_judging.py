"""What each kind of edit is: one case a line, and its mirror image when the two versions are swapped."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.comparing.change import Change, ChangeKind
from pvengine.comparing.classes import ROWS
from pvengine.comparing.contracts import compare_data

BOUND = {
    "id": "FT-1",
    "rule": "The error is small",
    "prediction": "The error is below 1e-5",
    "hypothesis": "H",
    "falsifier": "a.b",
    "params": {"n": 3, "values": [1, 2], "words": ["a", "b"]},
    "accept": [{"metric": "error", "lt": 1e-5}, {"metric": "count", "in": [1, 2]}],
    "decides": {"metric": "error", "scope": "all", "CONFIRMED": {"lt": 1}, "FALSIFIED": {"ge": 1}},
    "depends_on": ["FT-0"],
    "requires": [{"model": "m", "sha256": "a" * 64}],
    "limits": {"seconds": 60},
    "search": {"max_examples": 100, "seed": 1},
    "if_fails": "A value is lost",
    "severity": "P1",
    "status": "NEW",
}
SEARCHED = {
    "id": "FT-2",
    "falsifier": "a.b",
    "params": {"x": [1, 2], "y": 3, "dtype": "float32"},
    "search": {
        "domain": {"x": {"kind": "real", "range": [-4, 4], "shape": [2]}},
        "constraints": [{"variable": "x", "norm": "L2", "lt": 5}],
        "maximise": "error",
        "budget": {"evaluations": 100},
        "methods": ["random", "nearest"],
    },
}
OBLIGATION = {
    "property": "Rows sum to one",
    "type": "invariant",
    "formal": "sum(y) <= 1",
    "tolerance": 1e-6,
    "applies_to": "simd",
    "lean": {"status": "sorry", "theorem": "T"},
}
HARNESS = {"id": "K-1", "obligation": "O-1", "bound": 8, "strategy": "stub_float", "harness": "verify_rows"}


def edit(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the data with another value at a path of keys; ``...`` deletes it."""
    first, _, rest = path.partition(".")
    if rest:
        return data | {first: edit(data.get(first, {}), rest, value)}
    return (
        {key: item for key, item in data.items() if key != first} if value is ... else data | {first: value}
    )


def find(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    return list(compare_data(before, after).changes)


def tell(changes: list[Change]) -> set[tuple[str, str, str]]:
    return {(change.row, change.kind.value, change.bump.name.lower()) for change in changes}


def check(block: str, entry: dict[str, Any], path: str, value: Any, expected: str) -> None:
    """Check what one edit of one entry is, and that the swapped edit is its mirror image."""
    old, new = {block: [entry]}, {block: [edit(entry, path, value)]}
    row, kind, bump = expected.split()
    row = row.replace("_", " ")
    assert tell(find(old, new)) == {(row, kind, bump)}
    mirrored = ChangeKind(kind).mirrored
    assert tell(find(new, old)) == {(row, mirrored.value, ROWS[row].classes[mirrored][0].name.lower())}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("rule", "An error is small", "statement reworded minor"),
        ("rule", "An error is not small", "statement changed major"),
        ("rule", "No lane is lost by the kernel", "statement changed major"),
        ("rule", ..., "statement weakened major"),
        ("prediction", "The error stays below 0.00001", "statement reworded minor"),
        ("prediction", "The error is below 1e-4", "statement changed major"),
        ("prediction", "The error is below FT-1 1e-5", "statement changed major"),
        ("test", "cargo test a", "statement strengthened minor"),
        ("hypothesis", "G", "decision changed major"),
        ("hypothesis", ["H"], "decision reworded minor"),
        ("falsifier", "a.c", "experiment changed major"),
        ("falsifier", ..., "experiment weakened major"),
        ("params.n", 4, "experiment changed major"),
        ("params.n", ..., "experiment changed major"),
        ("params.values", [2, 1], "experiment changed major"),
        ("params.words", ["b", "a"], "experiment moved major"),
        ("depends_on", ..., "dependency weakened major"),
        ("depends_on", ["FT-0", "FT-2"], "dependency strengthened minor"),
        ("depends_on", ["FT-0 (why)"], "dependency reworded patch"),
        ("requires", ..., "input weakened major"),
        ("requires", [{"model": "m"}], "input weakened major"),
        ("requires", [{"model": "m", "sha256": "b" * 64}], "input changed major"),
        ("search.max_examples", 50, "search weakened major"),
        ("search.max_examples", "many", "search changed major"),
        ("search.seed", 2, "search changed major"),
        ("search", ..., "search weakened major"),
        ("reproduce", {"relative": 1e-3}, "reproduce weakened major"),
        ("reproduce", {"relative": 0}, "reproduce strengthened minor"),
        ("reproduce", {"relative": 1e-9}, "reproduce changed major"),
        ("reproduce", {"relative": "x"}, "reproduce changed major"),
        ("limits.seconds", 90, "limits changed patch"),
        ("limits", ..., "limits removed patch"),
        ("severity", "P0", "severity strengthened minor"),
        ("severity", "p2", "severity weakened major"),
        ("severity", "error", "severity changed major"),
        ("severity", "p1", "severity reworded patch"),
        ("severity", ..., "severity weakened major"),
        ("if_fails", "A value is dropped, or 2", "wording reworded patch"),
        ("if_fails", ["A value is lost"], "wording changed patch"),
        ("if_fails", ..., "wording removed patch"),
        ("name", "n", "wording added patch"),
        ("status", "DISCHARGED", "status changed minor"),
        ("status", ..., "status changed minor"),
        ("verdict", "CONFIRMED", "status changed minor"),
        ("evidence", "sha256:" + "0" * 64, "evidence added minor"),
        ("accept", ..., "accept weakened major"),
        ("accept", [], "accept weakened major"),
        ("decides", ..., "decision removed major"),
        ("decides.scope", "some", "decision changed major"),
        ("decides.metric", "count", "decision changed major"),
        ("decides.CONFIRMED", [{"lt": 1}], "bands reworded minor"),
        ("decides.CONFIRMED", {"lt": 2}, "bands weakened major"),
        ("mutation", "delete the check", "unknown added minor"),
        ("evidnce", None, "unknown reworded minor"),
    ],
)
def test_an_edit_of_a_bound_test(path: str, value: Any, expected: str) -> None:
    check("falsification_tests", BOUND, path, value, expected)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("budget.evaluations", 99, "search weakened major"),
        ("budget.seconds", 5, "search weakened major"),
        ("methods", ..., "search strengthened minor"),
        ("methods", ["random"], "search weakened major"),
        ("methods", ["nearest", "random"], "search moved minor"),
        ("maximise", "other", "search_aim changed major"),
        ("domain.x.range", [-4, 3.5], "search_domain weakened major"),
        ("domain.x.range", [-8, 4], "search_domain strengthened minor"),
        ("domain.x.range", [-8, 3], "search_domain changed major"),
        ("domain.x.grid", None, "search_domain reworded minor"),
        ("domain.x.grid", 0.5, "search_domain weakened major"),
        ("domain.x.shape", [3], "search_domain changed major"),
        ("domain.x.kind", "integer", "search_domain changed major"),
        ("domain.y", {"kind": "integer", "range": [0, 9]}, "search_domain strengthened minor"),
        ("domain.y", {"kind": "integer", "range": [4, 9]}, "search_domain changed major"),
        ("domain.z", {"kind": "integer", "range": [0, 9]}, "search_domain changed major"),
        (
            "domain.dtype",
            {"kind": "choice", "values": ["float32", "float64"]},
            "search_domain strengthened minor",
        ),
        ("constraints", ..., "search_domain strengthened minor"),
        ("constraints", [], "search_domain strengthened minor"),
        ("constraints", [{"variable": "x", "norm": "L2", "le": 5}], "search_domain strengthened minor"),
        ("constraints", [{"variable": "x", "norm": "L2", "lt": 5, "gt": 0}], "search_domain weakened major"),
        ("constraints", [{"variable": "x", "norm": "L1", "lt": 5}], "search_domain changed major"),
    ],
)
def test_an_edit_of_a_search(path: str, value: Any, expected: str) -> None:
    check("falsification_tests", SEARCHED, f"search.{path}", value, expected)


def test_another_aim_is_told_for_both_keys() -> None:
    after = edit(edit(SEARCHED, "search.maximise", ...), "search.minimise", "error")
    found = find({"falsification_tests": [SEARCHED]}, {"falsification_tests": [after]})
    assert tell(found) == {("search aim", "changed", "major")}
    assert len(found) == 2


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([{"metric": "error", "lt": 1e-4}, {"metric": "count", "in": [1, 2]}], "accept weakened major"),
        ([{"metric": "error", "le": 1e-5}, {"metric": "count", "in": [1, 2]}], "accept weakened major"),
        ([{"metric": "error", "lt": 1e-6}, {"metric": "count", "in": [1, 2]}], "accept strengthened minor"),
        ([{"metric": "error", "gt": 1e-5}, {"metric": "count", "in": [1, 2]}], "accept changed major"),
        ([{"metric": "error", "lt": "1"}, {"metric": "count", "in": [1, 2]}], "accept changed major"),
        ([{"metric": "error", "lt": 1e-5}, {"metric": "count", "in": [2, 1]}], "accept reworded minor"),
        ([{"metric": "error", "lt": 1e-5}, {"metric": "count", "in": [1]}], "accept strengthened minor"),
        ([{"metric": "error", "lt": 1e-5}], "accept weakened major"),
        ([{"metric": "count", "in": [1, 2]}, {"metric": "error", "lt": 1e-5}], "accept moved minor"),
    ],
)
def test_an_edit_of_conditions(conditions: list[Any], expected: str) -> None:
    check("falsification_tests", BOUND, "accept", conditions, expected)


def test_a_condition_that_another_implies_can_go() -> None:
    implied = [*BOUND["accept"], {"metric": "error", "lt": 1}]  # type: ignore[misc]  # a list
    check("falsification_tests", BOUND, "accept", implied, "accept reworded minor")


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("property", "Each row sums to one", "statement reworded minor"),
        ("type", "bound", "formula changed major"),
        ("formal", "sum(y)≤1", "formula reworded patch"),
        ("formal", "sum(y) < 1", "formula changed major"),
        ("formal", ..., "formula weakened major"),
        ("tolerance", 1e6, "tolerance weakened major"),
        ("tolerance", 1e-7, "tolerance strengthened minor"),
        ("tolerance", ..., "tolerance weakened major"),
        ("tolerance", "small", "tolerance changed major"),
        ("tolerance", -1, "tolerance changed major"),
        ("applies_to", "all", "target strengthened minor"),
        ("applies_to", "scalar", "target changed major"),
        ("applies_to", ..., "target weakened major"),
        ("lean.status", "proved", "lean strengthened minor"),
        ("lean.status", "wip", "lean reworded patch"),
        ("lean.status", "not-applicable", "lean weakened major"),
        ("lean.status", "done", "lean changed major"),
        ("lean", ..., "lean weakened major"),
        ("lean.theorem", "U", "formula changed major"),
        ("lean.notes", "n", "wording added patch"),
        ("discharged_by", "FT-1", "check strengthened minor"),
        ("status", "open", "status_word changed minor"),
    ],
)
def test_an_edit_of_an_obligation(path: str, value: Any, expected: str) -> None:
    check("proof_obligations", OBLIGATION, path, value, expected)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("bound", 4, "bound weakened major"),
        ("bound", 16, "bound strengthened minor"),
        ("bound", ..., "bound weakened major"),
        ("strategy", "exhaustive", "strategy strengthened minor"),
        ("strategy", "bounded_int", "strategy changed major"),
        ("obligation", "O-2", "target changed major"),
        ("harness", "verify_row", "statement reworded minor"),
        ("solver", "cadical", "wording added patch"),
        ("property", "Rows sum to one", "statement strengthened minor"),
    ],
)
def test_an_edit_of_a_harness(path: str, value: Any, expected: str) -> None:
    check("kani_harnesses", HARNESS, path, value, expected)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            {"equations": {"e": {"formula": "a"}}},
            {"equations": {"e": {"formula": "b"}}},
            "formula changed major",
        ),
        ({"equations": {"e": {"formula": "a"}}}, {}, "entry removed major"),
        (
            {"equations": {"e": {"formula": "a"}}},
            {"equations": {"f": {"formula": "a"}}},
            "entry renamed major",
        ),
        ({"equations": {"e": {"x": 1}}}, {"equations": [{"id": "e", "x": 1}]}, "entry changed major"),
        (
            {"equations": {"e": {"invariants": ["a > 0", "b > 0"]}}},
            {"equations": {"e": {"invariants": ["b > 0", "a > 0"]}}},
            "statement moved none",
        ),
        (
            {"equations": {"e": {"invariants": ["a > 0", "b > 0"]}}},
            {"equations": {"e": {"invariants": ["b > 0"]}}},
            "statement weakened major",
        ),
        (
            {"equations": {"e": {"preconditions": ["a > 0"]}}},
            {"equations": {"e": {"preconditions": ["a > 0", "n is even"]}}},
            "assumption weakened major",
        ),
        (
            {"equations": {"e": {"preconditions": ["n is even"]}}},
            {"equations": {"e": {"preconditions": ["The n is even"]}}},
            "assumption reworded minor",
        ),
        ({"qa_gate": {"id": "Q", "checks": ["a"]}}, {}, "entry removed major"),
        ({"qa_gate": {"checks": ["a", "b"]}}, {"qa_gate": {"checks": ["a"]}}, "check weakened major"),
        ({"qa_gate": {"checks": ["a", "b"]}}, {"qa_gate": {"checks": ["b", "a"]}}, "check moved none"),
        (
            {"qa_gate": {"pass_criteria": "All 6 tests hold"}},
            {"qa_gate": {"pass_criteria": "All 5 tests hold"}},
            "criteria weakened major",
        ),
        (
            {"qa_gate": {"pass_criteria": "All 6 tests hold"}},
            {"qa_gate": {"pass_criteria": "5 tests hold and one is ignored"}},
            "criteria changed major",
        ),
        ({"qa_gate": {"must_pass": ["a"]}}, {"qa_gate": {"must_pass": []}}, "criteria weakened major"),
        (
            {"enforcement": {"r": {"severity": "ERROR"}}},
            {"enforcement": {"r": {"severity": "WARNING"}}},
            "severity weakened major",
        ),
        (
            {"enforcement": {"r": {"check": "contract_tests::FT-1"}}},
            {"enforcement": {"r": {"check": "contract_tests::FT-2"}}},
            "statement changed major",
        ),
        ({"hypotheses": [{"id": "H", "statement": "s"}]}, {}, "entry removed major"),
        (
            {"hypotheses": [{"id": "H", "statement": "s"}]},
            {"hypotheses": [{"id": "G", "statement": "s"}]},
            "entry renamed major",
        ),
        (
            {"hypotheses": [{"id": "H", "status": "UNTESTED"}]},
            {"hypotheses": [{"id": "H", "status": "CONFIRMED"}]},
            "status changed minor",
        ),
        (
            {"implementation_stages": [{"id": "S", "steps": [{"id": "a", "needs": ["FT-1"]}]}]},
            {"implementation_stages": [{"id": "S", "steps": [{"id": "a", "needs": []}]}]},
            "dependency weakened major",
        ),
        (
            {"implementation_stages": [{"id": "S", "steps": [{"id": "a"}]}]},
            {"implementation_stages": [{"id": "S"}]},
            "entry removed major",
        ),
        (
            {"metadata": {"depends_on": ["a v1.2.0 (kernel)"]}},
            {"metadata": {"depends_on": ["a v1.10.0"]}},
            "dependency strengthened minor",
        ),
        (
            {"metadata": {"depends_on": ["a v1"]}},
            {"metadata": {"depends_on": ["a"]}},
            "dependency weakened major",
        ),
        (
            {"metadata": {"depends_on": ["a v1"]}},
            {"metadata": {"depends_on": ["a of old"]}},
            "dependency changed major",
        ),
        ({"metadata": {"id": "C-A"}}, {"metadata": {"id": "C-B"}}, "identity changed major"),
        ({"metadata": {"kind": "kernel"}}, {"metadata": {}}, "contract_kind removed major"),
        (
            {"metadata": {"references": ["a", "b"]}},
            {"metadata": {"references": ["b"]}},
            "wording removed patch",
        ),
        ({"metadata": {"status": "DRAFT"}}, {"metadata": {"status": "ACTIVE"}}, "status_word changed minor"),
        ({"metadata": {"version": "1.0.0"}}, {"metadata": {"version": "1.0.1"}}, "version changed none"),
        ({"amendments": [{"version": "1.0.0"}]}, {"amendments": []}, "amendment removed none"),
        (
            {"verification_summary": {"total": 1}},
            {"verification_summary": {"total": 2}},
            "wording changed patch",
        ),
        ({"layer": {"tolerance_abs": 1}}, {"layer": {"tolerance_abs": 2}}, "tolerance weakened major"),
        ({"layer": {"threshold": 1}}, {"layer": {"threshold": 2}}, "unknown changed major"),
        ({"layer": {"order": ["a", "b"]}}, {"layer": {"order": ["b", "a"]}}, "unknown moved minor"),
        ({"layer": {"note": "x 1"}}, {"layer": {"note": "y 2"}}, "wording reworded patch"),
        ({"layer": {"x": "always above 1.0"}}, {"layer": {"x": "always over 1"}}, "unknown reworded minor"),
        ({"layer": {"x": {"a": 1}}}, {"layer": {"y": {"a": 1}}}, "unknown renamed major"),
        ({"layer": {"x": 1}}, {"layer": {"x": True}}, "unknown changed major"),
        (
            {"falsification_conditions": [{"id": "F", "name": "Rows are kept"}]},
            {"falsification_conditions": [{"id": "F", "name": "Columns vanish at 3"}]},
            "statement changed major",
        ),
    ],
)
def test_an_edit_of_a_block(before: dict[str, Any], after: dict[str, Any], expected: str) -> None:
    row, kind, bump = expected.split()
    row = row.replace("_", " ")
    assert tell(find(before, after)) == {(row, kind, bump)}
    mirrored = ChangeKind(kind).mirrored
    assert tell(find(after, before)) == {(row, mirrored.value, ROWS[row].classes[mirrored][0].name.lower())}


def test_a_test_without_a_rule_has_one_in_its_description() -> None:
    old = {"falsification_tests": [{"id": "F", "description": "All rows are kept"}]}
    new = {"falsification_tests": [{"id": "F", "description": "Nothing of it is true at 3"}]}
    assert tell(find(old, new)) == {("statement", "changed", "major")}
    with_rule = [
        {"falsification_tests": [data["falsification_tests"][0] | {"rule": "r"}]} for data in (old, new)
    ]
    assert tell(find(*with_rule)) == {("wording", "reworded", "patch")}


def test_binding_a_test_strengthens_it() -> None:
    bare = {"id": "F", "rule": "r"}
    bound = bare | {"falsifier": "a.b", "params": {"n": 1}, "accept": [{"metric": "m", "lt": 1}]}
    changes = find({"falsification_tests": [bare]}, {"falsification_tests": [bound]})
    assert tell(changes) == {("experiment", "strengthened", "minor"), ("accept", "strengthened", "minor")}


@pytest.mark.parametrize(
    ("evidence", "status", "expected"), [("b", "DISCHARGED", "patch"), ("b", "NEW", "patch")]
)
def test_new_evidence_is_a_renewal(evidence: str, status: str, expected: str) -> None:
    old = {"falsification_tests": [{"id": "F", "status": status, "evidence": "a"}]}
    new = {"falsification_tests": [{"id": "F", "status": status, "evidence": evidence}]}
    (change,) = find(old, new)
    assert (change.row, change.bump.name.lower(), change.is_engine_owned) == ("evidence", expected, True)


def test_what_was_found_stands_in_the_reason() -> None:
    old = {"falsification_tests": [{"id": "F", "accept": [{"metric": "m", "lt": 1.0}]}]}
    new = {"falsification_tests": [{"id": "F", "accept": [{"metric": "m", "lt": 3}]}]}
    (change,) = find(old, new)
    assert change.what == "F accept[0].lt"
    assert change.why == (
        "m may now be [1.0, 3); values are accepted that were not: a looser bar is a weaker claim"
    )
