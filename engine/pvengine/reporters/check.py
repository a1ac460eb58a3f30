"""The report of a check as text: findings, each contract that the change touched, what is missing, counts."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from pvengine.models.check import CheckReport
from pvengine.reporters.check_markdown import COMMENT_BYTES, MARKER, render_markdown
from pvengine.reporters.check_words import (
    Names,
    conclude,
    iter_denominators,
    list_some,
    say_concern,
    say_policy,
)
from pvengine.reporters.comparison import say_change, say_version
from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import align, clean_line, count_noun
from pvengine.reporters.reruns import iter_rerun_lines
from pvengine.reporters.step_summary import render_step_summary
from pvengine.reporters.text import render_report, say_transition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pvengine.models.check import ChangedContract, CheckedTest
    from pvengine.models.report import Report, RerunEntry

__all__ = ["render_check"]

Entry = TypeVar("Entry", "CheckedTest", "RerunEntry")

_STATES = {"deleted": "taken away"}


def render_check(form: str) -> Callable[[Report], str]:
    """Return what renders the report of a check as text or Markdown."""
    return _render_markdown if form == "markdown" else _render_text


def _render_markdown(report: Report) -> str:
    if isinstance(report, CheckReport):
        return render_markdown(report)
    start = f"{MARKER}\n\n"  # an error ended the check: the comment of before must not stay as it was
    return start + render_step_summary(report, COMMENT_BYTES - len(start))[0]


def _render_text(report: Report) -> str:
    if not isinstance(report, CheckReport):
        return render_report(report)
    blocks = [render_finding(entry) for entry in report.diagnostics]
    blocks += ["\n".join(lines) for lines in _iter_contracts(report)]
    if report.concerns:
        blocks.append("\n".join(["missing", *_list_concerns(report)]))
    blocks.append("\n".join([*iter_denominators(report), conclude(report)]))
    return "\n\n".join(blocks) + "\n"


def _iter_contracts(report: CheckReport) -> Iterator[list[str]]:
    """Iterate over the blocks of lines of the contracts that were touched, or measured again."""
    tests, reruns = _group(report.tests), _group(report.reruns)
    for contract in report.changed:
        lines = _iter_own(contract), _iter_measured(tests[contract.path], reruns[contract.path])
        yield [clean_line(_say_contract(contract)), *chain.from_iterable(lines)]
    known = {contract.path for contract in report.changed}
    for path in [path for path in reruns if path not in known]:
        yield [clean_line(f"{path}  as it was"), *_iter_measured(tests[path], reruns[path])]


def _group(entries: Iterable[Entry]) -> defaultdict[str, list[Entry]]:
    """Group entries by the path of their contract."""
    grouped: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.contract].append(entry)
    return grouped


def _say_contract(contract: ChangedContract) -> str:
    state = _STATES.get(contract.state, contract.state)
    origin = f" from {contract.path_before}" if contract.path_before else ""
    return f"{contract.path}  {contract.id}  {state}{origin}"


def _iter_own(contract: ChangedContract) -> Iterator[str]:
    version = contract.version
    if version is not None:
        told = f"version {version.from_ or 'none'} -> {version.to or 'none'}: {say_version(version)}"
        yield f"  {clean_line(told)}"
    yield from _head("changes", [*_iter_changes(contract)])
    yield from _head("statuses", [f"    {say_transition(moved)}" for moved in contract.transitions])


def _iter_measured(tests: Sequence[CheckedTest], reruns: Sequence[RerunEntry]) -> Iterator[str]:
    yield from _head("touched tests", align([_row_of(test) for test in tests], "    "))
    again = chain.from_iterable(map(iter_rerun_lines, reruns))
    yield from _head("measured again", [f"  {line}" for line in again])


def _head(heading: str, lines: list[str]) -> list[str]:
    return [f"  {heading}", *lines] if lines else []


def _iter_changes(contract: ChangedContract) -> Iterator[str]:
    """Iterate over people's changes, a line each with its class; those that pv wrote are counted."""
    own = [change for change in contract.changes if not change.engine]
    yield from align([(change.class_, say_change(change)) for change in own], "    ")
    written = len(contract.changes) - len(own)
    if written:
        yield f"    {count_noun(written, 'change')} in fields that only pv writes"


def _row_of(test: CheckedTest) -> tuple[str, ...]:
    words = [test.standing, *([test.outcome] if test.outcome else []), *test.misses]
    return clean_line(test.id), clean_line(test.status), clean_line(f"{', '.join(words)}: {_say_why(test)}")


def _say_why(test: CheckedTest) -> str:
    return "; ".join(test.affected)


def _list_concerns(report: CheckReport) -> list[str]:
    names = Names(report)
    return align(
        [
            (
                concern.word,
                say_concern(concern),
                f"policy {say_policy(concern)}",
                clean_line(list_some([names.of(test.contract, test.id) for test in concern.tests])),
            )
            for concern in report.concerns
        ]
    )
