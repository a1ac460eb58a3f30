"""Where a project is, what it configures, and which files are its contracts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import NothingToCheckError, UsageError
from pvengine.project.discovery import (
    FoundFiles,
    find_contract_files,
    find_project,
    report_missing_path,
    show_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pvengine.project.cache import Cache
    from pvengine.project.configuration import Configuration

__all__ = ["PathLike", "Workspace", "open_workspace", "open_workspace_of", "say_nothing"]

PathLike = str | Path


@dataclass(frozen=True)
class Workspace:
    """The root of a project and its configuration."""

    root: Path
    configuration: Configuration
    configuration_file: Path | None = None

    def contract_files(self, paths: Iterable[PathLike] = ()) -> list[Path]:
        """List the contracts at the paths; those of the configuration where none is given.

        Raises
        ------
        UsageError
            A path does not exist. Of configured ones only where others do: a new project has none yet.
        """
        return list(self.find_contracts(paths).files)

    def find_contracts(self, paths: Iterable[PathLike] = ()) -> FoundFiles:
        """Find the same, and count what git ignores."""
        given = [Path(path) for path in paths]
        if given:
            return find_contract_files(given)
        configured = [self.root / path for path in self.configuration.contracts]
        if self.configuration_file is None:  # no project said so: do not walk through a whole home folder
            return find_contract_files(configured, is_deep=False)
        missing = [path for path in configured if not path.exists()]
        if missing and len(missing) < len(configured):
            raise UsageError(
                f"there is no {show_path(missing[0])}, which the configuration names under `contracts`",
                where=show_path(self.configuration_file),
                why="contracts that are not found would not be checked, and nobody would notice",
                fix="correct the entry or delete it",
            )
        return find_contract_files(path for path in configured if path not in missing)


def open_workspace(path: PathLike = ".", *, cache: Cache | None = None) -> Workspace:
    """Open the project that a file or folder belongs to.

    Raises
    ------
    UsageError
        The path does not exist, or the configuration cannot be read.
    """
    start = Path(path)
    if not (start.exists() or start.is_symlink()):
        raise report_missing_path(start)
    return Workspace(*find_project(start, cache))


def open_workspace_of(paths: Sequence[Path], *, cache: Cache | None = None) -> Workspace:
    """Open the project of the paths, or that of the working folder where there are none.

    Raises
    ------
    UsageError
        A path does not exist, or two belong to projects with other configurations.
    """
    first, *others = paths or [Path()]
    workspace = open_workspace(first, cache=cache)
    for path in others:
        other = open_workspace(path, cache=cache)
        if other.configuration_file != workspace.configuration_file:
            raise UsageError(
                f"{first} and {path} belong to different projects",
                why="the configuration of one project says nothing about the contracts of another",
                fix="run the command once for each project",
            )
    return workspace


def say_nothing(workspace: Workspace, *, foreign: int = 0) -> NothingToCheckError:
    """Return the error for a run without contracts, which is no success.

    ``foreign`` files were read and are none.
    """
    if foreign:
        which = (
            "the file that was read is no" if foreign == 1 else f"none of {foreign} files that were read is a"
        )
        return NothingToCheckError(
            f"{which} contract",
            where=show_path(workspace.configuration_file or workspace.root),
            why="zero checked is never green",
            fix="name a contract, or leave these files out",
        )
    folders = [show_path(workspace.root / name) for name in workspace.configuration.contracts]
    return NothingToCheckError(
        f"no contract was found; those of the project are looked for in {', '.join(folders) or 'no folder'}",
        where=show_path(workspace.configuration_file or workspace.root),
        why="zero checked is never green",
        fix="name a contract, correct `contracts` in the configuration, or run `pv new CONTRACT-ID`",
    )
