"""Bring a document to a file: whole or not at all, and never over what was checked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import PvError, UsageError
from pvengine.ledger.files import create_file, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pvengine.models.report import Report

__all__ = [
    "append_step_summary",
    "check_output",
    "find_place_in_workspace",
    "find_working_folder",
    "write_content",
    "write_document",
]

_CONTRACT_SUFFIXES = (".yaml", ".yml")
_STEP_SUMMARY_BYTES = 1 << 20  # GitHub refuses a larger summary of one step altogether


def check_output(path: Path) -> None:
    """Check that a report can be written to a path, before the work that leads to it is done.

    Raises
    ------
    UsageError
        The path is a folder, a device or another special file, has the name of a contract, or lies below
        what is no folder.
    """
    above = next((folder for folder in path.parents if os.path.lexists(folder)), Path())
    if not os.path.isdir(above):  # noqa: PTH112 - says no, and does not fail, where it may not look
        raise UsageError(
            f"cannot write {path}: {above} is no folder",
            why="a report is one file in a folder",
            fix="correct the path",
        )
    if os.path.isdir(path):  # noqa: PTH112 - as above
        raise UsageError(
            f"cannot write {path}: it is a folder",
            why="a report is one file",
            fix="name a file in it",
        )
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - as above
        raise UsageError(
            f"cannot write {path}: it is no regular file",
            why="a report takes the place of a file as a whole, which a device or a pipe has not",
            fix="leave the option out and redirect standard output",
        )
    if path.suffix in _CONTRACT_SUFFIXES or _resolve(path).suffix in _CONTRACT_SUFFIXES:
        raise UsageError(
            f"cannot write {path}: it has the name of a contract",
            why="no report is YAML, and `pv validate` would read it as a contract",
            fix="name a file with another ending",
        )


def write_document(path: Path, document: str, report: Report) -> None:
    """Write a document, in UTF-8, in place of what the file held; a symbolic link stays.

    Raises
    ------
    UsageError
        The system refuses it, or the report is about that file.
    """
    check_output(path)
    target = _resolve(path)
    names = [*(entry.path for entry in report.contracts), *(entry.path for entry in report.diagnostics)]
    if any(_resolve(Path(name)) == target for name in names if name) and path.exists():
        raise UsageError(
            f"cannot write {path}: the report is about this file",
            why="a report does not take the place of what it speaks about",
            fix="name another file",
        )
    write_content(path, document.encode("utf-8", "backslashreplace"))


def write_content(path: Path, content: bytes) -> None:
    """Write content in place of what a file held; a symbolic link stays.

    Raises
    ------
    UsageError
        The path is none that a report may have, or the system refuses it.
    """
    check_output(path)
    target = _resolve(path)
    try:
        if target.exists():
            replace_file(target, content, expected=target.read_bytes())
        else:
            create_file(target, content)
    except (PvError, OSError) as error:
        reason = error.what if isinstance(error, PvError) else (error.strerror or str(error)).lower()
        raise UsageError(
            reason if isinstance(error, PvError) else f"cannot write {path.name}: {reason}",
            where=str(path),
            why="a report is written whole or not at all",
            fix="check the permissions and the free space of the folder",
        ) from error


def append_step_summary(file: Path, render: Callable[[int], tuple[str, int]]) -> Iterator[str]:
    """Append to the summary of a step what it has room for, and give a line for each thing to say.

    ``render`` makes the text for a number of bytes, and counts what is left out. A summary that cannot be
    written does not change the result of the command.
    """
    try:
        size = file.stat().st_size if file.exists() else 0
        start = b"\n" if size else b""
        text, left = render(_STEP_SUMMARY_BYTES - size - len(start))
        if text:
            with file.open("ab") as stream:
                stream.write(start + text.encode())
    except OSError as error:
        yield f"pv: cannot write the step summary: {(error.strerror or str(error)).lower()}"
        return
    if left or not text:
        yield f"pv: the step summary is cut, it holds 1 MiB: {left} findings are left out of it"


def find_working_folder() -> str | None:
    """Return the absolute working folder; None where it is gone."""
    try:
        return os.getcwd()  # noqa: PTH109 - text, as the reports have it
    except OSError:
        return None


def find_place_in_workspace() -> str:
    """Return the working folder as seen from the folder of GITHUB_WORKSPACE, with a slash at its end.

    Empty where they are the same, or the working folder does not lie below it.
    """
    workspace, folder = os.environ.get("GITHUB_WORKSPACE"), find_working_folder()
    if not workspace or folder is None:
        return ""
    relative = os.path.relpath(os.path.realpath(folder), os.path.realpath(workspace))
    return "" if relative == "." or relative.split("/")[0] == ".." else f"{relative}/"


def _resolve(path: Path) -> Path:
    return Path(os.path.realpath(path))
