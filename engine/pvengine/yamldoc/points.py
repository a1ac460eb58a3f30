"""Find where a line can be inserted behind a value, and where it cannot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pvengine.yamldoc.blocks import read_header
from pvengine.yamldoc.edits import EditError
from pvengine.yamldoc.nodes import Node, NodeKind, Path, format_path
from pvengine.yamldoc.splices import Splice

if TYPE_CHECKING:
    from pvengine.yamldoc.document import Document

__all__ = ["entry_start", "find_own_node", "find_point", "is_in_flow", "last_leaf", "lead_in", "strip_header"]

_BREAK = re.compile(r"\r\n|\r|\n")
_BLANK_RUN = re.compile(r"(?:(?:\r\n|\r|\n)[ \t]*)*")


def find_own_node(document: Document, path: Path, *, may_be_alias: bool = False) -> Node | None:
    """Return the node at a path, None where there is none.

    Raises
    ------
    EditError
        Where the node is shared: it lies under an anchor that an alias names, or under an alias, so that a
        change here would be one there too. With ``may_be_alias`` the node itself may be an alias.
    """
    node: Node | None = document.root
    for depth in range(len(path) + 1):
        if node is None:
            return None
        is_last = depth == len(path)
        if node.alias_offset is not None or (node.is_alias and not (is_last and may_be_alias)):
            raise _refuse_shared(document, path, path[:depth], node)
        if not is_last:
            node = node.child(path[depth])
    return node


def is_in_flow(document: Document, path: Path) -> bool:
    """Tell whether the value at a path stands in brackets or braces."""
    node: Node | None = document.root
    for step in path:
        if node is None or node.is_flow:
            break
        node = node.child(step)
    else:
        return False
    return node is not None


def lead_in(document: Document, path: Path, node: Node) -> str:
    """Return what must stand before a value that is put in the place of an empty one; else nothing."""
    if node.start < node.end:
        return ""
    key = document.key_at(path)
    if key is not None and ":" not in document.text[key.end : node.start]:
        return ": "
    return "" if document.text[node.start - 1] in " \t" else " "


def last_leaf(node: Node) -> Node:
    """Return the value that ends a block collection; any other node is its own."""
    while node.style == "block":
        node = node.items[-1] if node.kind is NodeKind.SEQUENCE else list(node.entries.values())[-1][1]
    return node


def find_point(document: Document, leaf: Node) -> int | None:
    """Return the offset behind a value at which a line break and a new line can be put.

    That is the end of the line on which the value ends, so that a trailing comment stays with it; behind
    ``|+`` it is the end of the blank lines that belong to the text. None where a block scalar ends the file
    without a line break: one more would change the text.
    """
    text = document.text
    if not leaf.is_block_scalar:
        return document.lines.line_end(leaf.end)
    chomping = read_header(text, leaf.start).chomping
    if _BREAK.search(text, leaf.end) is None:
        return None if leaf.data and chomping != "-" else len(text)
    if chomping != "+":
        return leaf.end
    blank = _BLANK_RUN.match(text, leaf.end)
    breaks = list(_BREAK.finditer(text, leaf.end, blank.end() if blank else leaf.end))
    return breaks[-1].start() if breaks else leaf.end


def strip_header(document: Document, leaf: Node) -> Splice:
    """Return the splice that lets a block scalar keep its text when a line break is put behind it."""
    header = read_header(document.text, leaf.start)
    if header.chomping == "+":
        start = document.text.index("+", header.start, header.end)
        return Splice(start, start + 1, "-")
    return Splice(header.end, header.end, "-")


def entry_start(document: Document, mapping: Node, key: Node) -> int:
    """Return where an entry of a block mapping begins: at its anchor or ``?`` if it has one, else its key."""
    lines = document.lines
    start = lines.line_start(key.start)
    if start <= mapping.start:
        return mapping.start
    return start + lines.column(mapping.start)


def _refuse_shared(document: Document, path: Path, owner: Path, node: Node) -> EditError:
    name, goal = format_path(owner), format_path(path)
    if node.target is not None:
        what = f"{name} is an alias: a change of {goal} would change the anchor &{node.target.anchor} too"
    else:
        line, column = document.lines.locate(node.alias_offset or 0)
        what = f"{name} is used again at {line}:{column}: a change of {goal} would be one there too"
    return EditError(
        what,
        where=str(document.place(owner)),
        why="an edit changes one value only",
        fix="write the value out in the place of the alias",
    )
