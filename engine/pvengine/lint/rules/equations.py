"""Rules about equations: a formula, and a name that code can be generated under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue
from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.lint.rules.blocks import Blocks, Entry

__all__ = ["iter_equation_issues"]


def iter_equation_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over equations without a formula (SCHEMA-004) or with a name that is no identifier (PV221).

    Also PV301: an id that two entries of a list have.
    """
    first: dict[str, Entry] = {}
    for entry in blocks.equations:
        if entry.is_empty("formula"):
            has_key = entry.find_key("formula") is not None
            text = "the formula is empty" if has_key else "it has no `formula`"
            yield Issue("SCHEMA-004", entry.locate("formula"), f"equation {entry.name}: {text}", at_key=True)
        if entry.id is not None and entry.id in first:
            where = format_path(first[entry.id].path)
            yield Issue(
                "PV301",
                (*entry.path, "id"),
                f"equation id {shorten(entry.id)} stands already at {where}",
            )
        elif entry.id is not None:
            first[entry.id] = entry
        key = entry.key
        if key is not None and key.strip() and not key.isidentifier():
            yield Issue(
                "PV221", entry.path, f"the name of the equation {shorten(key)} is no identifier", at_key=True
            )
