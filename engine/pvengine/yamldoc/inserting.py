"""Plan how a key gets into a mapping and an item into a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.yamldoc.compare import insert_key
from pvengine.yamldoc.edits import AppendItem, EditError, InsertKey
from pvengine.yamldoc.flow import insert_into_flow
from pvengine.yamldoc.nodes import Node, NodeKind, Path, format_path
from pvengine.yamldoc.points import (
    entry_start,
    find_own_node,
    find_point,
    is_in_flow,
    last_leaf,
    lead_in,
    strip_header,
)
from pvengine.yamldoc.rendering import render_entry, render_flow, render_items
from pvengine.yamldoc.splices import Plan, Splice

if TYPE_CHECKING:
    from pvengine.yamldoc.document import Document

__all__ = ["plan_append", "plan_insert"]


def plan_insert(document: Document, edit: InsertKey, anchor: str | None) -> Plan:
    """Return the splices that add a key behind the key ``anchor``, or at the end where it is None."""
    if not edit.path or not isinstance(edit.path[-1], str):
        raise _refuse(document, edit.path, f"{format_path(edit.path)} is not a key", "a key is text")
    path, key = edit.path[:-1], edit.path[-1]
    mapping = find_own_node(document, path)
    if mapping is None or not (mapping.kind is NodeKind.MAPPING or _is_null(mapping)):
        what = f"there is no mapping {format_path(path)} to which {key!r} could be added"
        raise _refuse(document, path, what, "a key is added to a mapping that exists")
    if key in mapping.entries:
        raise _refuse(document, edit.path, f"{format_path(edit.path)} exists", "a mapping has a key once")
    if mapping.kind is NodeKind.SCALAR:
        return _fill(document, path, mapping, {key: edit.value})
    if mapping.is_flow:
        return _insert_in_braces(document, edit, mapping, anchor)
    return _insert_line(document, edit, mapping, anchor)


def plan_append(document: Document, edit: AppendItem) -> Plan:
    """Return the splices that add an item to a list, or begin the list."""
    node = find_own_node(document, edit.path)
    if node is None:
        return plan_insert(document, InsertKey(edit.path, [edit.value]), None)
    if _is_null(node) and edit.path:
        return _fill(document, edit.path, node, [edit.value])
    if node.kind is not NodeKind.SEQUENCE:
        what = f"{format_path(edit.path)} is a {node.kind}, not a list"
        raise _refuse(document, edit.path, what, "an item is added to a list")
    data = [*node.data, edit.value]
    if not node.is_flow:
        return Plan(edit.path, data, _append_line(document, node, edit.value))
    inside = document.text[node.start + 1 : node.end - 1]
    can_be_block = isinstance(edit.path[-1], str) and not is_in_flow(document, edit.path)
    if not node.items and can_be_block and not inside.strip(" "):
        return _fill(document, edit.path, node, data)
    last = node.items[-1] if node.items else None
    neighbour = (last.start, last.end) if last else None
    return Plan(edit.path, data, insert_into_flow(document, node, neighbour, render_flow(edit.value)))


def _insert_line(document: Document, edit: InsertKey, mapping: Node, anchor: str | None) -> Plan:
    key = str(edit.path[-1])
    anchor = list(mapping.entries)[-1] if anchor is None else anchor
    anchor_key, value = mapping.entries[anchor]
    column = document.lines.column(mapping.start)
    lines = render_entry(key, edit.value, column, document.layout)
    point = find_point(document, last_leaf(value))
    if point is None:
        # A text in a block ends the file without a line break and would get one: go before its key.
        point = entry_start(document, mapping, anchor_key)
        line_break = document.lines.break_near(point)
        text = line_break.join(lines).lstrip(" ") + line_break + " " * column
        data = insert_key(mapping.data, key, edit.value, after=None, before=anchor)
    else:
        line_break = document.lines.break_near(point)
        text = "".join(line_break + line for line in lines)
        data = insert_key(mapping.data, key, edit.value, after=anchor, before=None)
    return Plan(edit.path[:-1], data, (Splice(point, point, text),))


def _insert_in_braces(document: Document, edit: InsertKey, mapping: Node, anchor: str | None) -> Plan:
    path, key = edit.path[:-1], str(edit.path[-1])
    if document.text[mapping.start] != "{":
        what = f"{format_path(path)} is a single pair in brackets, without braces of its own"
        raise _refuse(document, path, what, "a second key needs braces", "put the pair in braces")
    if anchor is None and mapping.entries:
        anchor = list(mapping.entries)[-1]
    neighbour = None
    if anchor is not None:
        name, value = mapping.entries[anchor]
        neighbour = (name.start, value.end)
    rendered = render_flow({key: edit.value})[1:-1]
    data = insert_key(mapping.data, key, edit.value, after=anchor, before=None)
    return Plan(path, data, insert_into_flow(document, mapping, neighbour, rendered))


def _append_line(document: Document, sequence: Node, value: Any) -> tuple[Splice, ...]:
    last = sequence.items[-1]
    leaf = last_leaf(last)
    point = find_point(document, leaf)
    splices = [] if point is not None else [strip_header(document, leaf)]
    point = len(document.text) if point is None else point
    column = document.lines.column(sequence.start)
    lines = render_items([value], column, document.layout, gap=_find_gap(document, sequence))
    line_break = document.lines.break_near(point)
    splices.append(Splice(point, point, "".join(line_break + line for line in lines)))
    return tuple(splices)


def _find_gap(document: Document, sequence: Node) -> int:
    """Return how many spaces follow the first dash of a list."""
    between = document.text[sequence.start + 1 : sequence.items[0].start]
    return len(between) if between and not between.strip(" ") else 1


def _fill(document: Document, path: Path, node: Node, data: Any) -> Plan:
    """Put data in the place of a null or of empty brackets: in lines below the key, in flow on its line."""
    text = document.text
    if is_in_flow(document, path) or not isinstance(path[-1], str):
        rendered = lead_in(document, path, node) + render_flow(data)
        return Plan(path, data, (Splice(node.start, node.end, rendered),))
    parent = document.node_at(path[:-1])
    column = document.lines.column(parent.start if parent else 0)
    lines = render_entry(path[-1], data, column, document.layout)[1:]
    point = document.lines.line_end(node.end)
    start = node.start
    while node.start < node.end and text[start - 1] in " \t":
        start -= 1
    line_break = document.lines.break_near(point)
    new_lines = Splice(point, point, "".join(line_break + line for line in lines))
    return Plan(path, data, (Splice(start, node.end, ""), new_lines))


def _is_null(node: Node) -> bool:
    return node.kind is NodeKind.SCALAR and node.data is None and node.tag is None


def _refuse(document: Document, path: Path, what: str, why: str, fix: str | None = None) -> EditError:
    return EditError(what, where=str(document.place(path, key=True)), why=why, fix=fix)
