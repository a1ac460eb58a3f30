"""Rules about references: ids that repeat, names that nothing has, obligations that wait for themselves."""

from __future__ import annotations

from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from pvengine.graph.edges import Edge, Key, Kind, Relation, iter_edges, iter_keys
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.models.contract import Contract

__all__ = ["MAX_CYCLES", "Suggester", "find_cycles", "iter_graph_issues", "suggest"]

_WIDTH = 200
"""Longest name for which a near one is looked for, in characters: the search takes its square."""

_BUDGET = 50_000
"""Names that are compared for the suggestions of one contract; each takes some 10 microseconds."""

MAX_CYCLES = 10
"""Cycles that are shown of one contract: each costs one pass over all references."""


def suggest(name: str, known: Sequence[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known name, or nothing."""
    near = get_close_matches(name[:_WIDTH], known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


class Suggester:
    """Suggests names as long as its budget of comparisons lasts: many unknown names are a hostile input."""

    def __init__(self, budget: int = _BUDGET) -> None:
        self._budget = budget
        self._said: dict[tuple[str, int], str] = {}

    def ask(self, name: str, known: Sequence[str]) -> str:
        """Return what `suggest` does, for each name once, and nothing when the budget is spent."""
        key = (name, len(known))
        if key not in self._said:
            self._budget -= len(known)
            if self._budget < 0:
                return ""
            self._said[key] = suggest(name, known)
        return self._said[key]


def iter_graph_issues(contract: Contract, indexes: Mapping[str, tuple[int, ...]]) -> Iterator[Issue]:
    """Iterate over repeated ids, dangling references and cycles of one contract."""
    first: dict[Key, tuple[str | int, ...]] = {}
    for key, path in iter_keys(contract, indexes):
        if key in first:
            where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first[key])
            code = "SCHEMA-007" if key.kind is Kind.TEST else "PV301"
            yield Issue(code, (*path, "id"), f"{key.kind} id {key.name!r} stands already at {where[1:]}")
        first.setdefault(key, path)
    edges = list(iter_edges(contract, indexes))
    names = {kind: [key.name for key in first if key.kind is kind] for kind in Kind}
    suggester = Suggester()
    for edge in edges:
        target = _target(edge)
        if target not in first:
            known = names[target.kind]
            hint = suggester.ask(target.name, known)
            is_itself = hint.endswith(f"{edge.needing.name!r}?") and target.kind is edge.needing.kind
            yield _dangling(edge, "" if is_itself else hint)  # a test that waits for itself is a cycle
    written = {(edge.needed, edge.needing): edge.path for edge in edges if edge.path}
    for cycle in find_cycles(edges):
        places = [written[pair] for pair in pairwise(cycle) if pair in written]
        text = " -> ".join(key.name for key in cycle)
        yield Issue("PV303", places[-1], f"cycle: {text}", "delete one of these references")


def _target(edge: Edge) -> Key:
    """Return the end of an edge that its text names: of a decision, the hypothesis."""
    return edge.needing if edge.relation is Relation.DECIDES else edge.needed


def _dangling(edge: Edge, hint: str) -> Issue:
    target = _target(edge)
    code = "PV306" if edge.relation is Relation.EXPECTED else "PV302"
    subject = edge.needed if edge.relation is Relation.DECIDES else edge.needing
    word = "hypothesis" if edge.relation is Relation.DECIDES else str(edge.relation)
    kind = "test" if target.kind is Kind.TEST else str(target.kind)
    message = f"{word} of {subject.name} names {target.name!r}, and the contract has no such {kind}{hint}"
    return Issue(code, edge.path, message)


def find_cycles(edges: Sequence[Edge]) -> list[tuple[Key, ...]]:
    """Find cycles, each as its path from a node back to it, in the order of `needed` to `needing`.

    One cycle after the other is found and its last edge left out, until none is left or the limit of
    `MAX_CYCLES` is reached: each set of nodes that wait for each other shows at least one.
    """
    waits: dict[Key, set[Key]] = {}
    for edge in edges:
        if edge.relation is not Relation.DECIDES:
            waits.setdefault(edge.needing, set()).add(edge.needed)
    cycles: list[tuple[Key, ...]] = []
    while len(cycles) < MAX_CYCLES:
        try:
            TopologicalSorter({node: sorted(needed) for node, needed in waits.items()}).prepare()
        except CycleError as error:
            cycle = _start_at_least(tuple(error.args[1]))
            waits[cycle[-1]].discard(cycle[-2])
            cycles.append(cycle)
        else:
            break
    return cycles


def _start_at_least(cycle: tuple[Key, ...]) -> tuple[Key, ...]:
    """Rotate a closed path so that it starts at its least node: the same cycle reads the same."""
    ring = cycle[:-1]
    start = ring.index(min(ring))
    return (*ring[start:], *ring[:start], ring[start])
