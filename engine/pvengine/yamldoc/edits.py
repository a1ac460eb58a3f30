"""Name the changes that can be made to a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine.errors import ExitCode, PvError
from pvengine.yamldoc.nodes import NodeKind, Path, format_path

if TYPE_CHECKING:
    from pvengine.yamldoc.document import Document

__all__ = ["AppendItem", "Edit", "EditError", "InsertKey", "SetScalar", "set_key"]

Scalar = str | int | float | bool | None


class EditError(PvError):
    """An edit cannot be made without changing something else; the document stays as it is."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True, slots=True)
class Edit:
    """One change at one path."""

    path: Path


@dataclass(frozen=True, slots=True)
class SetScalar(Edit):
    """Give an existing scalar another value, or fill in one that is empty.

    Quotes stay where they can hold the value. A block scalar becomes one line.
    """

    value: Scalar


@dataclass(frozen=True, slots=True)
class InsertKey(Edit):
    """Add a key to an existing mapping; the last element of ``path`` is the new key.

    It goes right behind the first key of ``after`` that the mapping has, else to the end. Several keys
    inserted behind the same one keep the order in which they are given.
    """

    value: Any
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppendItem(Edit):
    """Add an item to the end of a list; a list that is missing or empty is begun."""

    value: Any


def set_key(document: Document, path: Path, value: Scalar, after: tuple[str, ...] = ()) -> Edit:
    """Return the edit that gives a key this scalar value, whether the key is there or not."""
    node = document.node_at(path)
    if node is not None and node.kind is NodeKind.SCALAR:
        return SetScalar(path, value)
    if node is not None:
        what = "a list" if node.kind is NodeKind.SEQUENCE else "a mapping"
        raise EditError(
            f"{format_path(path)} holds {what}",
            where=str(document.place(path)),
            why="one value is written there, and nothing that people wrote is thrown away",
            fix=f"rename the key, for example to `{path[-1]}_notes`",
        )
    return InsertKey(path, value, after)
