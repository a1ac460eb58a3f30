"""Versions in prose that are said to be the version of this contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pvengine.lint.rules.prose import History, find_prose, is_same_version, read_version
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract

__all__ = ["iter_version_issues"]

_MAX_FINDINGS = 100
"""Findings in one contract: whoever has so many reads no more."""
_SUBJECTS = ("his contract", "he contract's version")
"""How prose speaks of the contract itself, without the first letter, which may be a capital."""
_GIVEN = re.compile(
    r"(?>'s)?(?>\.ya?ml)?(?>\s{1,40}(?:version|at|is|now|in)\b){0,4}[\s(:=`'\"@]{0,40}"
    r"([vV]?([0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}))(?![\w.+-]*[0-9])"
    r"(?!\s{0,40}(?:\u2192|\u21d2|->|-->|=>|\.\.|to\b|and\b|through\b|[\u2013-]))"
)
"""A version right behind the name; not the first of two, as in a history or a range."""


def iter_version_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over prose that gives this contract another version than it has (PV505).

    A version counts as that of the contract right behind its id, the stem of its file or `this contract`.
    Histories do not: `v1.2.0 -> v1.3.0`, evidence, and what stands below an older version in the same text.
    """
    version = read_version(loaded)
    if version is None:
        return
    text = loaded.document.text
    wrong: dict[int, tuple[int, str]] = {}
    for name in dict.fromkeys((*_SUBJECTS, loaded.path.stem, loaded.id)):
        for end in _iter_ends(text, name, is_whole=name not in _SUBJECTS):
            match = _GIVEN.match(text, end)
            if match is not None and not is_same_version(match[2], version):
                wrong[match.start(1)] = (match.end(1), match[2])
    if not wrong:
        return
    history = History(loaded)
    for found in find_prose(loaded, wrong)[:_MAX_FINDINGS]:
        end, written = wrong[found.offset]
        if end <= found.node.end and not history.is_past_before(found):
            yield Issue(
                "PV505",
                (),
                f"the text gives this contract the version {written}, it has {version}",
                f"write {version}, or no version",
                span=(found.offset, end),
            )


def _iter_ends(text: str, name: str, *, is_whole: bool) -> Iterator[int]:
    """Iterate over the places behind a name; a whole name is no end of a longer one."""
    at = text.find(name)
    while at >= 0 and name:
        before = text[at - 1 : at]
        if not (is_whole and (before.isalnum() or before in {"-", "_"})):
            yield at + len(name)
        at = text.find(name, at + len(name))
