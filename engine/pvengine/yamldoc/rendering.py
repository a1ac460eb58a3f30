"""Lay out new data as YAML lines.

Mappings and lists stand in block style, one value a line. A mapping in a list is a block too; inside it, what
stands in a further list is written on one line in braces, so that a table of short rows stays a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.yamldoc.quoting import render_scalar

if TYPE_CHECKING:
    from pvengine.yamldoc.layout import Layout

__all__ = ["render_entry", "render_flow", "render_items"]


def render_flow(value: Any) -> str:
    """Return a value on one line, as it can stand in brackets or braces.

    Examples
    --------
    >>> render_flow({"id": "a", "count": 1, "of": ["x: y", None]})
    "{id: a, count: 1, of: ['x: y', null]}"
    """
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_key(key, in_flow=True)}: {render_flow(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(render_flow(item) for item in value) + "]"
    return render_scalar(value, in_flow=True)


def render_entry(key: str, value: Any, column: int, layout: Layout, *, in_list: bool = False) -> list[str]:
    """Return the lines of ``key: value`` in a block mapping whose keys stand at ``column``."""
    head = " " * column + _key(key, in_flow=False) + ":"
    if isinstance(value, dict) and value:
        inner = column + layout.step
        return [head, *_render_entries(value, inner, layout, in_list=in_list)]
    if isinstance(value, list) and value:
        return [head, *render_items(value, column + layout.dash, layout, in_list=in_list)]
    return [f"{head} {_on_one_line(value)}"]


def render_items(
    items: list[Any], column: int, layout: Layout, *, gap: int = 1, in_list: bool = False
) -> list[str]:
    """Return the lines of list items whose dash stands at ``column``, followed by ``gap`` spaces."""
    dash = " " * column + "-" + " " * gap
    lines: list[str] = []
    for item in items:
        if isinstance(item, dict) and item and not in_list:
            block = _render_entries(item, len(dash), layout, in_list=True)
            lines += [dash + block[0][len(dash) :], *block[1:]]
        else:
            lines.append(dash + _on_one_line(item))
    return lines


def _render_entries(mapping: dict[str, Any], column: int, layout: Layout, *, in_list: bool) -> list[str]:
    lines: list[str] = []
    for key, value in mapping.items():
        lines += render_entry(key, value, column, layout, in_list=in_list)
    return lines


def _on_one_line(value: Any) -> str:
    return render_flow(value) if isinstance(value, dict | list) else render_scalar(value)


def _key(key: Any, *, in_flow: bool) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} is not text")
    return render_scalar(key, in_flow=in_flow)
