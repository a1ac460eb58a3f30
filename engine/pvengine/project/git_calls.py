"""How git is called: the user's own program, which is asked and changes nothing.

What a repository of a stranger could bring along stays out: no hook, no file system monitor, no filter of a
diff and no text conversion belongs to a question, and fetching what a partial clone lacks is forbidden.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from pvengine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from subprocess import CompletedProcess

__all__ = ["SAFE_OPTIONS", "ask_git", "find_git", "list_answers", "make_environment", "run_git"]

SAFE_OPTIONS = ("--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""Options of every question."""

_TIMEOUT_S = 60.0
_KEPT_VARIABLES = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"})
"""Variables that say where the user's own configuration stands; others bind git to one repository."""
_QUESTION_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def make_environment(*, is_question: bool = True) -> dict[str, str]:
    """Make the environment in which git runs; a question may not fetch, lock or ask back."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT_VARIABLES
    }
    return kept | (_QUESTION_VARIABLES if is_question else {})


def find_git() -> str | None:
    """Return the path of git; None where it is not installed, or is a program of the working folder."""
    git = shutil.which("git")
    return git if git is not None and os.path.isabs(git) else None  # noqa: PTH117 - a text


def ask_git(folder: Path, *arguments: str, given: bytes = b"") -> CompletedProcess[bytes]:
    """Ask git in a folder, whatever it answers; UsageError where it cannot be run."""
    import subprocess  # noqa: PLC0415 - many commands look at no repository

    git = find_git()
    if git is None:
        raise UsageError(
            "git cannot be run: it is not installed",
            why="other versions of a file are read from the objects of git",
            fix="install git, or name two files",
        )
    try:
        return subprocess.run(  # noqa: S603 - the user's own git, with a fixed command
            [git, *SAFE_OPTIONS, "-C", str(folder), *arguments],
            input=given,
            capture_output=True,
            env=make_environment(),
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _say_failure(str(error)) from error


def run_git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Ask git in a folder and return what it prints; UsageError with its own words where it fails."""
    done = ask_git(folder, *arguments, given=given)
    if done.returncode:
        raise _say_failure(os.fsdecode(done.stderr))
    return done.stdout


def list_answers(output: bytes) -> Sequence[str]:
    """List the texts of an answer that ends each with a zero byte."""
    return [os.fsdecode(text) for text in output.split(b"\0") if text]


def _say_failure(said: str) -> UsageError:
    first = next(iter(said.strip().splitlines()), "it ended without a word")
    return UsageError(
        f"git cannot answer: {first}",
        why="other versions of a file are read from the objects of git",
        fix="run it in a working tree of the repository, or name two files",
    )
