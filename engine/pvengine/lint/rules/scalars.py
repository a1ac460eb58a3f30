"""Find the scalars of a document in which given characters of its text stand."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.yamldoc import NodeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.yamldoc import Node, Path

__all__ = ["FoundScalar", "find_scalars"]


@dataclass(frozen=True, slots=True)
class FoundScalar:
    """A scalar in which the character at ``offset`` stands; a key has the path of its value."""

    offset: int
    path: Path
    node: Node
    is_key: bool


def find_scalars(root: Node, offsets: Sequence[int]) -> list[FoundScalar]:
    """Find the scalar at each of the ascending offsets, in their order.

    An offset that stands in no scalar (in a comment, say) is left out. Parts of the tree without any of the
    offsets are passed over.
    """
    found: list[FoundScalar] = []
    stack: list[tuple[Path, Node, bool]] = [((), root, False)]
    while stack:
        path, node, is_key = stack.pop()
        first = bisect_left(offsets, node.start)
        if first == len(offsets) or offsets[first] >= node.end or node.target is not None:
            continue
        if node.kind is NodeKind.SCALAR:
            last = bisect_left(offsets, node.end)
            found += [FoundScalar(offset, path, node, is_key) for offset in offsets[first:last]]
            continue
        for name in reversed(tuple(node.entries)):
            key, value = node.entries[name]
            inner = (*path, name)
            stack += ((inner, value, False), (inner, key, True))
        for index in range(len(node.items) - 1, -1, -1):
            stack.append(((*path, index), node.items[index], False))
    return found
