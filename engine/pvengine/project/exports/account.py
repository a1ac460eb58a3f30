"""What an export made of each test: the documents, what they do not carry as it stands, what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Document", "ExportedContract", "ExportedTest", "Fate", "Loss", "Refusal"]

Fate = Literal["restated", "pinned", "left out"]
"""``restated``: held in another form. ``pinned``: held by a digest alone. ``left out``: not held at all."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of an export; ``name`` is its path in the folder, with slashes.

    What is no main document only goes with one, and makes no sense on standard output.
    """

    name: str
    content: bytes
    is_main: bool = True


@dataclass(frozen=True, slots=True)
class Loss:
    """A part of a test that the format does not carry as it stands."""

    what: str
    fate: Fate
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A test that the format cannot hold; ``test`` is None where it is the whole contract."""

    test: str | None
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class ExportedTest:
    """A test that stands in a document; ``place`` says where, or the digest of a document of its own."""

    id: str
    place: str
    note: str | None = None
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedContract:
    """What became of one contract: each of its tests is either exported or refused."""

    path: str
    id: str
    said: str
    tests: tuple[ExportedTest, ...] = ()
    refused: tuple[Refusal, ...] = ()
    documents: tuple[Document, ...] = ()
