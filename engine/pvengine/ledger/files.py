"""Write files so that a crash leaves the old content or the new, never a part of either.

The content is written beside its place, synchronised, renamed over it, and the folder synchronised. What
the operating system refuses becomes an error that a person can act on, and no temporary file stays. A
process that is killed in between leaves its temporary file, which the next run removes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from typing import TYPE_CHECKING

from pvengine.errors import ChangedFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["UnconfirmedWriteError", "create_file", "make_folder", "remove_leftovers", "replace_file"]


class UnconfirmedWriteError(UsageError):
    """The new content is in its place, and the system did not confirm that it outlives a power cut."""


def create_file(path: Path, content: bytes) -> None:
    """Create a file with content, durable when this returns, folders above it included.

    Raises
    ------
    UsageError
        The system refuses it: no permission, no space, a name that is too long.
    """
    with _explain_refusal(path):
        make_folder(path.parent)
        _write_beside(path, content)
    _confirm(path, path.parent)


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
    _confirm(path, target.parent)


def remove_leftovers(folder: Path, name: str | None = None) -> int:
    """Remove the temporary files that killed processes left in a folder; return how many there were.

    With ``name`` those of that file alone: others may be in the middle of being written. A folder or file
    that the system does not let go is left as it is, for it harms nothing.
    """
    prefix = ".pv-" if name is None else _temporary_prefix(name)
    removed = 0
    with contextlib.suppress(OSError):
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.startswith(prefix)]
        for found in names:
            if found.endswith(".tmp"):
                (folder / found).unlink()
                removed += 1
    return removed


def _temporary_prefix(name: str) -> str:
    """Return how the temporary files for a name begin, whatever its length and script."""
    return f".pv-{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}-"


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each synchronised into the folder that holds it; raises OSError."""
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
    temporary = path.with_name(f"{_temporary_prefix(path.name)}{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = os.open(temporary, flags, 0o666 if mode is None else 0o600)
    try:
        try:
            _write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if mode is not None:
            temporary.chmod(mode)
        if check is not None:
            check()
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _confirm(path: Path, folder: Path) -> None:
    """Synchronise the folder of a file that is in its place."""
    try:
        _sync_folder(folder)
    except OSError as error:
        raise UnconfirmedWriteError(
            f"{path.name} was written, and the system did not confirm it: {_say_reason(error)}",
            where=str(path),
            why="until the folder is synchronised, a power cut may undo the write",
            fix="check the disk, then run the command again",
        ) from error


@contextlib.contextmanager
def _explain_refusal(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symbolic links, before Python 3.13
        reason = _say_reason(error)
        raise UsageError(
            f"cannot write {path.name}: {reason}",
            where=str(path),
            why="a status is written only when it and its evidence can be stored",
            fix="check the permissions and the free space of the folder",
        ) from error


def _say_reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
