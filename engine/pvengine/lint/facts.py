"""What other files need to know of a contract: its ids, its version, what it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pvengine.diagnostics import SourceRange
    from pvengine.yamldoc import Document, Path

__all__ = ["FileFacts", "Mention", "gather_facts"]

_ID_SECTIONS = {
    "falsification_tests": "test",
    "falsification": "test",
    "falsification_conditions": "test",
    "kani_harnesses": "harness",
}
"""Sections with ids that other files must not have, and what the ids are of."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name and where it stands: line and column from 1, the end exclusive, and the text of its line."""

    name: str
    kind: str
    line: int
    column: int
    end_line: int
    end_column: int
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """The facts of one file; ``ids`` has tests and harnesses, ``depends_on`` the texts as written."""

    id: str | None
    version: str | None
    ids: tuple[Mention, ...] = ()
    depends_on: tuple[Mention, ...] = ()

    @classmethod
    def restore(cls, data: dict[str, Any]) -> FileFacts:
        """Make the facts from their data."""
        return cls(
            id=data["id"],
            version=data["version"],
            ids=tuple(Mention(**each) for each in data["ids"]),
            depends_on=tuple(Mention(**each) for each in data["depends_on"]),
        )


def gather_facts(document: Document) -> FileFacts:
    """Gather the facts of a file, whatever shape its data has."""
    data = document.data
    metadata = data.get("metadata")
    known = metadata if isinstance(metadata, dict) else {}
    version = known.get("version", data.get("version"))
    own = known.get("id")
    return FileFacts(
        id=own if isinstance(own, str) else None,
        version=str(version) if isinstance(version, str | int | float) else None,
        ids=tuple(_iter_ids(document)),
        depends_on=tuple(_iter_dependencies(document)),
    )


def _iter_ids(document: Document) -> Iterator[Mention]:
    """Iterate over the ids of the contract and of its entries; a mapping names an entry that has no id."""
    metadata = document.data.get("metadata")
    own = metadata.get("id") if isinstance(metadata, dict) else None
    if isinstance(own, str) and own.strip():
        yield _mention(own, "contract", document, ("metadata", "id"))
    for section, kind in _ID_SECTIONS.items():
        entries = document.data.get(section)
        if isinstance(entries, list):
            pairs: Iterable[tuple[str | int, Any]] = enumerate(entries)
        else:
            pairs = entries.items() if isinstance(entries, dict) else ()
        for step, entry in pairs:
            if isinstance(entry, dict):
                at_key = isinstance(step, str) and entry.get("id") is None
                name = step if at_key else entry.get("id")
                if isinstance(name, str) and name.strip():
                    path = (section, step) if at_key else (section, step, "id")
                    yield _mention(name, kind, document, path, at_key=at_key)


def _iter_dependencies(document: Document) -> Iterator[Mention]:
    metadata = document.data.get("metadata")
    texts = metadata.get("depends_on") if isinstance(metadata, dict) else None
    for index, text in enumerate(texts if isinstance(texts, list) else ()):
        if isinstance(text, str):
            yield _mention(text, "contract", document, ("metadata", "depends_on", index))


def _mention(name: str, kind: str, document: Document, path: Path, *, at_key: bool = False) -> Mention:
    place: SourceRange = document.place(path, key=at_key)
    return Mention(name, kind, place.line, place.column, place.end_line, place.end_column, place.snippet)
