"""The networkx graph has every node and edge, in the order of the text."""

from __future__ import annotations

from typing import Any

import networkx as nx

from pvengine.graph.edges import Key, Kind
from pvengine.graph.obligations import build_graph

TEXT = """\
metadata: {id: C, version: 1.0.0, depends_on: [softmax-v1 v1.2.0 (rows), own]}
hypotheses: [{id: H, statement: s}]
falsification_tests:
- {id: B, depends_on: [A, lost]}
- {id: A, hypothesis: H}
implementation_stages:
- {id: S, steps: [{id: a, needs: [B]}]}
"""


def build(validate: Any, text: str = TEXT) -> Any:
    contract, indexes = validate(text)
    return build_graph(contract, indexes, "own")


def test_nodes_carry_kind_and_whether_they_are_defined(validate: Any) -> None:
    graph = build(validate)
    assert [(str(key), str(data["kind"]), data["is_defined"]) for key, data in graph.nodes(data=True)] == [
        ("contract:own", "contract", True),
        ("contract:softmax-v1", "contract", False),
        ("hypothesis:H", "hypothesis", True),
        ("test:B", "test", True),
        ("test:A", "test", True),
        ("stage:S", "stage", True),
        ("step:S/a", "step", True),
        ("test:lost", "test", False),
    ]


def test_edges_lead_from_what_is_needed_to_what_needs_it(validate: Any) -> None:
    graph = build(validate)
    edges = {(str(one), str(two)): str(data["relation"]) for one, two, data in graph.edges(data=True)}
    assert edges == {
        ("contract:softmax-v1", "contract:own"): "depends_on",
        ("contract:own", "contract:own"): "depends_on",
        ("test:A", "test:B"): "depends_on",
        ("test:lost", "test:B"): "depends_on",
        ("test:A", "hypothesis:H"): "decides",
        ("test:B", "step:S/a"): "needs",
        ("step:S/a", "stage:S"): "part of",
    }


def test_a_contract_without_cycles_has_a_topological_order(validate: Any) -> None:
    graph = build(validate, TEXT.replace(", own]", "]"))
    order = list(nx.topological_sort(graph))
    assert order.index(Key(Kind.TEST, "A")) < order.index(Key(Kind.TEST, "B"))
    assert order.index(Key(Kind.TEST, "B")) < order.index(Key(Kind.STAGE, "S"))


def test_the_same_text_gives_the_same_order(validate: Any) -> None:
    first, second = build(validate), build(validate)
    assert list(first.nodes) == list(second.nodes)
    assert list(first.edges) == list(second.edges)
