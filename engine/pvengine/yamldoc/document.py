"""Answer what stands at a path of a document, and where."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from pvengine.yamldoc.decoding import BOM
from pvengine.yamldoc.layout import Layout, detect_layout
from pvengine.yamldoc.nodes import Node, NodeKind, Path

if TYPE_CHECKING:
    from pvengine.diagnostics import SourceRange
    from pvengine.yamldoc.lines import LineTable

__all__ = ["Document"]


class Document:
    """One YAML file that was read.

    Attributes
    ----------
    path
        The path that findings show.
    raw
        The bytes that were read.
    text
        The same as text, without the byte order mark; all offsets and columns refer to it.
    has_bom
        Whether ``raw`` begins with a byte order mark.
    root
        The node of the whole document, a mapping.
    """

    def __init__(self, path: str, raw: bytes, lines: LineTable, root: Node) -> None:
        self.path = path
        self.raw = raw
        self.text = lines.text
        self.has_bom = raw.startswith(BOM.encode())
        self.root = root
        self.lines = lines

    def __repr__(self) -> str:
        """Return the path and the number of characters."""
        return f"<Document {self.path}, {len(self.text)} characters>"

    @property
    def data(self) -> Any:
        """The whole document as plain Python data."""
        return self.root.data

    @cached_property
    def layout(self) -> Layout:
        """How the file indents."""
        return detect_layout(self.root, self.lines)

    @cached_property
    def _first_place(self) -> tuple[int, int]:
        key = next(iter(self.root.entries.values()), (self.root, self.root))[0]
        return key.start, key.end

    def encode(self, text: str | None = None) -> bytes:
        """Return the bytes of this document, or of another text in its encoding."""
        return ((BOM if self.has_bom else "") + (self.text if text is None else text)).encode()

    def node_at(self, path: Path) -> Node | None:
        """Return the value at a path, None where there is none."""
        node: Node | None = self.root
        for step in path:
            if node is None:
                return None
            node = node.child(step)
        return node

    def key_at(self, path: Path) -> Node | None:
        """Return the key node of the last step of a path; None where there is none or it is a position."""
        if not path or not isinstance(path[-1], str):
            return None
        parent = self.node_at(path[:-1])
        entry = parent.entries.get(path[-1]) if parent else None
        return entry[0] if entry else None

    def place(self, path: Path, *, key: bool = False) -> SourceRange:
        """Return where the value at a path stands, or its key.

        A path that leads nowhere gives the key of the deepest part of it that exists (of a list item: its
        first key), so every finding has a place.
        """
        node = self.node_at(path)
        if node is not None and not key:
            return self.place_of_offsets(node.start, node.end)
        while path:
            found = self.key_at(path)
            if found is None:
                node = self.node_at(path)
                found = _first_key(node) if node else None
            if found is not None:
                return self.place_of_offsets(found.start, found.end)
            path = path[:-1]
        return self.place_of_offsets(*self._first_place)

    def place_of_offsets(self, start: int, end: int) -> SourceRange:
        """Return the range between two offsets into ``text``."""
        return self.lines.place(start, end)


def _first_key(node: Node) -> Node:
    """Return the first key of a mapping, and any other node as it is."""
    if node.kind is NodeKind.MAPPING and node.entries and not node.is_alias:
        return next(iter(node.entries.values()))[0]
    return node
