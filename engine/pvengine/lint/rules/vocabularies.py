"""The words that the blocks of a contract are written with, and what a misspelt one was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.lint.rules.blocks import is_blank
from pvengine.loading.complaints import find_nearest, shorten
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pvengine.lint.rules.blocks import Entry

__all__ = [
    "LEAN_STATUSES",
    "OBLIGATION_TYPES",
    "SEVERITIES",
    "STRATEGIES",
    "TARGETS",
    "Suggestions",
    "iter_severity_issues",
    "iter_word_issues",
]

OBLIGATION_TYPES = (
    "invariant",
    "equivalence",
    "bound",
    "monotonicity",
    "idempotency",
    "linearity",
    "symmetry",
    "associativity",
    "conservation",
    "ordering",
    "completeness",
    "soundness",
    "involution",
    "determinism",
    "roundtrip",
    "state_machine",
    "classification",
    "independence",
    "termination",
    "precondition",
    "postcondition",
    "frame",
    "loop_invariant",
    "loop_variant",
    "old_state",
    "subcontract",
)
"""What an obligation can be."""

STRATEGIES = ("exhaustive", "stub_float", "compositional", "bounded_int")
"""How a kani harness goes through its inputs."""

TARGETS = ("all", "scalar", "simd", "converter")
"""What an obligation applies to, beside the names that its contract has."""

LEAN_STATUSES = ("proved", "sorry", "wip", "not-applicable")
"""Where the proof of an obligation stands."""

SEVERITIES = (
    *("error", "warning", "info"),
    *("critical", "high", "medium", "low"),
    *("blocker", "major", "minor", "fatal", "warn", "note"),
    *("p0", "p1", "p2", "p3", "p4"),
)
"""How much a broken rule weighs; the case of the letters does not matter."""

_LONGEST = 40
"""Longest word for which a near one is looked for, in characters."""
_MOST_NAMES = 200
"""Most names among which a near one is looked for."""


class Suggestions:
    """Says which known word was meant, for a bounded number of words: each costs a search."""

    def __init__(self, limit: int = 20) -> None:
        self._left = limit
        self._found: dict[str, str | None] = {}

    def find(self, word: Any, known: Collection[str]) -> str | None:
        """Return the known word that was probably meant, in any case of letters; None where none is near."""
        if not isinstance(word, str) or len(word) > _LONGEST:
            return None
        folded = word.strip().lower()
        if folded not in self._found:
            if not self._left:
                return None
            self._left -= 1
            names = {name.lower(): name for name in list(known)[:_MOST_NAMES]}
            near = folded if folded in names else find_nearest(folded, names, cutoff=0.6)
            self._found[folded] = None if near is None else names[near]
        return self._found[folded]

    def ask(self, word: Any, known: Collection[str]) -> str:
        """Return ``; did you mean 'x'?`` for the word that was probably meant, or nothing."""
        near = self.find(word, known)
        return f"; did you mean {near!r}?" if near else ""


def iter_word_issues(
    code: str, key: str, noun: str, known: Collection[str], entries: Iterable[Entry]
) -> Iterator[Issue]:
    """Iterate over the values of a key that are none of the known words; an absent value is none of these."""
    suggestions = Suggestions()
    for entry in entries:
        word = entry.data.get(key)
        if is_blank(word) or (isinstance(word, str) and word in known):
            continue
        hint = suggestions.ask(word, known)
        yield Issue(code, (*entry.path, key), f"{entry.name}: {noun} {shorten(word)} is not known{hint}")


def iter_severity_issues(entries: Iterable[Entry]) -> Iterator[Issue]:
    """Iterate over severities that are none of the words in use, in any case of letters (PV217)."""
    suggestions = Suggestions()
    for entry in entries:
        word = entry.data.get("severity")
        if is_blank(word) or (isinstance(word, str) and word[:_LONGEST].lower() in SEVERITIES):
            continue
        near = suggestions.find(word, SEVERITIES)
        hint = f"; did you mean {near.upper()!r}?" if near else ""
        path = (*entry.path, "severity")
        yield Issue("PV217", path, f"{entry.name}: severity {shorten(word)} is not known{hint}")
