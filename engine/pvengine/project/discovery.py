"""Find the project that a path belongs to, and the contracts that a project has."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.project.configuration import Configuration, find_configuration, read_configuration
from pvengine.project.ignored import TIMEOUT_S, find_ignored, find_repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pvengine.project.cache import Cache

__all__ = [
    "FoundFiles",
    "find_contract_files",
    "find_project",
    "iter_contract_files",
    "list_contract_files",
    "report_missing_path",
    "show_path",
]

_SUFFIXES = (".yaml", ".yml")


def find_project(start: Path, cache: Cache | None = None) -> tuple[Path, Configuration, Path | None]:
    """Find the root, the configuration and the configuration file of the project around a path.

    The root is the nearest ancestor that has a configuration, else the git root, else the folder itself.
    Without a configuration the contracts are those of the folder.
    """
    folder = start if start.is_dir() else start.parent
    folder = type(folder)(os.path.realpath(folder))  # `resolve` would raise RuntimeError at a loop of links
    for ancestor in (folder, *folder.parents):
        file = find_configuration(ancestor)
        if file is not None:
            return ancestor, read_configuration(file, cache), file
    root = next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
    return root, Configuration(contracts=(os.path.relpath(folder, root),)), None


@dataclass(frozen=True)
class FoundFiles:
    """The contracts at some paths, each file once, and how many more git ignores."""

    files: tuple[Path, ...]
    ignored: int = 0


def iter_contract_files(folder: Path, *, is_deep: bool = True) -> Iterator[Path]:
    """Iterate over the YAML files below a folder, in stable order; evidence and hidden folders left out.

    With ``is_deep`` false only those of the folder itself. What git ignores is among them. Symbolic links to
    folders are not followed, so that no loop of them is walked.
    """
    for current, _, names in _walk(folder, is_deep=is_deep):
        here = type(folder)(current)
        for name in names:
            yield here / name


def _walk(folder: Path, *, is_deep: bool) -> Iterator[tuple[str, bool, list[str]]]:
    """Yield each folder, whether a repository begins in it, and the names of its YAML files.

    Not by `os.walk`, which calls itself for each level: a path can have more levels than Python has frames.
    """
    own = os.path.realpath(sys.prefix)
    waiting = [os.fspath(folder)]
    while waiting:
        current = waiting.pop()
        names, folders = _list_folder(current)
        if "pyvenv.cfg" in names and os.path.realpath(current) == own:
            continue  # the environment that pv runs in: what is installed there is not the project's
        # A folder of such a name is no contract; it is among them so that it is said to be none.
        yield current, ".git" in names, [name for name in names if _is_visible(name, _SUFFIXES)]
        if is_deep:
            descended = [name for name in folders if name != "evidence" and _is_visible(name)]
            waiting += [os.path.join(current, name) for name in reversed(descended)]  # noqa: PTH118 - text is faster


def _is_visible(name: str, suffixes: str | tuple[str, ...] = "") -> bool:
    return name.lower().endswith(suffixes) and not name.startswith(".")


def _list_folder(folder: str) -> tuple[list[str], list[str]]:
    """List the names in a folder, and those of them that are folders and no symbolic links, sorted."""
    try:
        with os.scandir(folder) as entries:
            found = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    except OSError as error:
        raise UsageError(
            f"cannot list {error.filename}: {(error.strerror or str(error)).lower()}",
            why="a contract in it would go unchecked",
            fix="name the contracts, or run `pv init` in the folder of the project",
        ) from error
    names = sorted(found)
    return names, [name for name in names if found[name]]


def list_contract_files(paths: Iterable[Path]) -> list[Path]:
    """List the contracts of files and folders, each once, without those that git ignores in the folders.

    Raises
    ------
    UsageError
        A path does not exist.
    """
    return list(find_contract_files(paths).files)


def find_contract_files(paths: Iterable[Path], *, is_deep: bool = True) -> FoundFiles:
    """Find the contracts of files and folders, each once, and count those that git ignores.

    A file that is named is always among them. A folder that is named is searched also where git ignores it
    as a whole; with ``is_deep`` false its folders are not.

    Raises
    ------
    UsageError
        A path does not exist, or a folder cannot be listed.
    """
    found: dict[str, Path] = {}
    left_out: set[str] = set()
    for path in paths:
        if path.is_dir():
            search = _search(path, is_deep=is_deep)
            ignored = search.find_ignored()
            for real, file in search.files.items():
                if real in ignored:
                    left_out.add(os.path.realpath(real))
                else:
                    found.setdefault(os.path.realpath(real), file)
        elif os.path.lexists(path):
            found.setdefault(os.path.realpath(path), path)
        else:
            raise report_missing_path(path)
    return FoundFiles(tuple(found.values()), len(left_out - found.keys()))


@dataclass
class _Search:
    """The YAML files below a folder, and the repositories that they belong to.

    Every text here is a path whose folders are no symbolic links, as git wants it.
    """

    top: str
    files: dict[str, Path] = field(default_factory=dict)
    repositories: dict[str, list[str]] = field(default_factory=dict)
    outer: dict[str, str] = field(default_factory=dict)

    def find_ignored(self) -> frozenset[str]:
        """Find the files that git ignores, by themselves or with a repository that lies in another."""
        ignored: set[str] = set()
        deadline = time.monotonic() + TIMEOUT_S
        for repository, files in self.repositories.items():  # an outer one stands before those in it
            if repository in ignored or self.outer.get(repository) in ignored:
                ignored.update((repository, *files))
                continue
            inner = [each for each, around in self.outer.items() if around == repository]
            asked = [*files, *inner, *([self.top] if self.top != repository else [])]
            answer = find_ignored(repository, asked, deadline) if files or inner else frozenset()
            if self.top not in answer:
                ignored |= answer
        return frozenset(ignored)


def _search(folder: Path, *, is_deep: bool) -> _Search:
    """Walk through a folder, and note to which repository each file belongs."""
    top = os.path.realpath(folder)
    search = _Search(top)
    around: dict[str, str | None] = {top: find_repository(top)}
    for current, is_repository, names in _walk(folder, is_deep=is_deep):
        here = os.path.normpath(os.path.join(top, os.path.relpath(current, folder)))  # noqa: PTH118 - text is faster
        repository = around.get(here, around.get(os.path.dirname(here)))  # noqa: PTH120 - as above
        if is_repository and repository != here:
            if repository is not None:
                search.outer[here] = repository
            repository = here
        around[here] = repository
        files = {os.path.join(here, name): type(folder)(current) / name for name in names}  # noqa: PTH118 - as above
        search.files |= files
        if repository is not None:
            search.repositories.setdefault(repository, []).extend(files)
    return search


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
