"""Plan how a scalar gets another value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.yamldoc.blocks import read_header
from pvengine.yamldoc.compare import find_difference
from pvengine.yamldoc.edits import EditError, SetScalar
from pvengine.yamldoc.nodes import Node, NodeKind, format_path
from pvengine.yamldoc.points import find_own_node, is_in_flow, lead_in
from pvengine.yamldoc.quoting import render_scalar
from pvengine.yamldoc.scalars import show_tag
from pvengine.yamldoc.splices import Plan, Splice

if TYPE_CHECKING:
    from pvengine.yamldoc.document import Document

__all__ = ["plan_scalar"]

_STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


def plan_scalar(document: Document, edit: SetScalar) -> Plan:
    """Return the splices that set a scalar; none where it has that value already."""
    name = format_path(edit.path)
    node = find_own_node(document, edit.path, may_be_alias=True)
    if node is None:
        raise EditError(
            f"there is no {name} to set",
            where=str(document.place(edit.path)),
            why="only a value that exists can be set",
            fix="insert the key",
        )
    if node.kind is not NodeKind.SCALAR:
        raise EditError(
            f"{name} is a {node.kind}, not a single value",
            where=str(document.place(edit.path, key=True)),
            why="only a scalar can be set",
        )
    if find_difference(edit.value, node.data) is None:
        return Plan(edit.path, node.data, ())
    _check_tag(document, edit, node)
    return Plan(edit.path, edit.value, _splice(document, edit, node))


def _check_tag(document: Document, edit: SetScalar, node: Node) -> None:
    tag = None if node.is_alias else node.tag
    if tag is None or (tag in _STRING_TAGS and isinstance(edit.value, str)):
        return
    name = format_path(edit.path)
    raise EditError(
        f"{name} has the tag {show_tag(tag)}, under which {edit.value!r} reads as something else",
        where=str(document.place(edit.path)),
        why="an edit leaves tags as they are",
        fix="delete the tag",
    )


def _splice(document: Document, edit: SetScalar, node: Node) -> tuple[Splice, ...]:
    text = document.text
    in_flow = is_in_flow(document, edit.path)
    style = node.style if node.style in {"'", '"'} else ""
    if in_flow and isinstance(edit.value, str) and text[node.start - 1 : node.start] == ":":
        style = '"'  # as in JSON, where no space need follow the colon
    rendered = render_scalar(edit.value, in_flow=in_flow, style=style if isinstance(edit.value, str) else "")
    if node.is_block_scalar:
        header_end = read_header(text, node.start).end
        line_end = document.lines.line_end(node.start)
        return (Splice(node.start, header_end, rendered), Splice(line_end, max(line_end, node.end), ""))
    return (Splice(node.start, node.end, lead_in(document, edit.path, node) + rendered),)
