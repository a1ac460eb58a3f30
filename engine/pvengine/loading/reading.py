"""Read the bytes of one contract, from a file or from standard input: bounded, and without waiting."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, get_rule
from pvengine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["MAX_BYTES", "STDIN_NAME", "read_contract_bytes", "read_stdin_bytes"]

MAX_BYTES = 16 * 2**20
"""Largest contract that is read, in bytes: hundreds of times the largest in use, and read within seconds."""
STDIN_NAME = "<stdin>"
"""What messages show for the standard input."""

_CHUNK_BYTES = 2**20
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
"""A pipe without a writer is opened at once, and no terminal comes to control the process."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "no regular file but a named pipe"),
    (stat.S_ISSOCK, "no regular file but a socket"),
    (stat.S_ISCHR, "no regular file but a device"),
    (stat.S_ISBLK, "no regular file but a device"),
)


def read_contract_bytes(path: Path, display_path: str, limit: int = MAX_BYTES) -> bytes:
    """Read the bytes of a regular file; it waits for nothing, and takes at most ``limit`` + 1 of them.

    Raises
    ------
    UsageError
        There is no such file, it is no regular file, or it cannot be read.
    ContractError
        It is larger than ``limit`` (PV113).
    """
    try:
        _check_kind(path.stat(), display_path)  # before opening: to open a device can start something
        descriptor = os.open(path, _FLAGS)
        try:
            status = os.fstat(descriptor)  # what was opened need not be what was looked at
            _check_kind(status, display_path)
            if status.st_size > limit:
                raise _refuse_size(display_path, f"{status.st_size:,} bytes", limit)
            return _read_limited(lambda size: os.read(descriptor, size), display_path, limit)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read {display_path}: {_say_reason(error)}",
            fix="check the path, or run `pv status` to see the contracts of the project",
        ) from error


def read_stdin_bytes(display_path: str = STDIN_NAME, limit: int = MAX_BYTES) -> bytes:
    """Read one contract from standard input, to its end but at most ``limit`` + 1 bytes.

    Raises
    ------
    UsageError
        Standard input is closed or cannot be read.
    ContractError
        It holds more than ``limit`` (PV113).
    """
    try:
        if sys.stdin is None:  # closed before the command began
            raise OSError(errno.EBADF, "It is closed")  # noqa: TRY301 - one message for all that fails here
        return _read_limited(sys.stdin.buffer.read, display_path, limit)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read the standard input: {_say_reason(error)}",
            fix="pipe the contract into the command, or name its file",
        ) from error


def _check_kind(status: os.stat_result, display_path: str) -> None:
    """Raise UsageError for everything that is no regular file."""
    if not stat.S_ISREG(status.st_mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "no regular file")
        raise UsageError(
            f"{display_path} is {kind}", why="a contract is a regular file", fix="name the contract file"
        )


def _read_limited(read: Callable[[int], bytes | None], display_path: str, limit: int) -> bytes:
    """Read to the end; a file that grows, or has no size to ask for, is cut off above the limit."""
    parts: list[bytes] = []
    left = limit + 1
    while part := read(min(left, _CHUNK_BYTES)):
        parts.append(part)
        left -= len(part)
        if left <= 0:
            raise _refuse_size(display_path, f"more than {limit:,} bytes", limit)
    if part is None:  # what has come so far may be half a contract
        raise OSError(errno.EAGAIN, "No data is there, and it does not wait for any")
    return b"".join(parts)


def _refuse_size(display_path: str, size: str, limit: int) -> ContractError:
    message = f"the file has {size}, and at most {limit:,} are read ({limit // 2**20} MiB)"
    return ContractError(
        "the file is too large", [get_rule("PV113").report(message, display_path)], where=display_path
    )


def _say_reason(error: OSError | ValueError) -> str:
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
