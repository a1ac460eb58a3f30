"""Read a file as a commit has it, from the objects of git: nothing is checked out, fetched or run."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, get_rule
from pvengine.errors import UsageError
from pvengine.loading.reading import MAX_BYTES
from pvengine.project.git_calls import ask_git, run_git

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_git_file"]

_FOUND = re.compile(r"(?P<id>[0-9a-f]{40,64}) (?P<kind>\w+) (?P<size>\d+)")
_LOST_LINK = re.compile(r"(?:dangling|loop|symlink) \d+")
_KINDS = {"tree": "a folder", "commit": "a commit", "tag": "a tag"}


def read_git_file(folder: Path, revision: str, path: str, limit: int = MAX_BYTES) -> bytes:
    """Read the bytes of a file in a revision; symbolic links inside the revision are followed.

    Parameters
    ----------
    folder
        Where git is asked: any folder of the working tree.
    revision
        A name of a commit or tree as git reads it; empty for what is staged.
    path
        From the top of the repository; from ``folder`` where it begins with ``./`` or ``../``.
    limit
        Largest file that is read, in bytes.

    Raises
    ------
    UsageError
        git is not there, the folder is in no repository, or it has no such revision, path or file.
    ContractError
        The file is larger than ``limit`` (PV113).
    """
    name = f"{revision}:{path}"
    if "\n" in name or "\0" in name:
        raise _refuse(name, "a name with a line break is none that git can be asked for")
    follows = ["--follow-symlinks"] if revision else []
    question = f"{name}\n{revision}^{{tree}}\n" if revision else f"{name}\n"
    answer = run_git(folder, "cat-file", "--batch-check", *follows, given=os.fsencode(question))
    lines = os.fsdecode(answer).split("\n")
    found = _FOUND.fullmatch(lines[0])
    if found is None:
        is_known = not revision or any(_FOUND.fullmatch(line) for line in lines[1:])
        if _LOST_LINK.fullmatch(lines[0]):
            raise _refuse(name, "a symbolic link on the way leads to nothing that the revision has")
        if is_known and not ask_git(folder, "rev-parse", "--verify", "--end-of-options", name).returncode:
            raise _refuse(name, "it is a submodule, or was not fetched into this clone")
        raise _say_missing(name, revision, path, is_known=is_known, answer=lines[0])
    if found["kind"] != "blob":
        raise _refuse(name, f"it is {_KINDS[found['kind']]} there, and no file")
    size = int(found["size"])
    if size > limit:
        message = f"the file has {size:,} bytes, and at most {limit:,} are read ({limit // 2**20} MiB)"
        raise ContractError("the file is too large", [get_rule("PV113").report(message, name)], where=name)
    return run_git(folder, "cat-file", "blob", found["id"])


def _say_missing(name: str, revision: str, path: str, *, is_known: bool, answer: str) -> UsageError:
    if answer.endswith("ambiguous"):
        return _refuse(name, f"{revision!r} is the beginning of several names", "write more of it")
    if is_known:
        where = repr(revision) if revision else "what is staged"
        return _refuse(
            name, f"there is no {path!r} in {where}", "write the path from the top of the repository"
        )
    return _refuse(
        name,
        f"git knows no revision {revision!r}",
        "check the name; a shallow clone has only what was fetched: fetch it, or `git fetch --unshallow`",
    )


def _refuse(name: str, reason: str, fix: str | None = None) -> UsageError:
    return UsageError(
        f"cannot read {name}: {reason}",
        why="REF:path names a file as a commit has it",
        fix=fix or "name a file, or REF:path of one",
    )
