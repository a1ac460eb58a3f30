"""Ask git which files it ignores, without running anything that a repository could bring along.

A repository of a stranger may name programs in its configuration. The one that this question would start, a
file system monitor, is switched off; fetching is forbidden; no hook belongs to it. What git cannot answer
(no git, no repository, an error, no answer within `TIMEOUT_S`) is not ignored: a question that fails must
not make a contract go unchecked.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from pvengine.project.git_calls import SAFE_OPTIONS, find_git, make_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TIMEOUT_S", "find_ignored", "find_repository"]

TIMEOUT_S = 20.0
"""Time that git has for all answers of one search; it takes some milliseconds for a thousand files."""

_MOST_CALLS = 40
"""Most questions about one repository: more than one where git refuses single paths."""
_COMMAND = ("check-ignore", "--stdin", "-z")
_ANSWERS = (0, 1)
"""Exit codes of an answer: some of the paths are ignored, none is."""


def find_repository(folder: str) -> str | None:
    """Return the nearest folder, this or one above it, that holds a `.git`; None where there is none."""
    while not os.path.lexists(os.path.join(folder, ".git")):  # noqa: PTH118 - thousands of names: text is faster
        parent = os.path.dirname(folder)  # noqa: PTH120 - as above
        if parent == folder:
            return None
        folder = parent
    return folder


def find_ignored(repository: str, paths: Sequence[str], deadline: float) -> frozenset[str]:
    """Find those of the paths that git ignores; tracked files are never among them.

    Parameters
    ----------
    repository
        Top folder of the repository, without symbolic links in its path.
    paths
        Absolute paths below it. None lies behind a symbolic link or in another repository: git refuses
        these, and then each half of the paths is asked about apart.
    deadline
        Value of `time.monotonic` from which on git is not waited for.
    """
    git = find_git()
    if git is None:
        return frozenset()
    command = [git, *SAFE_OPTIONS, "-C", repository, *_COMMAND]
    answer = _ask(command, paths, deadline)
    if answer is not None:
        return frozenset(answer)
    if _ask(command, (), deadline) is None:
        return frozenset()  # it is not the paths: git answers nothing about this repository
    ignored: set[str] = set()
    waiting = _halve(paths)
    for _ in range(_MOST_CALLS):
        if not waiting:
            break
        asked = waiting.pop()
        answer = _ask(command, asked, deadline)
        if answer is None:
            waiting += _halve(asked)
        else:
            ignored.update(answer)
    return frozenset(ignored)


def _halve(paths: Sequence[str]) -> list[Sequence[str]]:
    """Return the two halves of a list; nothing of a single path, which cannot be halved."""
    middle = len(paths) // 2
    return [paths[:middle], paths[middle:]] if middle else []


def _ask(command: Sequence[str], paths: Sequence[str], deadline: float) -> list[str] | None:
    """Return the paths that git ignores; None where it refuses to answer."""
    import subprocess  # noqa: PLC0415 - many commands look at no repository

    try:
        done = subprocess.run(  # noqa: S603 - the user's own git, with a fixed command
            command,
            input=b"\0".join([*map(os.fsencode, paths), b""]),
            capture_output=True,
            env=make_environment(),
            timeout=max(0.0, deadline - time.monotonic()),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []  # nor would it answer about fewer paths
    if done.returncode not in _ANSWERS:
        return None
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
