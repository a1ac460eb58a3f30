"""What a trial needs beside its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RequiredFile"]


@dataclass(frozen=True, slots=True)
class RequiredFile:
    """A required input: where it is, and the SHA-256 of its content in hexadecimal digits."""

    path: Path
    sha256: str
