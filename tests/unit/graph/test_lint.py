"""Repeated ids, dangling references and cycles, each at its place."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pvengine.graph.edges import Edge, Key, Kind, Relation
from pvengine.graph.lint import MAX_CYCLES, find_cycles, iter_graph_issues, suggest


def issues(validate: Any, text: str) -> list[tuple[str, tuple[str | int, ...], str]]:
    return [(one.code, one.path, one.message) for one in iter_graph_issues(*validate(text))]


def test_repeated_ids_name_the_place_of_the_first(validate: Any) -> None:
    text = (
        "hypotheses: [{id: X, statement: s}, {id: X, statement: s}]\n"
        "falsification_tests: [{id: X}, {id: Y}, {id: X}, {id: X}]\n"
        "implementation_stages: [{id: X, steps: [{id: a}, {id: a}]}, {id: X}]\n"
    )
    assert issues(validate, text) == [
        ("PV301", ("hypotheses", 1, "id"), "hypothesis id 'X' stands already at hypotheses[0]"),
        (
            "SCHEMA-007",
            ("falsification_tests", 2, "id"),
            "test id 'X' stands already at falsification_tests[0]",
        ),
        (
            "SCHEMA-007",
            ("falsification_tests", 3, "id"),
            "test id 'X' stands already at falsification_tests[0]",
        ),
        (
            "PV301",
            ("implementation_stages", 0, "steps", 1, "id"),
            "step id 'X/a' stands already at implementation_stages[0].steps[0]",
        ),
        (
            "PV301",
            ("implementation_stages", 1, "id"),
            "stage id 'X' stands already at implementation_stages[0]",
        ),
    ]


def test_steps_of_different_stages_may_share_an_id(validate: Any) -> None:
    text = "implementation_stages: [{id: S, steps: [{id: a}]}, {id: T, steps: [{id: a}]}]\n"
    assert issues(validate, text) == []


def test_dangling_references_suggest_the_nearest_name(validate: Any) -> None:
    text = (
        "hypotheses: [{id: A2, statement: s}]\n"
        "falsification_tests:\n"
        "- {id: FALSIFY-001, hypothesis: A3}\n"
        "- {id: FALSIFY-002, depends_on: [FALSIFY-01, other]}\n"
        "- {id: D, decides: {metric: m, hypothesis: Z9, CONFIRMED: {gt: 0}, FALSIFIED: {le: 0}}}\n"
        "implementation_stages:\n"
        "- id: S\n  needs: [FALSIFY-003]\n  expected_acceptance: [FALSIFY-04 (gate)]\n"
        "  steps: [{id: a, needs: [S/b]}]\n"
    )
    assert issues(validate, text) == [
        (
            "PV302",
            ("falsification_tests", 0, "hypothesis"),
            "hypothesis of FALSIFY-001 names 'A3', and the contract has no such hypothesis",
        ),
        (
            "PV302",
            ("falsification_tests", 1, "depends_on", 0),
            ("depends_on of FALSIFY-002 names 'FALSIFY-01', and the contract has no such test; "
            "did you mean 'FALSIFY-001'?"),
        ),
        (
            "PV302",
            ("falsification_tests", 1, "depends_on", 1),
            "depends_on of FALSIFY-002 names 'other', and the contract has no such test",
        ),
        (
            "PV302",
            ("falsification_tests", 2, "decides", "hypothesis"),
            "hypothesis of D names 'Z9', and the contract has no such hypothesis",
        ),
        (
            "PV302",
            ("implementation_stages", 0, "needs", 0),
            "needs of S names 'FALSIFY-003', and the contract has no such test; did you mean 'FALSIFY-002'?",
        ),
        (
            "PV306",
            ("implementation_stages", 0, "expected_acceptance", 0),
            ("expected_acceptance of S names 'FALSIFY-04', and the contract has no such test; "
            "did you mean 'FALSIFY-002'?"),
        ),
        (
            "PV302",
            ("implementation_stages", 0, "steps", 0, "needs", 0),
            "needs of S/a names 'S/b', and the contract has no such test",
        ),
    ]  # fmt: skip


def test_a_cycle_is_shown_as_its_path_at_the_reference_of_its_least_node(validate: Any) -> None:
    text = (
        "falsification_tests:\n"
        "- {id: C, depends_on: [B]}\n- {id: B, depends_on: [A]}\n- {id: A, depends_on: [C]}\n"
    )
    assert issues(validate, text) == [
        ("PV303", ("falsification_tests", 2, "depends_on", 0), "cycle: A -> B -> C -> A")
    ]


def test_a_test_that_depends_on_itself_is_a_cycle(validate: Any) -> None:
    assert issues(validate, "falsification_tests: [{id: A, depends_on: [A]}]\n") == [
        ("PV303", ("falsification_tests", 0, "depends_on", 0), "cycle: A -> A")
    ]


def test_separate_cycles_are_all_shown(validate: Any) -> None:
    text = (
        "falsification_tests:\n- {id: A, depends_on: [B]}\n- {id: B, depends_on: [A]}\n"
        "- {id: C, depends_on: [D]}\n- {id: D, depends_on: [C]}\n- {id: E, depends_on: [A]}\n"
    )
    assert [message for _, _, message in issues(validate, text)] == [
        "cycle: A -> B -> A",
        "cycle: C -> D -> C",
    ]


def test_two_cycles_that_share_a_node_are_both_shown(validate: Any) -> None:
    text = (
        "falsification_tests:\n- {id: A, depends_on: [B, C]}\n- {id: B, depends_on: [A]}\n"
        "- {id: C, depends_on: [A]}\n"
    )
    assert [message for _, _, message in issues(validate, text)] == [
        "cycle: A -> B -> A",
        "cycle: A -> C -> A",
    ]


@pytest.mark.parametrize(
    ("stages", "path", "message"),
    [
        (
            "- {id: S, steps: [{id: a, needs: [S]}]}\n",
            ("implementation_stages", 0, "steps", 0, "needs", 0),
            "cycle: S -> S/a -> S",
        ),
        (
            "- {id: S, needs: [T]}\n- {id: T, steps: [{id: a, expected_acceptance: [S (done)]}]}\n",
            ("implementation_stages", 0, "needs", 0),
            "cycle: S -> T/a -> T -> S",
        ),
    ],
)
def test_a_cycle_through_stages_stands_at_a_reference_that_is_written(
    validate: Any, stages: str, path: tuple[str | int, ...], message: str
) -> None:
    assert issues(validate, f"implementation_stages:\n{stages}") == [("PV303", path, message)]


def test_a_hypothesis_closes_no_cycle(validate: Any) -> None:
    text = (
        "hypotheses: [{id: A, statement: s}]\nfalsification_tests:\n- {id: A, hypothesis: A}\n"
        "- {id: B, hypothesis: A, depends_on: [A]}\n"
    )
    assert issues(validate, text) == []


def test_a_diamond_is_no_cycle(validate: Any) -> None:
    text = (
        "falsification_tests:\n- {id: A}\n- {id: B, depends_on: [A]}\n- {id: C, depends_on: [A]}\n"
        "- {id: D, depends_on: [B, C]}\n"
    )
    assert issues(validate, text) == []


def edge(needed: int, needing: int) -> Edge:
    return Edge(
        Key(Kind.TEST, f"{needed:05}"), Key(Kind.TEST, f"{needing:05}"), Relation.DEPENDS_ON, ("x", needing)
    )


def test_a_long_chain_and_a_dense_knot_are_searched_in_little_time() -> None:
    began = time.process_time()
    size = 20_000
    chain = [edge(number, number + 1) for number in range(size)]
    assert find_cycles(chain) == []
    (cycle,) = find_cycles([*chain, edge(size, 0)])
    assert len(cycle) == size + 2
    knot = [edge(one, two) for one in range(150) for two in range(150)]
    assert len(find_cycles(knot)) == MAX_CYCLES, "what is shown is bounded"
    assert time.process_time() - began < 5


def test_many_unknown_names_are_looked_up_once_each(validate: Any) -> None:
    known = "".join(f"- {{id: FALSIFY-{number:04}}}\n" for number in range(300))
    needs = ", ".join(["FALSIFI-0001"] * 300)
    began = time.process_time()
    found = issues(
        validate, f"falsification_tests:\n{known}implementation_stages:\n- {{id: S, needs: [{needs}]}}\n"
    )
    assert len(found) == 300
    assert time.process_time() - began < 3


def test_only_a_near_name_is_suggested() -> None:
    assert suggest("FALSIFY-01", ["FALSIFY-001", "x"]) == "; did you mean 'FALSIFY-001'?"
    assert suggest("zzz", ["FALSIFY-001"]) == ""
    assert suggest("zzz", []) == ""
