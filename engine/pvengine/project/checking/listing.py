"""The contracts of a project as git lists them: no walk through folders with thousands of records."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.project.git_calls import list_answers, run_git

if TYPE_CHECKING:
    from pvengine.project.checking.configured import ConfiguredContracts
    from pvengine.project.git_changes import ChangedFiles

__all__ = ["list_contracts"]

_SUBMODULE = "160000"


def list_contracts(files: ChangedFiles, configured: ConfiguredContracts) -> dict[str, str]:
    """List the contracts of the working tree that git tracks or could, each once.

    Returns
    -------
    dict
        Path of each contract from the top of the repository, and of the file that holds it: another one
        where it is a symbolic link. Of several links to one contract the first stands for it.

    Raises
    ------
    UsageError
        Contracts lie in a submodule, or in another repository inside this one.
    """
    found = {path for path in files.added if configured.is_contract(path)}
    for entry in _list_entries(files, configured):
        facts, _, path = entry.partition("\t")
        if facts.startswith(_SUBMODULE):
            raise _refuse(path)
        if configured.is_contract(path):
            found.add(path)
    top = os.path.realpath(files.top)
    listed: dict[str, str] = {}
    links: dict[str, str] = {}
    for path in sorted(found):
        full = f"{top}/{path}"
        if os.path.islink(full):  # noqa: PTH114 - thousands of names: text is faster
            links[path] = os.path.relpath(os.path.realpath(full), top).replace(os.sep, "/")
        elif os.path.lexists(full):
            listed[path] = path
    for path, target in links.items():
        if target not in listed.values():
            listed[path] = target
    return dict(sorted(listed.items()))


def _refuse(path: str) -> UsageError:
    return UsageError(
        f"{path} is a repository of its own: what changed in its contracts is in no commit of this one",
        why="a change is told by the commits of the repository that has the files",
        fix=f"run `pv check` in {path}, or leave it out of `contracts`",
    )


def _list_entries(files: ChangedFiles, configured: ConfiguredContracts) -> list[str]:
    """List mode, object and path of what git tracks below the configured folders, records left out."""
    folders = [f":(top,literal){folder}" if folder != "." else ":(top)" for folder in configured.now]
    if not folders:
        return []
    for folder in configured.now:
        for path in (PurePosixPath(folder), *PurePosixPath(folder).parents):
            if str(path) != "." and (files.top / path / ".git").exists():
                raise _refuse(str(path))
    records = ":(top,exclude,glob)**/evidence/**"
    return list(list_answers(run_git(files.top, "ls-files", "-z", "--stage", "--", *folders, records)))
