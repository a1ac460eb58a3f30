"""The dependency graph of a contract as data that a reporter can draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.graph.edges import Key, Kind
from pvengine.graph.obligations import build_graph

if TYPE_CHECKING:
    from pvengine.diagnostics import Diagnostic
    from pvengine.project.view import ContractView

__all__ = ["Drawing", "DrawnEdge", "DrawnNode", "draw_contract"]


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node: ``id`` is unique in the drawing, ``name`` among its kind; ``status`` is as written."""

    id: str
    kind: str
    name: str
    status: str | None
    title: str | None
    is_defined: bool


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge from what is needed to what needs it, both by node id."""

    needed: str
    needing: str
    relation: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and edges in the order of the text, and what is wrong with the references."""

    contract: str
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    diagnostics: tuple[Diagnostic, ...]


def draw_contract(view: ContractView) -> Drawing:
    """Build the drawing of one contract."""
    loaded = view.loaded
    graph = build_graph(loaded.contract, loaded.indexes, loaded.path.stem)
    facts = _collect_facts(view)
    nodes = tuple(
        DrawnNode(
            str(key),
            key.kind.value,
            key.name,
            facts.get(key, (None, None))[0],
            facts.get(key, (None, None))[1],
            bool(attributes["is_defined"]),
        )
        for key, attributes in graph.nodes(data=True)
    )
    edges = tuple(
        DrawnEdge(str(needed), str(needing), attributes["relation"].value)
        for needed, needing, attributes in graph.edges(data=True)
    )
    return Drawing(loaded.display_path, nodes, edges, _select_findings(view))


def _select_findings(view: ContractView) -> tuple[Diagnostic, ...]:
    """Return what is wrong with references, and the errors whose entries are missing from the drawing."""
    found = dict.fromkeys(
        [*view.graph_diagnostics, *(each for each in view.loaded.diagnostics if each.is_error)]
    )
    return tuple(sorted(found, key=lambda diagnostic: diagnostic.sort_key))


def _collect_facts(view: ContractView) -> dict[Key, tuple[str | None, str | None]]:
    """Collect status and title of each node that the contract defines."""
    contract = view.loaded.contract
    version = contract.metadata.version
    facts: dict[Key, tuple[str | None, str | None]] = {
        Key(Kind.CONTRACT, view.loaded.path.stem): (
            None if version is None else f"v{version}",
            view.loaded.id,
        )
    }
    for hypothesis in contract.hypotheses or ():
        facts[Key(Kind.HYPOTHESIS, hypothesis.id)] = (hypothesis.status or "UNTESTED", hypothesis.statement)
    for test in contract.tests:
        facts[Key(Kind.TEST, test.id)] = (test.status or "NEW", test.rule or test.name)
    for stage in contract.stages:
        facts[Key(Kind.STAGE, stage.id)] = (stage.status or "NEW", stage.title)
        for step in stage.steps or ():
            facts[Key(Kind.STEP, f"{stage.id}/{step.id}")] = (step.status or "NEW", step.title)
    return facts
