"""Rules about proof obligations: what they oblige to, that they differ, and their words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pvengine.lint.rules.blocks import CONDITION_SECTIONS, fold_space, is_blank
from pvengine.lint.rules.vocabularies import (
    LEAN_STATUSES,
    OBLIGATION_TYPES,
    TARGETS,
    Suggestions,
    iter_word_issues,
)
from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue
from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.lint.rules.blocks import Blocks, Entry

__all__ = ["iter_obligation_issues"]

_LONGEST_NAME = 100
"""Longest word that may be a name, in characters."""
_TEST_SECTIONS = ("falsification_tests", *CONDITION_SECTIONS)


def iter_obligation_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over what is wrong with the obligations of a contract.

    SCHEMA-005 (no property), SCHEMA-006 and PV222 (repeated), PV301 (repeated id), PV215 (type), PV218
    (target), PV219 (tolerance), PV224 (lean status), PV311 (obligations, and no test at all).
    """
    obligations = blocks.obligations
    if not obligations:
        return
    for entry in obligations:
        if entry.is_empty("property"):
            yield _empty_property(entry)
        if "tolerance" in entry.data:
            yield from _iter_tolerance_issues(entry)
        if "lean" in entry.data:
            yield from _iter_lean_issues(entry)
    yield from _iter_repeated(obligations)
    yield from _iter_repeated_ids(obligations)
    yield from iter_word_issues("PV215", "type", "type", OBLIGATION_TYPES, obligations)
    yield from _iter_target_issues(blocks)
    if all(is_blank(blocks.data.get(section)) for section in _TEST_SECTIONS):
        count = len(obligations)
        text = f"{count} obligations, and" if count > 1 else "one obligation, and"
        first = (obligations[0].section,)
        yield Issue("PV311", first, f"{text} no falsification test in the contract", at_key=True)


def _empty_property(entry: Entry) -> Issue:
    has_key = entry.find_key("property") is not None
    text = "the property is empty" if has_key else "it has no `property`"
    return Issue("SCHEMA-005", entry.locate("property"), f"obligation {entry.name}: {text}", at_key=True)


def _iter_repeated(obligations: tuple[Entry, ...]) -> Iterator[Issue]:
    """Report an obligation that is there before: whole (PV222), or only its predicate (SCHEMA-006)."""
    whole: dict[tuple[Any, Any, str], Entry] = {}
    predicates: dict[str, Entry] = {}
    for entry in obligations:
        written = entry.data.get("formal")
        formal = fold_space(written) if isinstance(written, str) else ""
        named, kind = entry.read("property"), entry.data.get("type")
        text = fold_space(named) if isinstance(named, str) else ""
        key = (kind if isinstance(kind, str) else None, text, formal)
        if text and key in whole:
            where = format_path(whole[key].path)
            yield Issue(
                "PV222",
                entry.locate("property"),
                f"obligation {shorten(text)} stands already at {where}, with the same type and predicate",
            )
        elif formal and formal in predicates:
            where = format_path(predicates[formal].path)
            yield Issue(
                "SCHEMA-006",
                (*entry.path, "formal"),
                f"obligation {entry.name}: the predicate {shorten(formal)} stands already at {where}",
            )
        whole.setdefault(key, entry)
        predicates.setdefault(formal, entry)


def _iter_repeated_ids(obligations: tuple[Entry, ...]) -> Iterator[Issue]:
    """Report an id that two obligations have: a harness that names it shows either."""
    first: dict[str, Entry] = {}
    for entry in obligations:
        if entry.id is not None:
            if entry.id in first:
                where = format_path(first[entry.id].path)
                text = f"obligation id {shorten(entry.id)} stands already at {where}"
                yield Issue("PV301", (*entry.path, "id"), text)
            first.setdefault(entry.id, entry)


def _iter_tolerance_issues(entry: Entry) -> Iterator[Issue]:
    value = entry.data["tolerance"]
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        reason = "is no number"
    elif isinstance(value, float) and not math.isfinite(value):
        reason = "is not finite"
    elif value < 0:
        reason = "is negative"
    else:
        return
    yield Issue("PV219", (*entry.path, "tolerance"), f"{entry.name}: tolerance {shorten(value)} {reason}")


def _iter_lean_issues(entry: Entry) -> Iterator[Issue]:
    lean = entry.data["lean"]
    if not isinstance(lean, dict):
        return
    status = lean.get("status")
    path = (*entry.path, "lean", "status")
    if is_blank(status):
        return
    if not isinstance(status, str) or status not in LEAN_STATUSES:
        hint = Suggestions(1).ask(status, LEAN_STATUSES)
        words = ", ".join(LEAN_STATUSES)
        message = f"{entry.name}: lean status {shorten(status)} is not known{hint}"
        yield Issue("PV224", path, message, f"write one of {words}")
    elif status == "proved" and is_blank(lean.get("theorem")):
        yield Issue("PV224", path, f"{entry.name}: lean status 'proved', and no `theorem` is named")


def _iter_target_issues(blocks: Blocks) -> Iterator[Issue]:
    """Report a target that neither the format nor the contract has (PV218).

    A path and a phrase are free text: only a single word can be a misspelt name.
    """
    known: dict[str, None] | None = None
    suggestions = Suggestions()
    for entry in blocks.obligations:
        written = entry.data.get("applies_to")
        many = isinstance(written, list)
        for index, word in enumerate(written if isinstance(written, list) else [written]):
            if not isinstance(word, str) or word in TARGETS or not _is_name(word):
                continue
            if known is None:
                known = dict.fromkeys((*TARGETS, *_iter_own_targets(blocks)))
            if word not in known:
                path = (*entry.path, "applies_to", index) if many else (*entry.path, "applies_to")
                hint = suggestions.ask(word, known)
                message = f"{entry.name}: applies_to {shorten(word)} names nothing of the contract{hint}"
                yield Issue("PV218", path, message)


def _is_name(word: str) -> bool:
    return len(word) <= _LONGEST_NAME and not any(mark in word for mark in "/:.(") and len(word.split()) == 1


def _iter_own_targets(blocks: Blocks) -> Iterator[str]:
    """Iterate over what an obligation of this contract can apply to."""
    for entry in (*blocks.equations, *blocks.enforcement, *blocks.obligations):
        for name in (entry.key, entry.data.get("id"), entry.data.get("name")):
            if isinstance(name, str):
                yield name
    for section in ("simd_dispatch", "invariants"):
        block = blocks.data.get(section)
        for name, value in block.items() if isinstance(block, dict) else ():
            yield name
            yield from value if isinstance(value, dict) else ()
    structure = blocks.data.get("kernel_structure")
    phases = structure.get("phases") if isinstance(structure, dict) else None
    for phase in phases if isinstance(phases, list) else ():
        name = phase.get("name") if isinstance(phase, dict) else phase
        if isinstance(name, str):
            yield name
