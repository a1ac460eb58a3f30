"""Merge the three files that git gives a merge driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.ledger.files import replace_file
from pvengine.project.discovery import show_path
from pvengine.project.merging.contracts import ContractMerge, merge_contracts

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["merge_files"]


def merge_files(base: Path, ours: Path, theirs: Path, *, path: str, marker_size: int = 7) -> ContractMerge:
    """Merge two versions of the contract at ``path`` that come from ``base``, into the file ``ours``.

    Raises
    ------
    UsageError
        A file cannot be read or written, or git cannot merge them; ``ours`` is as it was.
    """
    contents = [_read(file) for file in (base, ours, theirs)]
    merged = merge_contracts(*contents, path=path, marker_size=marker_size)
    if merged.content != contents[1]:
        replace_file(ours, merged.content, expected=contents[1])
    return merged


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read {show_path(file)}: {(error.strerror or str(error)).lower()}",
            why="a merge takes the base and both sides",
            fix="give three files; git does, where `pv init --git` installed the driver",
        ) from error
