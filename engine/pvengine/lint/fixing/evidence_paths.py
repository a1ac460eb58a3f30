"""Know which parts of a contract evidence rests on: a change there would be one of what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.loading.claims import CLAIM_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.yamldoc import Path

__all__ = ["Pinned"]

_KEYS = {
    "metadata": ("id",),
    "hypotheses": ("id", "statement"),
    "falsification_tests": CLAIM_KEYS,
}
"""Keys that evidence rests on, by the section in which they stand."""


class Pinned:
    """The tests of a contract of which evidence is stored, by their `evidence` or by an amendment."""

    def __init__(self, data: dict[str, Any]) -> None:
        amended = frozenset(_iter_amended(data))
        self._tests: dict[str | int, str] = {}
        for index, test in _iter_mappings(data.get("falsification_tests")):
            name = test.get("id")
            if test.get("evidence") is not None or (isinstance(name, str) and name in amended):
                self._tests[index] = name if isinstance(name, str) else f"test {index + 1}"

    def find_objection(self, path: Path, name: str | None = None) -> str | None:
        """Return why the value at a path must stay, or its key where it would become ``name``; else None.

        It must where a claim of which evidence is stored would change with it: the claim itself, a
        hypothesis that it may name, or the id of the contract.
        """
        section = path[0]
        if section == "amendments":
            return "amendments are written by the engine alone"
        if not self._tests:
            return None
        if len(path) == 1:
            is_used = name in ("metadata", "hypotheses")
        else:
            depth = 1 if section == "metadata" else 2
            keys = {path[depth]} if len(path) > depth else set()
            keys |= {name} if len(path) == depth + 1 and name else set()
            is_used = not keys.isdisjoint(_KEYS.get(str(section), ()))
            is_used = is_used and (section != "falsification_tests" or path[1] in self._tests)
        if not is_used:
            return None
        test = self._tests.get(path[1]) if section == "falsification_tests" else None
        of = test or ", ".join(list(self._tests.values())[:3])
        return f"evidence is stored of {of}: change it by hand, and discharge again"


def _iter_amended(data: dict[str, Any]) -> Iterator[str]:
    """Iterate over the ids of the tests that amendments speak of."""
    for _, amendment in _iter_mappings(data.get("amendments")):
        for _, entry in _iter_mappings(amendment.get("tests")):
            if isinstance(entry.get("id"), str):
                yield entry["id"]


def _iter_mappings(entries: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Iterate over the mappings of what should be a list of them."""
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield index, entry
