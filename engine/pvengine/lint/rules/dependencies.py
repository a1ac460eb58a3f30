"""Dependencies on other contracts that are named more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.graph.references import parse_contract_reference
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract

__all__ = ["iter_dependency_issues"]

_WIDTH = 200
"""Longest text that is read as a reference, in characters."""


def iter_dependency_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over contracts that `metadata.depends_on` names again, with or without a version (PV223)."""
    metadata = loaded.data.get("metadata")
    entries = metadata.get("depends_on") if isinstance(metadata, dict) else None
    if not isinstance(entries, list):
        return
    first: dict[str, tuple[int, str | None]] = {}
    for index, entry in enumerate(entries):
        if not isinstance(entry, str) or len(entry) > _WIDTH or not entry.strip():
            continue
        reference = parse_contract_reference(entry)
        if reference.stem not in first:
            first[reference.stem] = (index, reference.version)
            continue
        number, version = first[reference.stem]
        other = ""
        if version != reference.version:
            other = f", there {_say(version)}, here {_say(reference.version)}"
        yield Issue(
            "PV223",
            ("metadata", "depends_on", index),
            f"{reference.stem!r} stands already at metadata.depends_on[{number}]{other}",
        )


def _say(version: str | None) -> str:
    return "without a version" if version is None else f"in version {version}"
