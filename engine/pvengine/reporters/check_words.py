"""What a check comes to, in words that its text and its Markdown share: the result, names, denominators."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode
from pvengine.reporters.markdown import cut_text, show_code
from pvengine.reporters.plain import clean_line, count_noun
from pvengine.reporters.reruns import fails_check, iter_rerun_counts
from pvengine.reporters.text import render_summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.models.check import CheckReport, Concern, ConcernWord

__all__ = [
    "Names",
    "conclude",
    "count_failing",
    "iter_denominators",
    "list_some",
    "say_concern",
    "say_policy",
    "show_place",
]

_MOST = 10
"""Names that a line lists."""
_COMMIT_DIGITS = 12
_WORDS: tuple[ConcernWord, ...] = ("self-declared", "stale", "toothless", "unbound", "unrun", "blocked")
_EXITS = {
    ExitCode.INVALID: "a contract is invalid",
    ExitCode.USAGE: "it could not be done",
    ExitCode.TAMPERED: "evidence was changed or is lost",
    ExitCode.FALSIFIED: "a claim is falsified",
    ExitCode.GATE: "something is missing behind a status",
    ExitCode.INCONCLUSIVE: "a trial decided nothing",
    ExitCode.CHANGED: "a file changed meanwhile",
    ExitCode.NOTHING: "nothing was checked",
    ExitCode.INTERRUPTED: "it was interrupted",
}


class Names:
    """The names of tests and other parts: alone where the report has one contract, else behind its id."""

    def __init__(self, report: CheckReport) -> None:
        self._ids = {entry.path: entry.id or entry.path for entry in report.contracts}
        self._ids |= {entry.path: entry.id for entry in report.changed}
        paths = {*self._ids, *(entry.contract for entry in report.reruns)}
        self.is_many = len(paths) > 1

    def of(self, contract: str, part: str) -> str:
        """Name a part of the contract with some path."""
        return f"{self._ids.get(contract) or show_place(contract)} {part}" if self.is_many else part

    def show(self, contract: str, part: str) -> str:
        """Name a part in Markdown."""
        return show_code(cut_text(self.of(contract, part)))


def show_place(path: str) -> str:
    """Show a path as seen from the working folder: the same in every copy of a repository."""
    return os.path.relpath(path).replace(os.sep, "/") if os.path.isabs(path) else path  # noqa: PTH117 - text


def list_some(names: Sequence[str]) -> str:
    """List names, of many some and how many more there are.

    Examples
    --------
    >>> list_some(["a", "b"]), list_some([str(number) for number in range(12)])
    ('a, b', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 2 more')
    """
    more = [f"and {len(names) - _MOST} more"] if len(names) > _MOST else []
    return ", ".join([*names[:_MOST], *more])


def say_policy(concern: Concern) -> str:
    """Say the word of the policy for what is missing, and where it fails the check, that it does."""
    return f"{concern.policy}, fails" if concern.fails else concern.policy


def say_concern(concern: Concern) -> str:
    """Count the tests behind which something is missing."""
    new = f", {concern.new} new" if concern.new else ""
    return f"{count_noun(len(concern.tests), 'test')}{new}"


def count_failing(concern: Concern) -> int:
    """Count the tests of a concern that fail the check."""
    return (concern.new if concern.policy == "new" else len(concern.tests)) if concern.fails else 0


def conclude(report: CheckReport) -> str:
    """Say whether the check passes; where it fails, because of what, and its exit code."""
    if report.exit_code == ExitCode.CLEAN:
        warnings = sum(entry.severity == "warning" for entry in report.diagnostics)
        return f"check passes, with {count_noun(warnings, 'warning')}" if warnings else "check passes"
    causes = [*_iter_causes(report)] or [_EXITS.get(ExitCode(report.exit_code), "")]
    return f"check fails: {', '.join(causes)}; exit {report.exit_code}"


def _iter_causes(report: CheckReport) -> Iterator[str]:
    codes = [entry.code for entry in report.diagnostics if entry.severity == "error"]
    if codes:
        yield f"{count_noun(len(codes), 'error')} ({', '.join(sorted(set(codes)))})"
    for concern in report.concerns:
        if concern.fails:
            which = "new " if concern.policy == "new" else ""
            yield count_noun(count_failing(concern), f"{which}{concern.word} test")
    failing = [entry for entry in report.reruns if fails_check(entry)]
    for state, words in (("differs", "not reproduced"), ("inconclusive", "inconclusive")):
        count = sum(entry.state == state for entry in failing)
        if count:
            yield f"{count_noun(count, 'record')} {words}"


def iter_denominators(report: CheckReport) -> Iterator[str]:
    """Iterate over the denominators: files, contracts, tests, what is missing, what was measured again."""
    counts = report.counts
    differ = "differs" if counts.files == 1 else "differ"
    yield clean_line(f"{count_noun(counts.files, 'file')} {differ} from {_say_base(report)}")
    yield (
        f"{counts.checked} of {count_noun(counts.contracts, 'contract')} checked: {counts.added} added,"
        f" {counts.changed} changed, {counts.renamed} renamed, {counts.affected} affected;"
        f" {counts.deleted} taken away"
    )
    yield f"{render_summary(report)}; {counts.affected_tests} touched by the change"
    missing = {concern.word: len(concern.tests) for concern in report.concerns}
    yield f"missing: {', '.join(f'{missing.get(word, 0)} {word}' for word in _WORDS)}"
    counted = report.rerun_summary
    yield from ["nothing was measured again"] if counted is None else iter_rerun_counts(counted)


def _say_base(report: CheckReport) -> str:
    base = report.base
    if base is None:
        return "nothing: there is no base"
    commit, fork = (each[:_COMMIT_DIGITS] for each in (base.commit, base.fork))
    return f"{base.ref} at {commit}" + (f", which the change left at {fork}" if fork != commit else "")
