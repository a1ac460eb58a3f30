"""Name files by their path below the root of the project, and match such names against patterns."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["RootPaths", "matches"]

_STDIN = "<stdin>"
"""What findings in the standard input have as their path: no file of the project."""


class RootPaths:
    """The names that files have below one root, whatever the working folder is."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._folders: dict[str, str] = {}
        self._names: dict[str, str | None] = {}

    def name(self, path: str) -> str | None:
        """Return the path of a finding relative to the root, with forward slashes; None outside of it.

        Symbolic links to folders are followed, one to a file is not.
        """
        if path not in self._names:
            self._names[path] = None if path in ("", _STDIN) else self._find_name(path)
        return self._names[path]

    def _find_name(self, path: str) -> str | None:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.relpath(os.path.realpath(folder), self._root)
        relative = os.path.normpath(os.path.join(self._folders[folder], name)).replace(os.sep, "/")  # noqa: PTH118 - text is faster
        return None if relative == ".." or relative.startswith("../") else relative


def matches(name: str, pattern: str) -> bool:
    """Whether a pattern matches the whole of a path: `*`, `?` and `[...]` within a step, `**` any steps.

    The time is at most the product of the two lengths.

    Examples
    --------
    >>> matches("contracts/old/a.yaml", "contracts/**"), matches("contracts/old/a.yaml", "contracts/*")
    (True, False)
    >>> matches("a.yaml", "**/*.yaml"), matches("b/c/a.yaml", "**/c/*.yaml")
    (True, True)
    """
    return _matches_steps(name.split("/"), pattern.split("/"))


def _matches_steps(steps: Sequence[str], pattern: Sequence[str]) -> bool:
    """Match step by step; where it fails, the last `**` takes one step more, and no earlier one need."""
    step = part = 0
    retry: tuple[int, int] | None = None
    while step < len(steps):
        if part < len(pattern) and pattern[part] == "**":
            part += 1
            retry = (step, part)
        elif part < len(pattern) and fnmatchcase(steps[step], pattern[part]):
            step += 1
            part += 1
        elif retry is not None:
            step, part = retry[0] + 1, retry[1]
            retry = (step, part)
        else:
            return False
    return all(each == "**" for each in pattern[part:])
