"""Rules about the keys of entries in blocks: none falls silently, and each has a value that a tool reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pvengine.lint.rules.blocks import CONDITION_SECTIONS, OBLIGATION_SECTIONS, Entry, iter_entries
from pvengine.loading.complaints import find_nearest, shorten
from pvengine.loading.spelling import is_slip
from pvengine.models.issue import Issue
from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.lint.rules.blocks import Blocks

__all__ = ["iter_key_issues"]

_LOOKED_UP = 200
"""Unknown keys of one contract for which a near one is looked for: each takes some 0.2 ms."""


@dataclass(frozen=True)
class _Keys:
    """The keys of a mapping: those with a text, those with a list or a text, and those of any type."""

    texts: frozenset[str]
    lists: frozenset[str]
    others: frozenset[str]

    @cached_property
    def names(self) -> frozenset[str]:
        """All of the keys."""
        return self.texts | self.lists | self.others


def _keys(texts: str, lists: str = "", others: str = "") -> _Keys:
    return _Keys(frozenset(texts.split()), frozenset(lists.split()), frozenset(others.split()))


_OBLIGATION = _keys(
    "property statement formal theorem note notes rationale description name",
    "discharged_by requires depends_on parent_contract references",
    "id type applies_to tolerance lean status severity",
)
_CONDITION = _keys(
    "name description rationale condition assertion",
    "action test test_harness command rule prediction expected if_fails fails_if evidence",
    "id severity status",
)
_ENTRIES: Mapping[str, _Keys] = {
    "equations": _keys(
        "formula statement domain codomain lean_theorem description note notes rationale name",
        "invariants where preconditions postconditions properties assumptions references",
        "id tolerance status lean",
    ),
    **dict.fromkeys(OBLIGATION_SECTIONS, _OBLIGATION),
    "kani_harnesses": _keys(
        "harness property solver description note notes name cheaper_alternative",
        "",
        "id obligation bound strategy status",
    ),
    "enforcement": _keys("description reference note notes name", "check test", "id severity status"),
    **dict.fromkeys(CONDITION_SECTIONS, _CONDITION),
}
"""Keys of the entries of each block, as the contracts of both generations have them."""
_GATE = _keys(
    "name description note notes regression_protection",
    "checks pass_criteria falsification",
    "id certeza status severity",
)
_SUMMARY = _keys(
    "note notes",
    "",
    "total_obligations l2_property_tested l3_kani_proved l4_lean_proved l4_sorry_count l4_not_applicable "
    "proven tested discharged status",
)
_LEAN = _keys("module notes note", "depends_on mathlib_imports", "status theorem")
_STRUCTURE = _keys("description", "phases", "")
_PHASE = _keys("name description note notes", "invariant applies_to", "id")


def iter_key_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over keys in blocks that nothing reads (PV204), and values of another type (PV202)."""
    near: dict[tuple[str, str], str | None] = {}
    for place, entry, keys in _iter_mappings(blocks):
        for key, value in entry.data.items():
            if key not in keys.names and not (place == "qa_gate" and key.startswith("must_pass")):
                yield _unknown(place, (*entry.path, key), keys, near)
            elif value is not None and not isinstance(value, str):
                yield from _iter_type_issues(entry, key, value, keys)
    yield from _iter_shape_issues(blocks)


def _iter_shape_issues(blocks: Blocks) -> Iterator[Issue]:
    """Report values under known keys that should be mappings, lists or texts and are none (PV202)."""
    structure, summary = (blocks.data.get(key) for key in ("kernel_structure", "verification_summary"))
    if structure is not None and not isinstance(structure, dict):
        yield _wrong(("kernel_structure",), "a mapping")
    if summary is not None and not isinstance(summary, dict | str):
        yield _wrong(("verification_summary",), "a mapping")
    if blocks.gate is not None and isinstance(blocks.gate.data.get("checks"), str):
        yield _wrong(("qa_gate", "checks"), "a list")
    for entry in blocks.obligations:
        if not isinstance(entry.data.get("lean"), dict | None):
            yield _wrong((*entry.path, "lean"), "a mapping")
    for entry in blocks.tests:
        if isinstance(entry.data.get("test"), int | float):
            yield _wrong((*entry.path, "test"), "text")


def _wrong(path: tuple[str | int, ...], wanted: str) -> Issue:
    return Issue("PV202", path, f"`{format_path(path)}`: {wanted} is wanted")


def _iter_mappings(blocks: Blocks) -> Iterator[tuple[str, Entry, _Keys]]:
    """Iterate over the mappings that have known keys: what they are called, the mapping, the keys."""
    for section, keys in _ENTRIES.items():
        for entry in iter_entries(blocks.data, section):
            yield section, entry, keys
            lean = entry.data.get("lean")
            if isinstance(lean, dict):
                yield f"{section}.lean", Entry((*entry.path, "lean"), lean), _LEAN
    for section, keys in (("qa_gate", _GATE), ("verification_summary", _SUMMARY)):
        block = blocks.data.get(section)
        if isinstance(block, dict):
            yield section, Entry((section,), block), keys
    structure = blocks.data.get("kernel_structure")
    if isinstance(structure, dict):
        yield "kernel_structure", Entry(("kernel_structure",), structure), _STRUCTURE
        phases = structure.get("phases")
        for index, phase in enumerate(phases if isinstance(phases, list) else ()):
            if isinstance(phase, dict):
                path = ("kernel_structure", "phases", index)
                yield "kernel_structure.phases", Entry(path, phase), _PHASE


def _unknown(
    place: str, path: tuple[str | int, ...], keys: _Keys, near: dict[tuple[str, str], str | None]
) -> Issue:
    key = str(path[-1])
    if (place, key) not in near and len(near) < _LOOKED_UP:
        near[place, key] = find_nearest(key, sorted(keys.names))
    found = near.get((place, key))
    hint = f"; did you mean `{found}`?" if found else ""
    return Issue(
        "PV204",
        path,
        f"`{key}` is no key of {place} that pv reads{hint}",
        f"write `{found}`" if found else None,
        at_key=True,
        replacement=found if found and is_slip(key, found) and not _is_plural(key, found) else None,
    )


def _is_plural(one: str, other: str) -> bool:
    """Whether two keys are one word and its plural: which is meant, its value tells."""
    return f"{one}s" == other or f"{other}s" == one


def _iter_type_issues(entry: Entry, key: str, value: Any, keys: _Keys) -> Iterator[Issue]:
    is_number = isinstance(value, int | float)
    if key in keys.texts or (key in keys.lists and is_number):
        name = format_path((*entry.path, key))
        wanted = "text" if key in keys.texts else "text or a list"
        got = f", got {shorten(value)}" if is_number else ""
        fix = "put the value in quotes" if is_number else None
        yield Issue("PV202", (*entry.path, key), f"`{name}`: {wanted} is wanted{got}", fix)
