"""Read a file as a commit has it, from the objects of git: nothing is checked out, fetched or run.

What a repository of a stranger could bring along stays out: no hook, no file system monitor, no filter and no
text conversion belongs to these questions, and fetching what a partial clone lacks is forbidden.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from pvengine.diagnostics import ContractError, get_rule
from pvengine.errors import UsageError
from pvengine.loading.reading import MAX_BYTES

__all__ = ["read_git_file"]

_TIMEOUT_S = 60.0
_KEPT_VARIABLES = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"})
"""Variables that say where the user's own configuration stands; others bind git to one repository."""
_SET_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OPTIONS = ("--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
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
    answer = _run_git(folder, "cat-file", "--batch-check", *follows, given=os.fsencode(question))
    lines = os.fsdecode(answer).split("\n")
    found = _FOUND.fullmatch(lines[0])
    if found is None:
        is_known = not revision or any(_FOUND.fullmatch(line) for line in lines[1:])
        if _LOST_LINK.fullmatch(lines[0]):
            raise _refuse(name, "a symbolic link on the way leads to nothing that the revision has")
        if is_known and not _ask_git(folder, "rev-parse", "--verify", "--end-of-options", name).returncode:
            raise _refuse(name, "it is a submodule, or was not fetched into this clone")
        raise _say_missing(name, revision, path, is_known=is_known, answer=lines[0])
    if found["kind"] != "blob":
        raise _refuse(name, f"it is {_KINDS[found['kind']]} there, and no file")
    size = int(found["size"])
    if size > limit:
        message = f"the file has {size:,} bytes, and at most {limit:,} are read ({limit // 2**20} MiB)"
        raise ContractError("the file is too large", [get_rule("PV113").report(message, name)], where=name)
    return _run_git(folder, "cat-file", "blob", found["id"])


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


def _run_git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Run git and return what it prints; UsageError with git's own words where it fails."""
    done = _ask_git(folder, *arguments, given=given)
    if done.returncode:
        raise _say_failure(os.fsdecode(done.stderr))
    return done.stdout


def _ask_git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git, whatever it says; UsageError where it cannot be run."""
    git = shutil.which("git")
    if git is None or not Path(git).is_absolute():  # a program of the working folder is not wanted
        raise UsageError(
            "git cannot be run: it is not installed",
            why="REF:path is read from the objects of git",
            fix="install git, or name two files",
        )
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT_VARIABLES
    }
    try:
        return subprocess.run(  # noqa: S603 - the user's own git, with a fixed command
            [git, *_OPTIONS, "-C", str(folder), *arguments],
            input=given,
            capture_output=True,
            env=kept | _SET_VARIABLES,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _say_failure(str(error)) from error


def _say_failure(said: str) -> UsageError:
    first = next(iter(said.strip().splitlines()), "it ended without a word")
    return UsageError(
        f"git cannot answer: {first}",
        why="REF:path is read from the objects of git",
        fix="run it in a working tree of the repository, or name two files",
    )
