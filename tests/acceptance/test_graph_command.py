"""`pv graph` in each format: the same nodes and edges, and text that cannot break out of its quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Scratch

HEAD = "  depends_on: [other-v1 v1.0.0 (its rows)]\nhypotheses:\n- {id: H1, statement: small}\n"
TAIL = """\
implementation_stages:
- id: M0
  expected_acceptance: [FT-002 (the second)]
  steps:
  - {id: a, needs: [FT-001]}
"""
NODES = {
    "contract:x-v1": "v1.0.0",
    "contract:other-v1": None,
    "hypothesis:H1": "UNTESTED",
    "test:FT-001": "NEW",
    "test:FT-002": "NEW",
    "stage:M0": "NEW",
    "step:M0/a": "NEW",
}
EDGES = {
    ("contract:other-v1", "contract:x-v1", "depends_on"),
    ("test:FT-001", "hypothesis:H1", "decides"),
    ("test:FT-001", "test:FT-002", "depends_on"),
    ("test:FT-002", "stage:M0", "expected_acceptance"),
    ("test:FT-001", "step:M0/a", "needs"),
    ("step:M0/a", "stage:M0", "part of"),
}
QUOTED = r'"((?:[^"\\]|\\.)*)"'


@pytest.fixture
def drawn(scratch: Scratch) -> Scratch:
    """Return a project whose contract has a node and an edge of every kind."""
    scratch.contract(
        scratch.test("FT-001", extra="hypothesis: H1"),
        scratch.test("FT-002", extra="depends_on: [FT-001]"),
        head=HEAD,
        tail=TAIL,
    )
    return scratch


def test_json(drawn: Scratch) -> None:
    report = drawn.pv("graph", "contracts/x-v1.yaml", "--format", "json").report
    assert {node["id"]: node["status"] for node in report["nodes"]} == NODES
    assert {(edge["needed"], edge["needing"], edge["relation"]) for edge in report["edges"]} == EDGES
    assert [node["id"] for node in report["nodes"] if not node["is_defined"]] == ["contract:other-v1"]


def test_dot_is_read_back(drawn: Scratch) -> None:
    result = drawn.pv("graph", "contracts/x-v1.yaml", "--format", "dot")
    assert result.code == 0
    lines = result.out.splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("digraph contract {", "  rankdir=LR;", "}")
    nodes = {}
    edges = set()
    for line in lines[2:-1]:
        node = re.fullmatch(rf"  {QUOTED} \[label={QUOTED}, shape=\w+(, style=dashed)?\];", line)
        edge = re.fullmatch(rf"  {QUOTED} -> {QUOTED} \[label={QUOTED}\];", line)
        assert node or edge, line
        if node:
            nodes[node[1]] = node[2].partition("\\n")[2] or None
        elif edge:
            edges.add((edge[1], edge[2], edge[3]))
    assert nodes == NODES
    assert edges == EDGES


def test_mermaid_is_read_back(drawn: Scratch) -> None:
    lines = drawn.pv("graph", "contracts/x-v1.yaml", "--format", "mermaid").out.splitlines()
    assert lines[0] == "flowchart LR"
    names = {}
    edges = set()
    for line in lines[1:]:
        node = re.fullmatch(rf"  (n\d+)(?:\[\[|\[/|\[|\(\[|\{{\{{){QUOTED}(?:\]\]|/\]|\]|\]\)|\}}\}})", line)
        edge = re.fullmatch(rf"  (n\d+) -->\|{QUOTED}\| (n\d+)", line)
        assert node or edge, line
        if node:
            names[node[1]] = node[2].partition("<br/>")[0]
        elif edge:
            edges.add((names[edge[1]], names[edge[3]], edge[2]))
    assert list(names.values()) == [name.partition(":")[2] for name in NODES]
    assert edges == {
        (needed.partition(":")[2], needing.partition(":")[2], relation) for needed, needing, relation in EDGES
    }


def test_text(drawn: Scratch) -> None:
    assert drawn.pv("graph", "contracts/x-v1.yaml").out == (
        "contract x-v1  v1.0.0\n"
        "contract other-v1 (not defined here)\n"
        "hypothesis H1  UNTESTED\n"
        "test FT-001  NEW\n"
        "test FT-002  NEW\n"
        "stage M0  NEW\n"
        "step M0/a  NEW\n"
        "\n"
        "contract x-v1  depends_on           contract other-v1 (not defined here)\n"
        "test FT-001    decides              hypothesis H1\n"
        "test FT-002    depends_on           test FT-001\n"
        "step M0/a      needs                test FT-001\n"
        "stage M0       expected_acceptance  test FT-002\n"
        "stage M0       part of              step M0/a\n"
        "\n"
        "7 nodes, 6 edges\n"
    )


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_text_of_a_contract_stays_in_its_quotes(scratch: Scratch, form: str) -> None:
    evil = r"""'x"]; evil -> "y\" <script> --> n1'"""
    scratch.contract(scratch.test(evil), tail=f"implementation_stages:\n- {{id: {evil}, needs: [{evil}]}}\n")
    result = scratch.pv("graph", "contracts/x-v1.yaml", "--format", form)
    assert result.code == 0, result.shown
    for line in result.out.splitlines():
        outside = re.sub(QUOTED if form == "dot" else r'"[^"]*"', "", line)
        assert "evil" not in outside
        assert "script" not in outside


@pytest.mark.parametrize("form", ["text", "dot", "json"])
def test_broken_references_are_reported_beside_the_drawing(scratch: Scratch, form: str) -> None:
    scratch.contract(
        scratch.test("A", extra="depends_on: [B]"),
        scratch.test("B", extra="depends_on: [A, C]"),
        "- {id: D, rule: 5}\n",
    )
    result = scratch.pv("graph", "contracts/x-v1.yaml", "--format", form)
    assert result.code == 1
    assert "Traceback" not in result.shown
    if form == "json":
        codes = {found["code"] for found in result.report["diagnostics"]}
        assert codes == {"PV202", "PV302", "PV303"}
    else:
        assert "error[PV303]: cycle: A -> B -> A" in result.err
        assert "error[PV302]: depends_on of B names 'C'" in result.err
        assert "error[PV202]: `falsification_tests[2].rule`" in result.err
