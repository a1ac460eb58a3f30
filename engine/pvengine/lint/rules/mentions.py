"""Ids that prose speaks of: those that the contract does not have, and the statuses that prose gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pvengine.lint.rules.prose import History, find_prose
from pvengine.lint.rules.scalars import find_scalars
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.yamldoc import Path

__all__ = ["Family", "NamedEntry", "collect_entries", "collect_families", "iter_mention_issues"]

_MAX_FAMILIES = 100
"""Families that are looked for: each costs one pass over the text. The most in use is 8."""
_MAX_FINDINGS = 100
"""Findings of one rule in one contract: whoever has so many reads no more."""
_KINDS = {
    "falsification_tests": "test",
    "falsification": "test",
    "falsification_conditions": "test",
    "implementation_stages": "stage",
    "hypotheses": "hypothesis",
}
"""Kinds of the entries that can have a status, by their section."""
_ID = re.compile(r"((?:[A-Za-z][A-Za-z0-9]*[-_])+)([0-9]{1,9})(?![0-9])")
_HYPOTHESIS = re.compile(r"([A-Z]{1,2})([0-9]{1,3})(?![0-9])")
_NUMBER = re.compile(r"([0-9]{1,9})(?![0-9])")
_TAIL = re.compile(r"[A-Za-z]?(?:[-.][A-Za-z0-9]+)*")
_NO_START = re.compile(r"[\w-]")
_WORDS = (
    "DISCHARGED",
    "FALSIFIED",
    "SHIPPED",
    "PENDING",
    "PROPOSED",
    "PLANNED",
    "BLOCKED",
    "ALGORITHM_LEVEL_DISCHARGED",
    "PARTIAL_ALGORITHM_LEVEL",
)
_VERDICTS = ("CONFIRMED", "PARTIALLY_CONFIRMED", "CONTESTED", "UNTESTED")
_GAP = r"[ \t]{0,40}(?:\r?\n[ \t]{0,40})?"
_ARROW = r"(?:→|⇒|->|-->|=>)"
_ASSERTED = re.compile(
    rf"(?>{_GAP}\([^()\n]{{0,80}}\))?+(?>{_GAP}(?:stage|test|step|verdict)\b)?+"
    rf"(?>{_GAP}(?:[:=\u2014\u2013-]|(?:is|are|was|has|been|now|still|stays?|remains?|status)\b))"
    r"{0,5}+"
    rf"(?>{_GAP}[A-Z][A-Z_]{{2,40}}{_GAP}{_ARROW}){{0,5}}+"
    rf"{_GAP}\b({'|'.join((*_WORDS, *_VERDICTS))})\b(?!{_GAP}{_ARROW})"
)
"""An id, perhaps ``(a comment)``, ``is`` or ``PENDING ->``, and the status that prose gives it."""


class NamedEntry(NamedTuple):
    """What the structure says of an id."""

    kind: str
    status: str | None
    verdict: str | None


@dataclass(slots=True)
class Family:
    """The ids of a contract that differ in their number alone: their common beginning and their numbers."""

    prefix: str
    is_hypothesis: bool
    numbers: set[int] = field(default_factory=set)
    widths: set[int] = field(default_factory=set)


class _Mention(NamedTuple):
    start: int
    end: int
    name: str


def iter_mention_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over ids in prose that nothing has (PV502), and statuses that prose gives to ids (PV506).

    Only ids of the contract's own families are looked for: those that begin as an id of it does, up to the
    number. Ids of other contracts are no business of this one.
    """
    text = loaded.document.text
    entries = collect_entries(loaded.data)
    families = collect_families(entries)
    unknown: list[_Mention] = []
    known: list[_Mention] = []
    for family in families.values():
        for mention, number in _iter_mentions(text, family):
            (known if number in family.numbers else unknown).append(mention)
    if unknown:
        yield from _iter_unknown(loaded, unknown)
    if known:
        yield from _iter_other_statuses(loaded, known, entries)


def collect_entries(data: Mapping[str, Any]) -> dict[str, NamedEntry]:
    """Collect what has an id: entries of every section, the steps of stages, and what a mapping names."""
    found: dict[str, NamedEntry] = {}
    for section, value in data.items():
        kind = _KINDS.get(section, "entry")
        if isinstance(value, list):
            for entry in value:
                _add(found, kind, entry)
                if kind == "stage" and isinstance(entry, dict) and isinstance(entry.get("steps"), list):
                    for step in entry["steps"]:
                        _add(found, "step", step)
        elif isinstance(value, dict):
            _add(found, kind, value)
            for name, entry in value.items():
                if isinstance(entry, dict):
                    _add(found, kind, {**entry, "id": entry.get("id", name)})
    return found


def collect_families(entries: Mapping[str, NamedEntry]) -> dict[str, Family]:
    """Collect the families of ids, by their common beginning; at most `_MAX_FAMILIES` of them."""
    families: dict[str, Family] = {}
    for name, entry in entries.items():
        match = _ID.match(name)
        is_hypothesis = match is None and entry.kind == "hypothesis"
        if is_hypothesis:
            match = _HYPOTHESIS.match(name)
        if match is None or (match[1] not in families and len(families) >= _MAX_FAMILIES):
            continue
        family = families.setdefault(match[1], Family(match[1], is_hypothesis))
        family.numbers.add(int(match[2]))
        family.widths.add(len(match[2]))
    return families


def _add(found: dict[str, NamedEntry], kind: str, entry: Any) -> None:
    if isinstance(entry, dict) and isinstance(entry.get("id"), str):
        status, verdict = entry.get("status"), entry.get("verdict")
        found.setdefault(
            entry["id"],
            NamedEntry(
                kind,
                status if isinstance(status, str) else None,
                verdict if isinstance(verdict, str) else None,
            ),
        )


def _iter_mentions(text: str, family: Family) -> Iterator[tuple[_Mention, int]]:
    """Iterate over the places where an id of a family stands, with its number."""
    prefix = family.prefix
    at = text.find(prefix)
    while at >= 0:
        end = at + len(prefix)
        match = _NUMBER.match(text, end)
        if match is not None and not (at and _NO_START.match(text, at - 1)):
            is_one = len(match[0]) in family.widths and not text[match.end() : match.end() + 1].isalnum()
            if is_one or not family.is_hypothesis:
                yield _Mention(at, match.end(), text[at : match.end()]), int(match[0])
        at = text.find(prefix, end)


def _iter_unknown(loaded: LoadedContract, mentions: Sequence[_Mention]) -> Iterator[Issue]:
    """Report ids that nothing has, each at its first mention in prose."""
    by_start = {mention.start: mention for mention in mentions}
    ordered = sorted(by_start)
    names = {  # an entry deep inside a section is one too
        by_start[found.offset].name
        for found in find_scalars(loaded.document.root, ordered)
        if found.is_key or (found.path and found.path[-1] == "id")
    }
    places: dict[str, list[_Mention]] = {}
    for found in find_prose(loaded, ordered):
        mention = by_start[found.offset]
        if mention.name not in names and not _is_reference(found.path):
            places.setdefault(mention.name, []).append(mention)
    for name, stands in list(places.items())[:_MAX_FINDINGS]:
        count = f" ({len(stands):,} mentions)" if len(stands) > 1 else ""
        yield Issue(
            "PV502",
            (),
            f"the text speaks of {name}{count}, and the contract has nothing of that id",
            span=(stands[0].start, stands[0].end),
        )


def _is_reference(path: Path) -> bool:
    """Whether what stands at a path is there to name ids: such a text has rules of its own (PV308, PV309)."""
    section, key = path[0], path[1] if len(path) > 1 else ""
    if section == "qa_gate":
        return key in {"checks", "pass_criteria"} or str(key).startswith("must_pass")
    return section == "enforcement" and not {"check", "reference", "test"}.isdisjoint(path)


def _iter_other_statuses(
    loaded: LoadedContract, mentions: Sequence[_Mention], entries: Mapping[str, NamedEntry]
) -> Iterator[Issue]:
    """Report ids to which the prose of today gives another status than the structure does."""
    text = loaded.document.text
    wrong: dict[int, tuple[str, str, tuple[int, int]]] = {}
    for mention in mentions:
        tail = _TAIL.match(text, mention.end)
        end = tail.end() if tail else mention.end
        match = _ASSERTED.match(text, end)
        name = "" if match is None else text[mention.start : end]
        if match is not None and name in entries and _differs(entries[name], match[1]):
            wrong[mention.start] = (name, match[1], match.span(1))
    if not wrong:
        return
    history = History(loaded)
    count = 0
    for found in find_prose(loaded, wrong):
        name, word, span = wrong[found.offset]
        if span[1] <= found.node.end and not history.is_past(found) and count < _MAX_FINDINGS:
            count += 1
            entry = entries[name]
            says = f"has the status {entry.status}" if entry.status else "has no status"
            yield Issue("PV506", (), f"the text says {word} of {name}, which {says}", span=span)


def _differs(entry: NamedEntry, word: str) -> bool:
    """Whether prose gives an entry a word that the structure does not: neither as status nor as verdict."""
    if word in ((entry.status or "").upper(), (entry.verdict or "").upper()):
        return False
    if word in _VERDICTS:
        return entry.kind == "hypothesis" or entry.verdict is not None
    return entry.status is not None or entry.kind in {"test", "stage", "step"}
