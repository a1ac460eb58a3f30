"""Mend what can be mended with certainty in the files of a run: show the change, or write it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, Diagnostic
from pvengine.errors import UsageError
from pvengine.lint.fixing.fixes import settle_fixes, write_fixes
from pvengine.lint.silencing.suppressions import find_suppressions
from pvengine.project.inspection import Inspector
from pvengine.project.setting_aside import set_aside
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.lint.fixing.fixes import Fixed, Refused
    from pvengine.project.contract_bytes import ContractBytes
    from pvengine.project.workspace import Workspace
    from pvengine.yamldoc import Document

__all__ = ["Mended", "mend_files"]


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended in a run: the diff over all files, the findings that are gone, those that stay."""

    diff: str
    applied: tuple[Diagnostic, ...]
    refused: tuple[Refused, ...]


def mend_files(workspace: Workspace, files: Iterable[ContractBytes], *, is_written: bool) -> Mended:
    """Mend the findings of each file that are not set aside; a file that cannot be read is left alone.

    Raises
    ------
    ChangedFileError
        A file changed since it was read; it is left as it is, and those before it are mended.
    UsageError
        A file cannot be written.
    """
    inspector = Inspector(workspace)
    diff, applied, refused = "", list[Diagnostic](), list["Refused"]()
    for file in files:
        fixed = _mend(inspector, workspace, file)
        if fixed is None:
            continue
        applied += fixed.applied
        refused += fixed.refused
        diff += fixed.diff
        if is_written and fixed.content != file.raw:
            write_fixes(_find_target(file, workspace), file.raw, fixed.content)
    return Mended(diff, tuple(applied), tuple(refused))


def _find_target(file: ContractBytes, workspace: Workspace) -> Path:
    """Return the file to write; a link of a project never leads a write out of it."""
    target = Path(os.path.realpath(file.path))
    if file.path.is_symlink() and not target.is_relative_to(os.path.realpath(workspace.root)):
        raise UsageError(
            f"{file.shown} leads out of the project, to {target}",
            why="what is mended is written in place, and that place is not the project's",
            fix="name the file that the link leads to",
        )
    return target


def _mend(inspector: Inspector, workspace: Workspace, file: ContractBytes) -> Fixed | None:
    def find(document: Document) -> Iterable[Diagnostic]:
        outcome = inspector.inspect(file.path, file.shown, document.raw)
        return set_aside(outcome.findings, find_suppressions(document), workspace).findings

    try:
        document = read_document(file.raw, file.shown)
    except ContractError:
        return None
    return settle_fixes(document, find)
