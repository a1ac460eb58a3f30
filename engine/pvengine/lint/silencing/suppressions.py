"""Set findings aside where a comment in the contract says so, and say what is wrong with such comments.

Nothing here needs the reader: a run that is answered from the cache applies what `suppression_comments`
found before.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from pvengine.diagnostics import get_rule
from pvengine.lint.silencing.rule_codes import explain_lock, find_near_code
from pvengine.lint.silencing.suppression_comments import Suppression, find_suppressions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pvengine.diagnostics import Diagnostic, SourceRange

__all__ = ["Applied", "Suppression", "apply_suppressions", "find_suppressions"]

_SUGGESTIONS = 20
"""Unknown codes of one file for which a near one is looked for."""


class Applied(NamedTuple):
    """Findings that stay, findings that comments silence, and what is wrong with the comments."""

    kept: tuple[Diagnostic, ...]
    suppressed: tuple[Diagnostic, ...]
    problems: tuple[Diagnostic, ...]


def apply_suppressions(
    findings: Iterable[Diagnostic],
    suppressions: Sequence[Suppression],
    *,
    unchecked: Collection[str] = (),
) -> Applied:
    """Part findings into those that stay and those that comments silence; the files may be several.

    The nearest comment silences a finding: one of its line before one of the whole file. Apply suppressions
    before severities and a baseline, which hide findings too: a comment would seem unused.

    Parameters
    ----------
    unchecked
        Codes whose rules this run left out: no comment is unused because of them.
    """
    index = _Index(suppressions)
    kept: list[Diagnostic] = []
    suppressed: list[Diagnostic] = []
    for finding in findings:
        (suppressed if index.silences(finding) else kept).append(finding)
    problems = _iter_problems(suppressions, index.used, unchecked)
    return Applied(
        tuple(kept), tuple(suppressed), tuple(sorted(problems, key=lambda problem: problem.sort_key))
    )


class _Index:
    """Which suppression silences a finding, and which have done so, by number and code."""

    def __init__(self, suppressions: Sequence[Suppression]) -> None:
        self.used: set[tuple[int, str]] = set()
        self._files: dict[tuple[str, str], int] = {}
        self._lines: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        for number, each in enumerate(suppressions):
            for code in () if each.is_misplaced else each.codes:
                key = (each.place.path, code)
                if each.is_whole_file:
                    self._files.setdefault(key, number)
                else:
                    self._lines.setdefault(key, []).append((each.first_line, -number, each.last_line))
        for ranges in self._lines.values():
            ranges.sort()

    def silences(self, finding: Diagnostic) -> bool:
        """Whether a suppression covers a finding; it is used then."""
        if explain_lock(finding.code) is not None:
            return False
        key = (finding.path, finding.code)
        number = self._find_line(self._lines.get(key, ()), finding.line)
        number = self._files.get(key) if number is None else number
        if number is not None:
            self.used.add((number, finding.code))
        return number is not None

    @staticmethod
    def _find_line(ranges: Sequence[tuple[int, int, int]], line: int | None) -> int | None:
        """Return the first comment of the last line at or above this one, where it reaches as far.

        No comment of a line further above does when it does not: inside a text no other begins.
        """
        after = 0 if line is None else bisect_right(ranges, line, key=lambda item: item[0])
        if line is None or after == 0:
            return None
        _, number, last = ranges[after - 1]
        return -number if line <= last else None


def _iter_problems(
    suppressions: Sequence[Suppression], used: Collection[tuple[int, str]], unchecked: Collection[str]
) -> Iterator[Diagnostic]:
    suggestions = 0
    for number, each in enumerate(suppressions):
        if not each.codes:
            yield get_rule("PV008").report(
                "the comment names no code, and silences nothing",
                each.place,
                fix="write the codes in brackets: `# pv: ignore[CODE] reason`",
            )
            continue
        if each.is_misplaced:
            yield get_rule("PV008").report(
                "`pv: ignore-file` stands behind a value, where it silences nothing",
                each.place,
                fix="write it alone on a line, best at the top of the file",
            )
            continue
        if not each.reason:
            message = f"no reason is given to ignore {', '.join(each.codes)}"
            yield get_rule("PV006").report(message, each.place)
        for code in each.codes:
            if code in each.unknown_codes:
                suggestions += 1
                near = find_near_code(code) if suggestions <= _SUGGESTIONS else None
                yield _report_unknown(code, near, each.place)
            elif (why := explain_lock(code)) is not None:
                message = f"{code} cannot be ignored: {why}"
                yield get_rule("PV008").report(message, each.place, fix=f"delete {code} from the comment")
            elif (number, code) not in used and code not in unchecked:
                yield _report_unused(code, each)


def _report_unknown(code: str, near: str | None, place: SourceRange) -> Diagnostic:
    shown = repr(code if len(code) <= 40 else f"{code[:37]}...")  # noqa: PLR2004 - as wide as a code can be
    hint = f"; did you mean {near}?" if near else ""
    return get_rule("PV008").report(
        f"no rule has the code {shown}{hint}", place, fix=f"write {near}" if near else None
    )


def _report_unused(code: str, suppression: Suppression) -> Diagnostic:
    first, last = suppression.first_line, suppression.last_line
    where = f"on line {first}" if first == last else f"on the lines {first} to {last}"
    if suppression.is_whole_file:
        where = "in this file"
    fix = None if len(suppression.codes) == 1 else f"delete {code} from the comment"
    return get_rule("PV007").report(f"no {code} is found {where}", suppression.place, fix=fix)
