"""Rules about equations: a formula, and a name that code can be generated under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.lint.rules.blocks import Blocks

__all__ = ["iter_equation_issues"]


def iter_equation_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over equations without a formula (SCHEMA-004) or with a name that is no identifier (PV221)."""
    for entry in blocks.equations:
        if entry.is_empty("formula"):
            has_key = entry.find_key("formula") is not None
            text = "the formula is empty" if has_key else "it has no `formula`"
            yield Issue("SCHEMA-004", entry.locate("formula"), f"equation {entry.name}: {text}", at_key=True)
        key = entry.key
        if key is not None and key.strip() and not key.isidentifier():
            yield Issue(
                "PV221", entry.path, f"the name of the equation {shorten(key)} is no identifier", at_key=True
            )
