"""Fingerprints that stay the same when a contract grows above a finding, so that a finding is known again."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pvengine.models.report import DiagnosticEntry

__all__ = ["FINGERPRINT", "iter_fingerprints"]

FINGERPRINT = "pvFindingHash/v1"
"""Name and version of the recipe; the version is raised when `iter_fingerprints` gives other values."""

_LENGTH = 32  # hexadecimal digits: 128 bits


def iter_fingerprints(entries: Iterable[DiagnosticEntry]) -> Iterator[str]:
    """Give a fingerprint for each finding, in order.

    It is taken over code, path, the text of the line without the space around it, and a number that counts
    findings with the same three. Line numbers, columns and messages are left out: lines may move, and the
    words of a message may change from one version to the next.
    """
    lines: dict[str, str] = {}
    seen: Counter[tuple[str, str, str]] = Counter()
    for entry in entries:
        snippet = entry.snippet or ""
        if snippet not in lines:  # a long line may have many findings: its text is read once
            lines[snippet] = _hash(snippet.strip())
        key = (entry.code, entry.path, lines[snippet])
        yield _hash("\0".join([*key, str(seen[key])]))[:_LENGTH]
        seen[key] += 1


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
