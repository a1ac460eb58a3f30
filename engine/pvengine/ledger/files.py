"""Write files so that a crash leaves the old content or the new, never a part of either."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from pvengine.errors import ChangedFileError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["create_file", "replace_file"]


def create_file(path: Path, content: bytes) -> None:
    """Create a file with content, durable when this returns; folders above it are made.

    The content is written beside its place, synchronised, renamed, and the folder synchronised.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_beside(path, content, mode=0o644)
    _sync_folder(path.parent)


def replace_file(path: Path, content: bytes, *, expected: bytes) -> None:
    """Replace a file that still has the expected content; a symbolic link stays, its target is replaced.

    Raises
    ------
    ChangedFileError
        The file changed since it was read, or is gone; nothing was written.
    """
    target = path.resolve()
    try:
        current = target.read_bytes()
        mode = target.stat().st_mode & 0o7777
    except OSError:
        current, mode = None, 0o644
    if current != expected:
        raise ChangedFileError(
            f"{path.name} changed while its tests ran" if current is not None else f"{path.name} is gone",
            where=str(path),
            why="an edit that is not known may not be written over; the evidence is stored",
            fix="run the command again",
        )
    _write_beside(target, content, mode=mode)
    _sync_folder(target.parent)


def _write_beside(path: Path, content: bytes, *, mode: int) -> None:
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
