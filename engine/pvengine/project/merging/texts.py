"""Merge texts line by line, as git does it, and put conflicts where they must not be overlooked."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.yamldoc import Document, Node

__all__ = ["TextMerge", "blank_lines", "force_conflict", "merge_texts"]

_MOST_CONFLICTS = 127
"""The highest exit code that is a number of conflicts."""
_BLANK = "# edited on both sides"
"""What stands for lines of the base that both sides changed; it is on no side, so nothing is shown of it."""


@dataclass(frozen=True, slots=True)
class TextMerge:
    """A text that was merged, with markers where it is not clean."""

    content: bytes
    is_clean: bool


def merge_texts(
    base: bytes, ours: bytes, theirs: bytes, *, marker_size: int = 7, is_forced: bool = False
) -> TextMerge:
    """Merge two texts that come from one base, by ``git merge-file``.

    With ``is_forced`` the style of conflicts that the user configured, which may show the base, is not used.

    Raises
    ------
    UsageError
        git is not there, or refuses, as it does for what is no text.
    """
    options = ["-c", "merge.conflictStyle=merge"] if is_forced else []
    with tempfile.TemporaryDirectory(prefix="pv-merge-") as folder:
        names = ("ours", "base", "theirs")
        for name, content in zip(names, (ours, base, theirs), strict=True):
            (Path(folder) / name).write_bytes(content)
        labels = [part for name in names for part in ("-L", name)]
        paths = [str(Path(folder) / name) for name in names]
        command = ["git", *options, "merge-file", "-p", "-q", f"--marker-size={marker_size}"]
        try:
            done = subprocess.run([*command, *labels, *paths], capture_output=True, check=False)  # noqa: S603 - the user's git
        except OSError as error:
            raise UsageError(
                f"git cannot be run: {(error.strerror or str(error)).lower()}",
                why="texts are merged by `git merge-file`",
                fix="install git",
            ) from error
    if not 0 <= done.returncode <= _MOST_CONFLICTS:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(
            f"git cannot merge the texts: {said[0] if said else f'exit code {done.returncode}'}",
            why="what is no text has no lines to merge",
            fix="keep one side: `git checkout --ours PATH` or `--theirs`",
        )
    return TextMerge(done.stdout, done.returncode == 0)


def force_conflict(base: bytes, ours: bytes, theirs: bytes, *, marker_size: int = 7) -> TextMerge:
    """Merge two texts of which a person must decide: there are markers, though the lines would merge.

    Where no line is in conflict, every line that differs between the sides is put between markers.
    """
    merged = merge_texts(base, ours, theirs, marker_size=marker_size, is_forced=True)
    if merged.is_clean:
        merged = merge_texts(b"", ours, theirs, marker_size=marker_size, is_forced=True)
    return TextMerge(merged.content, is_clean=False)


def blank_lines(document: Document, nodes: Iterable[Node]) -> bytes:
    """Return the text of a base without the lines of some values, so that both sides have changed them."""
    text, lines = document.text, document.lines
    for node in sorted(nodes, key=lambda each: each.start, reverse=True):
        start, end = lines.line_start(node.start), lines.line_end(node.end)
        text = text[:start] + _BLANK + text[end:]
    return document.encode(text)
