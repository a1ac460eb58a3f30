"""Rules about references: ids that repeat, names that nothing has, obligations that wait for themselves."""

from __future__ import annotations

from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from pvengine.graph.edges import Edge, Key, Kind, Relation, iter_edges, iter_keys
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.models.contract import Contract

__all__ = ["find_cycles", "iter_graph_issues", "suggest"]


def suggest(name: str, known: Sequence[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known name, or nothing."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def iter_graph_issues(contract: Contract, indexes: Mapping[str, tuple[int, ...]]) -> Iterator[Issue]:
    """Iterate over repeated ids, dangling references and cycles of one contract."""
    first: dict[Key, tuple[str | int, ...]] = {}
    for key, path in iter_keys(contract, indexes):
        if key in first:
            where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first[key])
            yield Issue("PV301", (*path, "id"), f"{key.kind} id {key.name!r} stands already at {where[1:]}")
        first.setdefault(key, path)
    edges = list(iter_edges(contract, indexes))
    for edge in edges:
        yield from _dangling(edge, first)
    for cycle in find_cycles(edges):
        last = next(edge for edge in edges if edge.needed == cycle[-2] and edge.needing == cycle[-1])
        names = " -> ".join(key.name for key in cycle)
        yield Issue("PV303", last.path, f"cycle: {names}", "delete one of these references")


def _dangling(edge: Edge, known: Mapping[Key, tuple[str | int, ...]]) -> Iterator[Issue]:
    target = edge.needing if edge.relation is Relation.DECIDES else edge.needed
    if target in known:
        return
    names = [key.name for key in known if key.kind is target.kind]
    code = "PV306" if edge.relation is Relation.EXPECTED else "PV302"
    subject = edge.needed if edge.relation is Relation.DECIDES else edge.needing
    word = "hypothesis" if edge.relation is Relation.DECIDES else str(edge.relation)
    kind = "test" if target.kind is Kind.TEST else str(target.kind)
    yield Issue(
        code,
        edge.path,
        f"{word} of {subject.name} names {target.name!r}, and the contract has no such {kind}"
        + suggest(target.name, names),
    )


def find_cycles(edges: Sequence[Edge]) -> list[tuple[Key, ...]]:
    """Find cycles, each as its path from a node back to it; one for each set of nodes that wait together.

    An edge that closes a cycle is left out before the search goes on, so the list ends.
    """
    remaining = [edge for edge in edges if edge.relation is not Relation.DECIDES]
    cycles: list[tuple[Key, ...]] = []
    while True:
        sorter: TopologicalSorter[Key] = TopologicalSorter()
        for edge in remaining:
            sorter.add(edge.needing, edge.needed)
        try:
            sorter.prepare()
        except CycleError as error:
            cycle = tuple(error.args[1])
            cycles.append(_start_at_least(cycle))
            closing = (cycle[-2], cycle[-1])
            remaining = [edge for edge in remaining if (edge.needed, edge.needing) != closing]
        else:
            return cycles


def _start_at_least(cycle: tuple[Key, ...]) -> tuple[Key, ...]:
    """Rotate a closed path so that it starts at its least node: the same cycle reads the same."""
    ring = cycle[:-1]
    start = ring.index(min(ring))
    return (*ring[start:], *ring[:start], ring[start])
