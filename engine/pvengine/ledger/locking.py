"""One discharge of a contract at a time: the others wait.

The lock is one of the operating system, on the file ``evidence/.<stem>.lock``, so that it ends with the
process that holds it, however that ends. The file is removed when the lock is given back; a process that was
killed leaves it, and that harms nothing. What it says is for people alone: who holds the lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import TYPE_CHECKING, Any

from pvengine.errors import BusyError, UsageError
from pvengine.ledger.amendments import read_clock
from pvengine.ledger.files import make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["hold_lock"]

_SHOWN_BYTES = 4096


@contextlib.contextmanager
def hold_lock(path: Path, *, wait_s: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a file; wait for a process that holds it, and say so.

    Parameters
    ----------
    path
        The lock file; it is made where it is not there, and removed when the lock is given back.
    wait_s
        Seconds to wait at most.
    say
        Told, as a sentence, for whom this waits, and from which dead process the lock was taken over.

    Raises
    ------
    BusyError
        Another process holds it still.
    UsageError
        The file cannot be made, or its file system knows no locks.
    """
    import filelock  # noqa: PLC0415 - 40 ms, and only a command that writes needs it

    holder = _Holder(path, say)
    lock = filelock.FileLock(path, fallback_to_soft=False, on_acquired=holder.take)
    try:
        make_folder(path.parent)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            say(f"waiting up to {wait_s:g} s for {_read_holder(path)}")
            lock.acquire(timeout=wait_s)
    except filelock.Timeout as error:
        raise BusyError(
            f"{_read_holder(path)} is still at work on it after {wait_s:g} s",
            where=str(path),
            why="two discharges of one contract at a time would not know of each other's records",
            fix="wait for it or end it, then run the command again; --wait SECONDS waits longer",
        ) from error
    except OSError as error:
        raise UsageError(
            f"cannot lock {path.name}: {(error.strerror or str(error)).lower()}",
            where=str(path),
            why="a contract is discharged under a lock of the operating system",
            fix="check the permissions of the folder, and that its file system knows locks",
        ) from error
    try:
        yield
    finally:
        holder.leave()
        lock.release()


class _Holder:
    """What the lock file says of the process that holds the lock."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self._path = path
        self._say = say

    def take(self, descriptor: int) -> None:
        """Write who holds the lock; a text that is there is of a process that did not give it back."""
        before = os.pread(descriptor, _SHOWN_BYTES, 0)
        if before.strip():
            self._say(f"took the lock over from {_describe(before)}, which ended without giving it back")
        since = read_clock().isoformat(timespec="seconds").replace("+00:00", "Z")
        said = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
        with contextlib.suppress(OSError):  # a full disk: nobody can read who holds it, and it is held
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(said).encode(), 0)

    def leave(self) -> None:
        """Remove the file while the lock is held: whoever waits with the old one open sees it is gone."""
        with contextlib.suppress(OSError):
            self._path.unlink()


def _read_holder(path: Path) -> str:
    try:
        return _describe(path.read_bytes()[:_SHOWN_BYTES])
    except OSError:
        return "another process"


def _describe(content: bytes) -> str:
    try:
        said: Any = json.loads(content)
        return f"process {int(said['pid'])} on {said['host']} (since {said['since']})"
    except (ValueError, TypeError, KeyError):
        return "another process"
