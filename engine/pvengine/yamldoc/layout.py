"""See how a file indents, so that inserted lines look like their neighbours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.yamldoc.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.yamldoc.lines import LineTable
    from pvengine.yamldoc.nodes import Node

__all__ = ["Layout", "detect_layout"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How many columns a nested mapping, and the dash of a nested list, stand right of their parent."""

    step: int = 2
    dash: int = 0


def detect_layout(root: Node, lines: LineTable) -> Layout:
    """Return the indentation that most block collections of a document have."""
    steps: Counter[int] = Counter()
    dashes: Counter[int] = Counter()
    for parent, child in _iter_nested(root):
        offset = lines.column(child.start) - lines.column(parent.start)
        if child.kind is NodeKind.MAPPING and offset > 0:
            steps[offset] += 1
        elif child.kind is NodeKind.SEQUENCE and offset >= 0:
            dashes[offset] += 1
    return Layout(_most_common(steps, 2), _most_common(dashes, 0))


def _iter_nested(root: Node) -> Iterator[tuple[Node, Node]]:
    """Yield every block collection that is a value of a block mapping, with that mapping."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_alias or node.is_flow:
            continue
        for _, value in node.entries.values():
            if value.style == "block":
                yield node, value
                stack.append(value)
        stack.extend(item for item in node.items if item.style == "block")


def _most_common(counts: Counter[int], default: int) -> int:
    return min(counts, key=lambda value: (-counts[value], value), default=default)
