"""The networkx graph of obligations: an edge leads from what is needed to what needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.graph.edges import Edge, Key, Kind, Relation, iter_edges, iter_keys
from pvengine.graph.references import parse_contract_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    from pvengine.models.contract import Contract

__all__ = ["build_graph"]


def build_graph(contract: Contract, indexes: Mapping[str, tuple[int, ...]], stem: str) -> nx.DiGraph[Key]:
    """Build the graph of one contract and of the contracts that it names.

    Nodes carry ``kind`` and ``is_defined`` (False for a name that nothing defines); edges carry
    ``relation``. Nodes and edges are added in the order of the text, so that every drawing is stable.
    """
    import networkx as nx  # noqa: PLC0415 - heavy: linting must not wait for it

    graph: nx.DiGraph[Key] = nx.DiGraph()
    own = Key(Kind.CONTRACT, stem)
    graph.add_node(own, kind=own.kind, is_defined=True)
    for text in contract.metadata.depends_on or ():
        needed = Key(Kind.CONTRACT, parse_contract_reference(text).stem)
        graph.add_node(needed, kind=needed.kind, is_defined=needed == own)
        graph.add_edge(needed, own, relation=Relation.DEPENDS_ON)
    for key, _ in iter_keys(contract, indexes):
        graph.add_node(key, kind=key.kind, is_defined=True)
    for edge in iter_edges(contract, indexes):
        _add_edge(graph, edge)
    return graph


def _add_edge(graph: nx.DiGraph[Key], edge: Edge) -> None:
    for key in (edge.needed, edge.needing):
        if key not in graph:
            graph.add_node(key, kind=key.kind, is_defined=False)
    graph.add_edge(edge.needed, edge.needing, relation=edge.relation)
