"""Write files so that a crash leaves the old content or the new, never a part of either.

The content is written beside its place, synchronised, renamed over it, and the folder synchronised. What
the operating system refuses becomes an error that a person can act on, and no temporary file stays.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from pvengine.errors import ChangedFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["create_file", "replace_file"]


def create_file(path: Path, content: bytes) -> None:
    """Create a file with content, durable when this returns, folders above it included.

    Raises
    ------
    UsageError
        The system refuses it: no permission, no space, a name that is too long.
    """
    with _explain_refusal(path):
        _make_folder(path.parent)
        _write_beside(path, content)
        _sync_folder(path.parent)


def replace_file(path: Path, content: bytes, *, expected: bytes) -> None:
    """Replace a file that still has the expected content; a symbolic link stays, its target is replaced.

    The content is looked at twice: before anything is written, and again right before the replacement.

    Raises
    ------
    ChangedFileError
        The file changed since it was read, or is gone; nothing was written.
    UsageError
        The system refuses to read or write it.
    """
    with _explain_refusal(path):
        target = path.resolve()
        _check_unchanged(path, target, expected)
        _write_beside(
            target,
            content,
            mode=target.stat().st_mode & 0o7777,
            check=lambda: _check_unchanged(path, target, expected),
        )
        _sync_folder(target.parent)


def _check_unchanged(path: Path, target: Path, expected: bytes) -> None:
    try:
        is_gone, is_same = False, target.read_bytes() == expected
    except FileNotFoundError:
        is_gone, is_same = True, False
    if not is_same:
        raise ChangedFileError(
            f"{path.name} is gone" if is_gone else f"{path.name} changed since it was read",
            where=str(path),
            why="an edit that is not known may not be written over; what was recorded stays stored",
            fix="run the command again",
        )


def _write_beside(
    path: Path, content: bytes, *, mode: int | None = None, check: Callable[[], None] | None = None
) -> None:
    """Write a file under a name of its own and rename it; without a mode, the umask decides."""
    temporary = path.with_name(f".pv-{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = os.open(temporary, flags, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(mode)
        if check is not None:
            check()
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it; each new one is synchronised into the folder that holds it."""
    missing = []
    while not folder.is_dir() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    for made in reversed(missing):
        made.mkdir(exist_ok=True)
        _sync_folder(made.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explain_refusal(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symbolic links, before Python 3.13
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(
            f"cannot write {path.name}: {reason}",
            where=str(path),
            why="a status is written only when it and its evidence can be stored",
            fix="check the permissions and the free space of the folder",
        ) from error
