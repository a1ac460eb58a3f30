"""Which paths of a repository are contracts, by the configuration of now and by that of the base."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pvengine.errors import UsageError
from pvengine.project.configuration import select_table
from pvengine.project.git_calls import list_answers, run_git
from pvengine.project.git_objects import read_git_file

if TYPE_CHECKING:
    from pvengine.project.git_changes import Base, ChangedFiles
    from pvengine.project.workspace import Workspace

__all__ = ["ConfiguredContracts", "read_configured"]

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class ConfiguredContracts:
    """Folders and files with contracts, as paths from the top of the repository; `.` is the top itself.

    Attributes
    ----------
    now, before
        By the configuration of the working tree, and by that of the base.
    is_deep, was_deep
        Whether folders below count, too: not where no configuration names them.
    table_before
        The table `[tool.pv]` of the base; None where the base has no configuration.
    base_files
        The files of the base below the folders that only its configuration names.
    """

    now: tuple[str, ...]
    before: tuple[str, ...]
    is_deep: bool
    table_before: dict[str, Any] | None
    was_deep: bool = True
    base_files: tuple[str, ...] = ()

    def is_contract(self, path: str) -> bool:
        """Whether a file of this path is a contract of the project."""
        return _is_below(path, self.now, is_deep=self.is_deep)

    def was_contract(self, path: str) -> bool:
        """Whether a file of this path was one by the configuration of the base."""
        return _is_below(path, self.before, is_deep=self.was_deep)

    def list_dropped(self, top: Path) -> list[str]:
        """List the contracts of the base whose files are there, and that the configuration leaves out now."""
        return [
            path
            for path in self.base_files
            if self.was_contract(path) and not self.is_contract(path) and (top / path).exists()
        ]


def _is_below(path: str, folders: tuple[str, ...], *, is_deep: bool) -> bool:
    pure = PurePosixPath(path)
    if not pure.name.lower().endswith(_SUFFIXES) or pure.name.startswith("."):
        return False
    for folder in folders:
        if folder == path:
            return True
        below = pure if folder == "." else pure.relative_to(folder) if pure.is_relative_to(folder) else None
        if below is None:
            continue
        parts = below.parts[:-1]
        if (is_deep or not parts) and not any(part == "evidence" or part.startswith(".") for part in parts):
            return True
    return False


def read_configured(workspace: Workspace, top: Path, base: Base, files: ChangedFiles) -> ConfiguredContracts:
    """Read which paths are contracts now, and which were by what the base has as configuration.

    The configuration of the base is looked for as that of now is, from the folder of the project upwards.
    """
    now = _normalise(top, workspace.root, workspace.configuration.contracts)
    is_deep = workspace.configuration_file is not None
    configured = ConfiguredContracts(now, now, is_deep, None, was_deep=is_deep)
    found = _find_table(top, base.tip, workspace.root)
    if found is None:
        return configured
    folder, table, path = found
    configured = replace(configured, table_before=table)
    if path not in files.every and is_deep:
        return configured
    entries = table.get("contracts", ("contracts",))
    texts = [each for each in entries if isinstance(each, str)] if isinstance(entries, list | tuple) else []
    before = _normalise(top, folder, tuple(texts))
    is_less = not is_deep or any(each not in now for each in before)
    base_files = list_answers(run_git(top, "ls-tree", "-r", "-z", "--name-only", base.tip)) if is_less else ()
    return replace(configured, before=before, was_deep=True, base_files=tuple(base_files))


def _normalise(top: Path, root: Path, entries: tuple[str, ...]) -> tuple[str, ...]:
    """Return the entries of a configuration as paths from the top; folders behind links as what they are."""
    real = os.path.realpath(top)
    paths = (os.path.relpath(os.path.realpath(root / entry), real) for entry in entries)
    return tuple(path.replace(os.sep, "/") for path in paths)


def _find_table(top: Path, commit: str, root: Path) -> tuple[Path, dict[str, Any], str] | None:
    """Find the configuration of the base: its folder, its table and its path; None where there is none."""
    real = Path(os.path.realpath(top))
    here = Path.cwd()
    start = here if here.is_relative_to(root) else root  # without a configuration, the root is the top
    start = Path(os.path.realpath(start))
    for folder in (start, *start.parents):
        if not folder.is_relative_to(real):
            return None
        for name in ("pv.toml", "pyproject.toml"):
            path = (folder.relative_to(real) / name).as_posix()
            table = _read_table(top, commit, path)
            if table is not None:
                return folder, table, path
    return None


def _read_table(top: Path, commit: str, path: str) -> dict[str, Any] | None:
    """Read the configuration of the base; None where it has none that can be read."""
    try:
        data = tomllib.loads(read_git_file(top, commit, path).decode("utf-8-sig"))
    except (UsageError, ValueError):
        return None
    table = select_table(PurePosixPath(path).name, data)
    return table if isinstance(table, dict) else None
