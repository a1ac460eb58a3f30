"""Keep what is known of a collection while its events arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pvengine.yamldoc.nodes import NodeKind

if TYPE_CHECKING:
    from pvengine.yamldoc.nodes import Node

__all__ = ["MAX_NODES", "Frame"]

MAX_NODES = 1_000_000
"""Most values, keys among them, that a document may have: as written, and with its aliases expanded."""


class Frame:
    """A collection that is open."""

    __slots__ = (
        "data",
        "end",
        "entries",
        "height",
        "is_mapping",
        "items",
        "key",
        "key_is_bad",
        "node",
        "size",
    )

    def __init__(self, node: Node) -> None:
        self.node = node
        self.is_mapping = node.kind is NodeKind.MAPPING
        self.data = node.data
        self.entries = cast("dict[str, tuple[Node, Node]]", node.entries)
        self.items = cast("list[Node]", node.items)
        self.key: Node | None = None
        self.key_is_bad = False
        self.end = node.start
        self.size = 1
        self.height = 0

    def add(self, node: Node) -> None:
        """Count a finished node; the size stops above the limit, so that it cannot grow without bound."""
        # Once for every value of a file: comparisons, because calls of `min` and `max` take twice as long.
        size = self.size + node.size
        self.size = size if size <= MAX_NODES else MAX_NODES + 1
        if node.height > self.height:  # noqa: PLR1730 - see above
            self.height = node.height
        if node.end > self.end:  # noqa: PLR1730 - see above
            self.end = node.end
