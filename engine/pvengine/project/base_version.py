"""The version of a contract that a commit has, to compare the one in the working tree with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.loading.contract_file import load_contract
from pvengine.project.git_calls import ask_git
from pvengine.project.git_objects import read_git_file
from pvengine.project.ignored import find_repository

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.loading.contract_file import LoadedContract

__all__ = ["load_base_version"]

_WHY = "an edit is what differs from the version that a commit has"


def load_base_version(path: Path, base: str) -> LoadedContract:
    """Load a contract as a commit has it, under the name that its file has now.

    Parameters
    ----------
    path
        The file in the working tree, without symbolic links.
    base
        A commit or tree as git names it.

    Raises
    ------
    UsageError
        There is no repository, no such commit, or the commit does not have the file.
    ContractError
        What the commit has is no YAML document that can be a contract.
    """
    if not base.strip():
        raise UsageError("the base is empty", why=_WHY, fix="name a commit in --base, such as HEAD")
    if find_repository(os.path.realpath(path.parent)) is None:
        raise UsageError(
            f"{path.name} is in no git repository",
            where=str(path.parent),
            why=_WHY,
            fix="run it in a repository, whose commits have the version before the edit",
        )
    name = f"./{path.name}"
    try:
        raw = read_git_file(path.parent, base, name)
    except UsageError as error:
        if _is_known(path.parent, f"{base}^{{tree}}") and not _is_known(path.parent, f"{base}:{name}"):
            raise _say_new(path, base) from error
        raise
    return load_contract(path, f"{base}:{name}", raw)


def _is_known(folder: Path, name: str) -> bool:
    return not ask_git(folder, "rev-parse", "--quiet", "--verify", "--end-of-options", name).returncode


def _say_new(path: Path, base: str) -> UsageError:
    return UsageError(
        f"{base} does not have {path.name}: the contract is new, and needs no bump",
        why=_WHY,
        fix="commit it with the version that it has; if it was renamed, name a commit that has the new name",
    )
