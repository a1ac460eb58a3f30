"""Rules about kani harnesses: an id, an obligation that exists, a bound and a strategy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pvengine.lint.rules.blocks import MAX_COMPARED, fold_space, is_blank
from pvengine.lint.rules.vocabularies import STRATEGIES, Suggestions, iter_word_issues
from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue
from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.lint.rules.blocks import Blocks, Entry
    from pvengine.yamldoc import Path

__all__ = ["MAX_BOUND", "iter_harness_issues"]

MAX_BOUND = 2**32 - 2
"""Largest unwinding depth: the bound is counted in 32 bits, and one more iteration is checked."""
_POSITION = re.compile(r"(?:proof_)?obligations\[(\d{1,9})\]")


def iter_harness_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over what is wrong with the kani harnesses of a contract.

    PV201 (no id), SCHEMA-010 (repeated id), SCHEMA-011 (no obligation), SCHEMA-012 and PV220 (bound),
    PV216 (strategy), PV221 (name of the function), PV307 (obligation that is not there).
    """
    first: dict[str, Entry] = {}
    for entry in blocks.harnesses:
        name = entry.data.get("id")
        if name is None and entry.key is None:
            missing = f"`id` is missing in {format_path(entry.path)}"
            yield Issue("PV201", entry.path, missing, "add `id:`")
        if isinstance(name, str) and not is_blank(name):
            if name in first:
                text = f"harness id {shorten(name)} stands already at {format_path(first[name].path)}"
                yield Issue("SCHEMA-010", (*entry.path, "id"), text)
            first.setdefault(name, entry)
        if entry.is_empty("obligation"):
            has_key = entry.find_key("obligation") is not None
            text = "the obligation is empty" if has_key else "it names no `obligation`"
            yield Issue(
                "SCHEMA-011", entry.locate("obligation"), f"harness {entry.name}: {text}", at_key=True
            )
        yield from _iter_bound_issues(entry)
        yield from _iter_name_issues(entry)
    yield from iter_word_issues("PV216", "strategy", "strategy", STRATEGIES, blocks.harnesses)
    yield from _iter_dangling(blocks)


def _iter_bound_issues(entry: Entry) -> Iterator[Issue]:
    bound = entry.data.get("bound")
    path = (*entry.path, "bound")
    if is_blank(bound):
        has_key = "bound" in entry.data
        text = "the bound is empty" if has_key else "it has no `bound`"
        where = path if has_key else entry.path
        yield Issue("SCHEMA-012", where, f"harness {entry.name}: {text}", at_key=True)
    elif isinstance(bound, bool) or not isinstance(bound, int):
        yield Issue("PV220", path, f"harness {entry.name}: bound {shorten(bound)} is no integer")
    elif not 1 <= bound <= MAX_BOUND:
        reason = "less than 1" if bound < 1 else f"more than {MAX_BOUND}"
        shown = shorten(bound) if -(2**64) < bound < 2**64 else f"of {bound.bit_length()} bits"
        yield Issue("PV220", path, f"harness {entry.name}: bound {shown} is {reason}")


def _iter_name_issues(entry: Entry) -> Iterator[Issue]:
    """Report a function that cannot be written: a path of identifiers is one."""
    name = entry.data.get("harness")
    if isinstance(name, str) and not is_blank(name) and not _is_path(name):
        yield Issue(
            "PV221", (*entry.path, "harness"), f"harness {entry.name}: {shorten(name)} is no identifier"
        )


def _is_path(name: str) -> bool:
    return len(name) <= MAX_COMPARED and all(part.isidentifier() for part in name.split("::"))


def _iter_dangling(blocks: Blocks) -> Iterator[Issue]:
    """Report the harnesses whose obligation is not there, each at the name that leads nowhere."""
    names, positions = _list_names(blocks), len(blocks.obligations)
    has_ids = any("id" in each.data for each in blocks.obligations)
    without = "" if has_ids or not blocks.obligations else "; no obligation has an `id`"
    suggestions = Suggestions()
    for entry in blocks.harnesses:
        for path, name in _iter_references(entry):
            if not _is_there(name, names, positions):
                near = suggestions.find(name, names)
                hint = f"; did you mean {shorten(names[near])}?" if near else without
                message = f"{entry.name} shows {shorten(name)}, and the contract has no such obligation{hint}"
                yield Issue("PV307", path, message)


def _list_names(blocks: Blocks) -> dict[str, str]:
    """List what a harness can name: ids and properties of obligations, and equations; each as it is found."""
    texts: list[Any] = [entry.id for entry in blocks.obligations]
    texts += [entry.read("property") for entry in blocks.obligations]
    texts += [entry.id for entry in blocks.equations]
    return {_fold(text): text for text in texts if isinstance(text, str)}


def _iter_references(entry: Entry) -> Iterator[tuple[Path, str]]:
    path = (*entry.path, "obligation")
    written: Any = entry.data.get("obligation")
    if isinstance(written, list):
        for index, name in enumerate(written):
            if isinstance(name, str) and not is_blank(name):
                yield (*path, index), name
    elif isinstance(written, str) and not is_blank(written):
        yield path, written


def _is_there(name: str, names: Mapping[str, str], positions: int) -> bool:
    position = _POSITION.fullmatch(name)
    return _fold(name) in names if position is None else int(position[1]) < positions


def _fold(text: str) -> str:
    """Return the text by which an obligation is found: case, white space and a last period do not matter."""
    return fold_space(text).removesuffix(".").casefold() if len(text) <= MAX_COMPARED else text
