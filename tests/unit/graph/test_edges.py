"""Every reference is an edge with the path where it is written."""

from __future__ import annotations

from typing import Any

from pvengine.graph.edges import Key, Kind, iter_edges, iter_keys

TEXT = """\
hypotheses:
- {id: H, statement: s}
- {statement: no id}
- {id: G, statement: s}
falsification_tests:
- {id: A, hypothesis: H}
- {id: 5}
- {id: B, hypothesis: [H, G], depends_on: [A]}
- id: C
  decides: {metric: m, hypothesis: G, CONFIRMED: {gt: 0}, FALSIFIED: {le: 0}}
- id: D
  hypothesis: [H]
  decides: [{metric: m, hypothesis: H, CONFIRMED: {gt: 0}}, {metric: m, hypothesis: G, CONFIRMED: {gt: 0}}]
implementation_stages:
- id: S
  needs: [A]
  expected_acceptance: [B (the gate)]
  steps:
  - {id: a, needs: [A, T, T/x]}
- {id: T, steps: [{id: x}]}
"""


def test_keys_come_in_the_order_of_the_text_with_their_paths(validate: Any) -> None:
    contract, indexes = validate(TEXT)
    assert [(str(key), path) for key, path in iter_keys(contract, indexes)] == [
        ("hypothesis:H", ("hypotheses", 0)),
        ("hypothesis:G", ("hypotheses", 2)),
        ("test:A", ("falsification_tests", 0)),
        ("test:B", ("falsification_tests", 2)),
        ("test:C", ("falsification_tests", 3)),
        ("test:D", ("falsification_tests", 4)),
        ("stage:S", ("implementation_stages", 0)),
        ("step:S/a", ("implementation_stages", 0, "steps", 0)),
        ("stage:T", ("implementation_stages", 1)),
        ("step:T/x", ("implementation_stages", 1, "steps", 0)),
    ]


def test_edges_come_in_the_order_of_the_text_with_their_paths(validate: Any) -> None:
    contract, indexes = validate(TEXT)
    tests, stages = "falsification_tests", "implementation_stages"
    edges = iter_edges(contract, indexes)
    assert [(str(edge.needed), str(edge.needing), str(edge.relation), edge.path) for edge in edges] == [
        ("test:A", "hypothesis:H", "decides", (tests, 0, "hypothesis")),
        ("test:A", "test:B", "depends_on", (tests, 2, "depends_on", 0)),
        ("test:B", "hypothesis:H", "decides", (tests, 2, "hypothesis", 0)),
        ("test:B", "hypothesis:G", "decides", (tests, 2, "hypothesis", 1)),
        ("test:C", "hypothesis:G", "decides", (tests, 3, "decides", "hypothesis")),
        ("test:D", "hypothesis:H", "decides", (tests, 4, "hypothesis", 0)),
        ("test:D", "hypothesis:G", "decides", (tests, 4, "decides", 1, "hypothesis")),
        ("test:A", "stage:S", "needs", (stages, 0, "needs", 0)),
        ("test:B", "stage:S", "expected_acceptance", (stages, 0, "expected_acceptance", 0)),
        ("test:A", "step:S/a", "needs", (stages, 0, "steps", 0, "needs", 0)),
        ("stage:T", "step:S/a", "needs", (stages, 0, "steps", 0, "needs", 1)),
        ("step:T/x", "step:S/a", "needs", (stages, 0, "steps", 0, "needs", 2)),
        ("step:S/a", "stage:S", "part of", ()),
        ("step:T/x", "stage:T", "part of", ()),
    ]  # fmt: skip


def test_a_need_is_a_test_before_it_is_a_stage_and_unknown_ones_are_tests(validate: Any) -> None:
    contract, indexes = validate(
        "falsification_tests: [{id: same}]\n"
        "implementation_stages:\n- {id: same}\n- {id: x, needs: [same, none]}\n"
    )
    assert [str(edge.needed) for edge in iter_edges(contract, indexes)] == ["test:same", "test:none"]


def test_keys_are_ordered_by_kind_and_name() -> None:
    assert Key(Kind.HYPOTHESIS, "z") < Key(Kind.TEST, "a") < Key(Kind.TEST, "b")
