"""Find the project that a path belongs to, and the contracts that a project has."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.project.configuration import Configuration, find_configuration, read_configuration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["find_project", "iter_contract_files", "list_contract_files", "report_missing_path", "show_path"]

_SUFFIXES = (".yaml", ".yml")


def find_project(start: Path) -> tuple[Path, Configuration, Path | None]:
    """Find the root, the configuration and the configuration file of the project around a path.

    The root is the nearest ancestor that has a configuration, else the git root, else the folder itself.
    Without a configuration the contracts are those of the folder.
    """
    folder = start if start.is_dir() else start.parent
    folder = folder.resolve()
    for ancestor in (folder, *folder.parents):
        file = find_configuration(ancestor)
        if file is not None:
            return ancestor, read_configuration(file), file
    root = next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
    return root, Configuration(contracts=(os.path.relpath(folder, root),)), None


def iter_contract_files(folder: Path, *, is_deep: bool = True) -> Iterator[Path]:
    """Iterate over the YAML files below a folder, in stable order; evidence and hidden folders left out.

    With ``is_deep`` false only those of the folder itself.
    """
    for current, folders, files in os.walk(folder, onerror=_raise):
        descended = [name for name in folders if name != "evidence" and not name.startswith(".")]
        folders[:] = sorted(descended) if is_deep else []
        here = type(folder)(current)
        for name in sorted(files):
            if name.endswith(_SUFFIXES) and not name.startswith("."):
                yield here / name


def _raise(error: OSError) -> None:
    """Fail at a folder that cannot be read, which `os.walk` would pass over without a word."""
    raise UsageError(
        f"cannot list {error.filename}: {(error.strerror or str(error)).lower()}",
        why="a contract in it would go unchecked",
        fix="name the contracts, or run `pv init` in the folder of the project",
    ) from error


def list_contract_files(paths: Iterable[Path]) -> list[Path]:
    """List the contracts of files and folders, each once.

    Raises
    ------
    UsageError
        A path does not exist.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            for file in iter_contract_files(path):
                found.setdefault(file.resolve(), file)
        elif path.exists() or path.is_symlink():
            found.setdefault(path.resolve(), path)
        else:
            raise report_missing_path(path)
    return list(found.values())


def report_missing_path(path: Path) -> UsageError:
    """Return the error for a path that does not exist, with the name that was probably meant."""
    folder = path.parent
    names = sorted(child.name for child in folder.iterdir()) if folder.is_dir() else []
    near = get_close_matches(path.name, names, n=1)
    shown = show_path(folder / near[0]) if near else ""
    return UsageError(
        f"there is no {show_path(path)}",
        why="a path is looked for from the working folder",
        fix=f"did you mean {shown}?" if near else "check the path, or run `pv status` to see the contracts",
    )


def show_path(path: Path) -> str:
    """Return a path as messages show it: relative to the working folder where it lies below it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative.replace(os.sep, "/")
