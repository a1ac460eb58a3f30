"""Fields of the published JSON documents, which are plain dataclasses."""

from __future__ import annotations

from dataclasses import MISSING, field
from typing import Any

__all__ = ["key"]


def key(description: str | None = None, *, alias: str | None = None, default: Any = MISSING) -> Any:
    """Return a field whose key in the document has a description or another name."""
    known = {"description": description, "alias": alias}
    return field(default=default, metadata={name: text for name, text in known.items() if text})
