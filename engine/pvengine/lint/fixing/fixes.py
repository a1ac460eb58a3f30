"""Mend what can be mended with certainty: splice the replacements, read again, compare.

A replacement is made only where it comes out as intended. The code of the finding says what that is: a key
gets another name and keeps its value (PV204, PV210, PV227), a number becomes the text that was written
(PV202), and with every other code the data stay as they are, only their spelling changes. What evidence rests
on is never touched. A replacement that cannot be made is refused, with the reason; the others are made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, Diagnostic
from pvengine.errors import ChangedFileError, UsageError
from pvengine.ledger.files import replace_file
from pvengine.ledger.writing import diff_documents
from pvengine.lint.fixing.evidence_paths import Pinned
from pvengine.lint.fixing.fix_changes import Change, Intent, expect
from pvengine.lint.fixing.fix_targets import Target, find_targets
from pvengine.loading.spelling import is_slip
from pvengine.yamldoc import Document, read_document
from pvengine.yamldoc.compare import find_difference
from pvengine.yamldoc.splices import Splice, splice_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path as FilePath

    from pvengine.yamldoc import Path

__all__ = ["Fixed", "Refused", "plan_fixes", "settle_fixes", "write_fixes"]

_BREAK = re.compile(r"\r\n|\r|\n")
_KEY = re.compile(r"[\w-]+")
_ROUNDS = 8
"""How often the findings of a mended document are mended again: a section with its right name is read."""
_READINGS = 32
"""How often a document is read to find the replacements that do not come out as intended."""


_INTENTS = {"PV202": Intent.TEXT, "PV204": Intent.NAME, "PV210": Intent.NAME, "PV227": Intent.NAME}
_OWNED = frozenset({"status", "verdict", "evidence", "amendments", "version"})
"""Keys that the engine writes."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A finding whose replacement was not made, and why."""

    finding: Diagnostic
    reason: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A document before and after; the same one where nothing was mended. No file was written."""

    before: Document
    after: Document
    applied: tuple[Diagnostic, ...]
    refused: tuple[Refused, ...]

    @property
    def content(self) -> bytes:
        """The bytes of the mended file."""
        return self.after.raw

    @property
    def diff(self) -> str:
        """The unified diff; empty where nothing was mended."""
        return diff_documents(self.before, self.after)


def plan_fixes(document: Document, findings: Iterable[Diagnostic]) -> Fixed:
    """Make the replacements that findings in a document carry; what they do not touch stays byte by byte."""
    return _Fixing(document).run(findings)


def settle_fixes(document: Document, find: Callable[[Document], Iterable[Diagnostic]]) -> Fixed:
    """Mend a document until its findings give nothing more to mend; ``find`` gives those of each round."""
    after = document
    applied: list[Diagnostic] = []
    for _ in range(_ROUNDS):
        fixed = plan_fixes(after, find(after))
        after = fixed.after
        applied += fixed.applied
        if not fixed.applied:
            break
    return Fixed(document, after, tuple(applied), fixed.refused)


def write_fixes(path: FilePath, before: bytes, after: bytes) -> None:
    """Replace the content of a contract that is still what was read.

    Raises
    ------
    ChangedFileError
        The file changed since it was read, or is gone; nothing was written.
    UsageError
        The system refuses to read or write it.
    """
    try:
        replace_file(path, after, expected=before)
    except ChangedFileError as error:
        why = "an edit that is not known may not be written over"
        raise ChangedFileError(error.what, where=error.where, why=why, fix=error.fix) from error
    except UsageError as error:
        why = "a file is mended only where it can be written as a whole"
        raise UsageError(error.what, where=error.where, why=why, fix=error.fix) from error


class _Fixing:
    """One attempt on one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.refused: list[Refused] = []
        self.readings = 0
        self.starts = [0, *(match.end() for match in _BREAK.finditer(document.text))]

    def run(self, findings: Iterable[Diagnostic]) -> Fixed:
        document = self.document
        changes = list(self._iter_changes(findings))
        kept, after = self._find_sound(changes)
        applied = [finding for change in kept for finding in change.findings]
        return Fixed(
            document,
            after or document,
            tuple(sorted(applied, key=lambda finding: finding.sort_key)),
            tuple(sorted(self.refused, key=lambda refused: refused.finding.sort_key)),
        )

    def _iter_changes(self, findings: Iterable[Diagnostic]) -> Iterator[Change]:
        """Iterate over the changes that can be tried, in the order of the text; the others are refused."""
        wanted: dict[tuple[int, int], list[Diagnostic]] = {}
        for finding in findings:
            if finding.replacement is not None and finding.path == self.document.path:
                wanted.setdefault(self._range_of(finding), []).append(finding)
        if not wanted:
            return
        targets = find_targets(self.document.root, wanted.keys())
        pinned = Pinned(self.document.data)
        named: set[tuple[Path, str]] = set()
        for place, group in sorted(wanted.items()):
            change = self._make_change(group, place, targets.get(place), pinned)
            if change is not None and change.intent is Intent.NAME:
                name = (change.path[:-1], change.value)
                if name in named:
                    self._refuse(change.findings, f"another key becomes `{change.value}`")
                    continue
                named.add(name)
            if change is not None:
                yield change

    def _range_of(self, finding: Diagnostic) -> tuple[int, int]:
        """Return the offsets of a finding's place; an impossible range where it has none."""
        place = finding.place
        if place is None or not (1 <= place.line <= place.end_line <= len(self.starts)):
            return -1, -1
        start = self.starts[place.line - 1] + place.column - 1
        return start, self.starts[place.end_line - 1] + place.end_column - 1

    def _make_change(
        self, group: list[Diagnostic], place: tuple[int, int], target: Target | None, pinned: Pinned
    ) -> Change | None:
        """Return the change that findings of one place ask for; None, and they are refused, for none."""
        first = group[0]
        same = [finding for finding in group if _is_same_wish(finding, first)]
        self._refuse([finding for finding in group if finding not in same], "another one mends this place")
        if target is None:
            self._refuse(same, "it is about no key and no value as a whole")
            return None
        reason = _find_objection(first, target, pinned)
        if reason is not None:
            self._refuse(same, reason)
            return None
        text = first.replacement or ""
        intent = _intent_of(first)
        value = text if intent is Intent.NAME else self.document.text[slice(*place)]
        if intent is Intent.NAME and target.node.style:
            text = f"{target.node.style}{text}{target.node.style}"
        return Change(Splice(*place, text), intent, target.path, value, same)

    def _find_sound(self, changes: Sequence[Change]) -> tuple[list[Change], Document | None]:
        """Find the changes that come out as intended, together, and the document that has them.

        Where all do, one reading shows it; else halves are tried, down to those that do not.
        """
        after = self._try(changes)
        if after is not None or not changes:
            return list(changes), after
        if len(changes) == 1:
            is_tried = self.readings <= _READINGS
            reason = "the file would not read as intended" if is_tried else "too many others cannot be made"
            self._refuse(changes[0].findings, reason)
            return [], None
        half = len(changes) // 2
        first, first_after = self._find_sound(changes[:half])
        second, second_after = self._find_sound(changes[half:])
        if not first or not second:
            return (first, first_after) if first else (second, second_after)
        both = self._try([*first, *second])
        if both is not None:
            return [*first, *second], both
        for change in second:
            self._refuse(change.findings, "it does not fit together with another one: run `--fix` again")
        return first, first_after

    def _try(self, changes: Sequence[Change]) -> Document | None:
        """Return the document with the changes; None where it reads otherwise than intended."""
        self.readings += 1
        if not changes or self.readings > _READINGS:
            return None
        document = self.document
        text = splice_text(document.text, (change.splice for change in changes))
        try:
            after = read_document(document.encode(text), document.path)
            difference = find_difference(expect(document.data, changes), after.data)
        except (ContractError, ValueError):
            return None
        return after if difference is None else None

    def _refuse(self, findings: Iterable[Diagnostic], reason: str) -> None:
        self.refused += (Refused(finding, reason) for finding in findings)


def _intent_of(finding: Diagnostic) -> Intent:
    return _INTENTS.get(finding.code, Intent.SPELLING)


def _is_same_wish(one: Diagnostic, other: Diagnostic) -> bool:
    return (one.replacement, _intent_of(one)) == (other.replacement, _intent_of(other))


def _find_objection(finding: Diagnostic, target: Target, pinned: Pinned) -> str | None:
    """Return why a replacement must not be made; None where nothing speaks against it."""
    text = finding.replacement or ""
    if not text or _BREAK.search(text):
        return "the replacement is not on one line"
    intent = _intent_of(finding)
    if intent is Intent.SPELLING:
        return None
    if target.is_shared:
        return "an alias uses it too, and would change with it"
    if intent is Intent.NAME:
        return _find_name_objection(text, target, pinned)
    if target.parent is not None or target.node.style or target.node.tag or target.path[-1] in _OWNED:
        return "only a plain value that people write is put in quotes"
    return pinned.find_objection(target.path)


def _find_name_objection(name: str, target: Target, pinned: Pinned) -> str | None:
    """Return why a key must not get this name; None where nothing speaks against it."""
    if target.parent is None or not _KEY.fullmatch(name):
        return "only a key gets another name"
    owned = next((key for key in (str(target.path[-1]), name) if key in _OWNED), None)
    if owned is not None:
        return f"`{owned}` is written by the engine alone"
    if not is_slip(str(target.path[-1]), name):
        return f"the two are so far apart that only a person can say whether `{name}` is meant"
    if name in target.parent.entries:
        return f"there is a key `{name}` already"
    return pinned.find_objection(target.path, name)
