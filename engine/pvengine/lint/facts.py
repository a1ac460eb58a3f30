"""What other files need to know of a contract: its ids, its version, what it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.diagnostics import SourceRange
    from pvengine.yamldoc import Document, Path

__all__ = ["FileFacts", "Mention", "gather_facts"]

_ID_SECTIONS = ("falsification_tests", "kani_harnesses")


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
    for section in _ID_SECTIONS:
        entries = document.data.get(section)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            name = entry.get("id") if isinstance(entry, dict) else None
            if isinstance(name, str) and name.strip():
                kind = "test" if section == "falsification_tests" else "harness"
                yield _mention(name, kind, document, (section, index, "id"))


def _iter_dependencies(document: Document) -> Iterator[Mention]:
    metadata = document.data.get("metadata")
    texts = metadata.get("depends_on") if isinstance(metadata, dict) else None
    for index, text in enumerate(texts if isinstance(texts, list) else ()):
        if isinstance(text, str):
            yield _mention(text, "contract", document, ("metadata", "depends_on", index))


def _mention(name: str, kind: str, document: Document, path: Path) -> Mention:
    place: SourceRange = document.place(path)
    return Mention(name, kind, place.line, place.column, place.end_line, place.end_column, place.snippet)
