"""Find the keys and values of a document that stand at given places."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pvengine.yamldoc import Node, Path

__all__ = ["Target", "find_targets"]


@dataclass(frozen=True, slots=True)
class Target:
    """A key or a scalar of a document: its path, its node, and the mapping that a key stands in."""

    path: Path
    node: Node
    parent: Node | None
    is_shared: bool


def find_targets(root: Node, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Target]:
    """Find the key or the scalar at each place; places that are neither are left out."""
    wanted = frozenset(places)
    starts = sorted(start for start, _ in wanted)
    found: dict[tuple[int, int], Target] = {}
    waiting: list[tuple[Path, Node, bool]] = [((), root, False)]
    while waiting:
        path, node, is_shared = waiting.pop()
        is_shared = is_shared or node.alias_offset is not None
        if node.kind == "scalar":
            if (node.start, node.end) in wanted:
                found[node.start, node.end] = Target(path, node, None, is_shared)
            continue
        for name, (key, child) in node.entries.items():
            if (key.start, key.end) in wanted and not key.is_alias:
                found[key.start, key.end] = Target((*path, name), key, node, is_shared)
            if _has_any(starts, child):
                waiting.append(((*path, name), child, is_shared))
        waiting += [
            ((*path, index), child, is_shared)
            for index, child in enumerate(node.items)
            if _has_any(starts, child)
        ]
    return found


def _has_any(starts: Sequence[int], node: Node) -> bool:
    """Whether one of these sorted offsets lies in a node that is no alias."""
    return not node.is_alias and bisect_right(starts, node.end) > bisect_left(starts, node.start)
