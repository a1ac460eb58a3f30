"""Rules about the shape of blocks: what no tool reads, and texts that hold nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.lint.rules.blocks import CONDITION_SECTIONS, OBLIGATION_SECTIONS, is_blank
from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue
from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pvengine.lint.rules.blocks import Blocks, Entry
    from pvengine.yamldoc import Path

__all__ = ["iter_blank_issues", "iter_shape_issues"]

_STRICT = ("equations", OBLIGATION_SECTIONS[0], "kani_harnesses")
"""Blocks whose entries are mappings."""
_FREE = ("enforcement", *OBLIGATION_SECTIONS[1:], *CONDITION_SECTIONS)
"""Blocks whose entries may be plain text too."""


def iter_shape_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over blocks and entries of blocks that have a shape which no tool reads (PV202)."""
    for section in (*_STRICT, *_FREE):
        block = blocks.data.get(section)
        if isinstance(block, dict | list):
            yield from _iter_entry_issues(section, block)
        elif block is not None:
            yield _wrong((section,), "a list or a mapping", block)
    gate = blocks.data.get("qa_gate")
    if gate is not None and not isinstance(gate, dict | list):
        yield _wrong(("qa_gate",), "a mapping", gate)


def _iter_entry_issues(section: str, block: Mapping[str, Any] | list[Any]) -> Iterator[Issue]:
    is_strict = section in _STRICT
    for key, value in block.items() if isinstance(block, dict) else enumerate(block):
        if isinstance(value, dict) or (not is_strict and isinstance(value, str | list)):
            continue
        yield _wrong((section, key), "a mapping" if is_strict else "a mapping or text", value)


def _wrong(path: Path, wanted: str, value: Any) -> Issue:
    got = "a list" if isinstance(value, list) else shorten(value)
    fix = f"write {wanted} below `{format_path(path)}`"
    return Issue("PV202", path, f"`{format_path(path)}`: {wanted} is wanted, got {got}", fix)


def iter_blank_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over ids, names, references and items of lists that are there and hold nothing (PV214)."""
    yield from _iter_blank_items(("metadata",), blocks.metadata, ("references", "depends_on"))
    for entry in blocks.equations:
        yield from _iter_blank_keys(entry, ("id", "name"))
        yield from _iter_blank_items(entry.path, entry.data, ("invariants",))
    for entry in blocks.obligations:
        yield from _iter_blank_keys(entry, ("id",))
    for entry in blocks.harnesses:
        yield from _iter_blank_keys(entry, ("id", "harness"))
    for entry in blocks.tests:
        yield from _iter_blank_keys(entry, ("name", "rule"))
    for entry in blocks.conditions:
        yield from _iter_blank_keys(entry, ("id", "name"))
    for entry in blocks.enforcement:
        yield from _iter_blank_keys(entry, ("id", "check"))
    if blocks.gate is not None:
        yield from _iter_blank_keys(blocks.gate, ("id", "name"))
        yield from _iter_blank_items(blocks.gate.path, blocks.gate.data, ("checks",))


def _iter_blank_keys(entry: Entry, keys: Iterable[str]) -> Iterator[Issue]:
    """Report keys with nothing behind them, and an entry that stands under a blank name."""
    for key in keys:
        if key in entry.data and is_blank(entry.data[key]):
            text = f"`{format_path((*entry.path, key))}` is blank"
            yield Issue("PV214", (*entry.path, key), text, at_key=True)
    if entry.key is not None and is_blank(entry.key):
        text = f"an entry of `{entry.section}` has a blank name"
        yield Issue("PV214", entry.path, text, at_key=True)


def _iter_blank_items(path: Path, data: Mapping[str, Any], keys: Iterable[str]) -> Iterator[Issue]:
    """Report items of lists that hold nothing, all of one list in one finding, at the first of them."""
    for key in keys:
        items = data.get(key)
        blank = [at for at, item in enumerate(items) if is_blank(item)] if isinstance(items, list) else []
        if blank:
            more = f", and {len(blank) - 1} more of its items" if len(blank) > 1 else ""
            where = (*path, key, blank[0])
            yield Issue("PV214", where, f"`{format_path(where)}` is blank{more}")
