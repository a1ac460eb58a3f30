"""Tell prose from the machine's part of a contract, and what prose says now from what it says of the past."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from pvengine.lint.rules.scalars import find_scalars

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.lint.rules.scalars import FoundScalar
    from pvengine.loading.contract_file import LoadedContract
    from pvengine.yamldoc import Path

__all__ = ["History", "find_prose", "is_prose", "is_same_version", "read_version"]

_MACHINE_KEYS = frozenset(
    {
        "accept",
        "amendments",
        "applies_to",
        "decides",
        "depends_on",
        "evidence_digest",
        "expected_acceptance",
        "falsifier",
        "harness",
        "hypothesis",
        "id",
        "ids",
        "kind",
        "module",
        "module_path",
        "needs",
        "obligation",
        "params",
        "references",
        "requires",
        "status",
        "theorem",
        "type",
        "verdict",
        "version",
    }
)
"""Keys below which nothing is prose: names, numbers, references that have rules of their own, the history."""
_PAST_KEYS = frozenset(
    {"amendment_history", "changelog", "change_log", "evidence", "history", "revision_history", "revisions"}
)
"""Keys below which prose speaks of what was, besides `amendments`."""
_VERSION = re.compile(r"(?<![\w.])v([0-9]{1,9}(?:\.[0-9]{1,9}){1,2})(?![\w.]*[0-9])")


def is_prose(path: Path) -> bool:
    """Whether a text at a path is prose: written for people, and read by no tool."""
    return _MACHINE_KEYS.isdisjoint(path)


def find_prose(loaded: LoadedContract, offsets: Iterable[int]) -> list[FoundScalar]:
    """Find those offsets that stand in prose: in a value, not in a key, a comment or an id."""
    found = find_scalars(loaded.document.root, sorted(offsets))
    return [
        scalar
        for scalar in found
        if not scalar.is_key and isinstance(scalar.node.data, str) and is_prose(scalar.path)
    ]


def read_version(loaded: LoadedContract) -> str | None:
    """Return the version of a contract as text, without a leading ``v``; None where it has none."""
    version = loaded.contract.metadata.version
    if version is None:
        version = loaded.contract.version
    return version.removeprefix("v") if isinstance(version, str) else None


class History:
    """Which parts of the prose of a contract speak of an older version of it.

    Long descriptions carry their history: a paragraph that begins with another version (``v1.2.0: ...``)
    speaks of that version, up to the next one that is named.
    """

    def __init__(self, loaded: LoadedContract) -> None:
        self._text = loaded.document.text
        self._version = read_version(loaded)
        self._marks: dict[int, tuple[list[int], list[str]]] = {}

    def is_past(self, found: FoundScalar) -> bool:
        """Whether the version that is named last before a place, in the same text, is an older one."""
        return self._is_past(found, found.offset)

    def is_past_before(self, found: FoundScalar) -> bool:
        """As `is_past`, where a version itself stands at the place: what counts is the one before it."""
        return self._is_past(found, found.offset - 1)

    def _is_past(self, found: FoundScalar, offset: int) -> bool:
        if not _PAST_KEYS.isdisjoint(found.path):
            return True
        node = found.node
        if node.start not in self._marks:
            marks = list(_VERSION.finditer(self._text, node.start, node.end))
            self._marks[node.start] = ([mark.start() for mark in marks], [mark[1] for mark in marks])
        starts, versions = self._marks[node.start]
        index = bisect_right(starts, offset) - 1
        return index >= 0 and not is_same_version(versions[index], self._version)


def is_same_version(short: str, version: str | None) -> bool:
    """Whether a version, perhaps without its last parts, is this one.

    Examples
    --------
    >>> is_same_version("1.2", "1.2.0"), is_same_version("1.2.1", "1.2.0"), is_same_version("1.2", None)
    (True, False, False)
    """
    return version is not None and (version == short or version.startswith(f"{short}."))
