"""Hold what a YAML text says and where it says it: one tree with both data and places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Node", "NodeKind", "Path", "format_path"]

Path = tuple[str | int, ...]
"""Keys and list positions from the root to a value, as in ``("falsification_tests", 3, "status")``."""

NO_ENTRIES: Mapping[str, tuple[Node, Node]] = MappingProxyType({})


_NAME = re.compile(r"[\w-]+")


class NodeKind(StrEnum):
    """The three kinds of YAML nodes."""

    SCALAR = "scalar"
    SEQUENCE = "sequence"
    MAPPING = "mapping"


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """A value (or a key) of a document with its place.

    Attributes
    ----------
    kind
        Scalar, sequence or mapping. An alias has the kind of what it names.
    start, end
        Character offsets into ``Document.text``, the end exclusive. They hold the value alone: anchor and
        tag before it are left out. A block collection ends where its last value ends, a block scalar at
        the end of its last line of content; trailing comments, blank lines and that line's break are
        outside. An empty value has ``start == end``, right after its anchor, tag or indicator.
    style
        Of a scalar: ``""`` (plain), ``'``, ``"``, ``|`` or ``>``; of a collection: ``block`` or ``flow``;
        of an alias: ``*``.
    data
        Plain Python data; a key has its text. Aliases of one anchor share one object: do not change it.
    entries
        Of a mapping: key node and value node for each key, in the order of the file.
    items
        Of a sequence: its nodes.
    tag, anchor
        As written in the file (a tag in its long form), else None.
    target
        Of an alias: the node that it names.
    alias_offset
        Of an anchored node: where the first alias of it stands, None where it has none.
    size, height
        Nodes and levels of the value with all aliases expanded (the size stops growing above the limit).
    """

    kind: NodeKind
    start: int
    end: int
    style: str
    data: Any
    entries: Mapping[str, tuple[Node, Node]]
    items: Sequence[Node]
    tag: str | None = None
    anchor: str | None = None
    target: Node | None = None
    alias_offset: int | None = None
    size: int = 1
    height: int = 0

    def __repr__(self) -> str:
        """Return kind and range; the whole tree below would be no help."""
        return f"<Node {self.kind} {self.start}:{self.end}>"

    @property
    def is_flow(self) -> bool:
        """Whether this is a collection in brackets or braces."""
        return self.style == "flow"

    @property
    def is_block_scalar(self) -> bool:
        """Whether this is a scalar written below ``|`` or ``>``."""
        return self.style in {"|", ">"}

    @property
    def is_alias(self) -> bool:
        """Whether this stands for the value of an anchor."""
        return self.target is not None

    def child(self, step: str | int) -> Node | None:
        """Return the value under a key or at a position, None where there is none."""
        if isinstance(step, str):
            entry = self.entries.get(step)
            return entry[1] if entry else None
        return self.items[step] if 0 <= step < len(self.items) else None


def format_path(path: Path) -> str:
    """Write a path as people read it.

    Examples
    --------
    >>> format_path(("falsification_tests", 3, "status"))
    'falsification_tests[3].status'
    >>> format_path(("equations", "a b", ""))
    "equations['a b']['']"
    >>> format_path(())
    'the document'
    """
    parts = [
        f".{step}" if isinstance(step, str) and _NAME.fullmatch(step) else f"[{step!r}]" for step in path
    ]
    return "".join(parts).removeprefix(".") or "the document"
