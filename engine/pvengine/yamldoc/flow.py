"""Insert into brackets and braces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pvengine.yamldoc.splices import Splice

if TYPE_CHECKING:
    from pvengine.yamldoc.document import Document
    from pvengine.yamldoc.nodes import Node

__all__ = ["insert_into_flow"]

_COMMA = re.compile(r"(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\r\n]*)*,")
_LINE_TAIL = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?=[\r\n])")


def insert_into_flow(
    document: Document, collection: Node, neighbour: tuple[int, int] | None, rendered: str
) -> tuple[Splice, ...]:
    """Return the splices that put a rendered entry behind another one of a flow collection.

    ``neighbour`` is the range of the entry before it, None in an empty collection. Where the neighbour begins
    its own line the new entry gets one too; else it follows behind a comma.
    """
    text = document.text
    if neighbour is None:
        inside = text[collection.start + 1 : collection.end - 1]
        end = collection.end - 1 if not inside.strip(" ") else collection.start + 1
        return (Splice(collection.start + 1, end, rendered),)
    start, end = neighbour
    line_start = document.lines.line_start(start)
    indentation = text[line_start:start]
    comma = _COMMA.match(text, end, collection.end)
    tail = _LINE_TAIL.match(text, comma.end() if comma else end)
    if line_start <= collection.start or indentation.strip(" \t") or tail is None:
        return (Splice(end, end, f", {rendered}"),)
    line = document.lines.break_near(start) + indentation + rendered
    if comma:
        return (Splice(tail.end(), tail.end(), line + ","),)
    if tail.end() == end:
        return (Splice(end, end, "," + line),)
    return (Splice(end, end, ","), Splice(tail.end(), tail.end(), line))
