"""What must hold of the versions of a contract before they are merged, and of the merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import Severity, get_rule
from pvengine.graph.lint import iter_graph_issues
from pvengine.ledger.amendments import find_pins, iter_chain_issues, iter_entry_issues
from pvengine.models.vocabulary import Status
from pvengine.project.merging.claims import MergeRefusedError
from pvengine.project.merging.values import find_comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.issue import Issue
    from pvengine.yamldoc import Document

__all__ = ["check_comments", "check_side", "iter_errors"]


def check_side(name: str, loaded: LoadedContract, *, is_base: bool) -> None:
    """Raise MergeRefusedError where the amendments of a version are not those of an engine."""
    entries = loaded.data.get("amendments")
    amendments = loaded.contract.amendments or ()
    found: list[tuple[tuple[str | int, ...], str]] = []
    if len(entries if isinstance(entries, list) else ()) != len(amendments) or not isinstance(
        entries, list | None
    ):
        found.append((("amendments",), "not every amendment can be read"))
    elif not is_base:
        broken = [*iter_chain_issues(loaded.data), *iter_entry_issues(amendments)]
        found += [(issue.path, issue.message) for issue in broken]
        found += _iter_contradictions(loaded)
        found += [
            (issue.path, issue.message)
            for issue in iter_graph_issues(loaded.contract, loaded.indexes)
            if issue.code == "SCHEMA-007"
        ]
    for path, message in found[:1]:
        place = loaded.document.place(path)
        raise MergeRefusedError(
            f"{name} cannot be merged: {message}",
            where=f"{place.path}:{place.line}",
            why="a merge follows from two histories that hold by themselves",
            fix="mend that side first: `pv verify` says what is wrong with it",
        )


def _iter_contradictions(loaded: LoadedContract) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Iterate over statuses, verdicts and links that are not what the last amendment says."""
    for name, pin in find_pins(loaded.contract.amendments or ()).items():
        test = loaded.tests.get(name)
        if test is None:
            continue
        head = None if pin.to == Status.NEW.value else pin.head
        written = {
            "status": test.status or Status.NEW.value,
            "verdict": test.verdict,
            "evidence": test.evidence,
        }
        for key, wanted in (("status", pin.to), ("verdict", pin.verdict), ("evidence", head)):
            if written[key] != wanted:
                said = f"the {key} of {name} is {written[key]}, and the last amendment made it {wanted}"
                yield (*loaded.test_paths[name], key), said


def check_comments(kept: Document, other: Document, base: Document) -> None:
    """Raise MergeRefusedError where a comment between amendments would be lost."""
    known = find_comments(kept).keys() | find_comments(base).keys()
    for comment, line in find_comments(other).items():
        if comment not in known:
            raise MergeRefusedError(
                f"the comment {comment!r:.80} stands between the amendments of one side alone",
                where=f"{other.path}:{line}",
                why="the engine writes the amendments of a merge, and throws nothing away that people wrote",
                fix="move the comment above `amendments:`, then merge again",
            )


def iter_errors(loaded: LoadedContract) -> Iterator[tuple[str, Issue]]:
    """Iterate over the errors of a contract that follow from its text, each with what it says."""
    issues = [*loaded.issues, *iter_graph_issues(loaded.contract, loaded.indexes)]
    issues += [*iter_chain_issues(loaded.data), *iter_entry_issues(loaded.contract.amendments or ())]
    for issue in issues:
        if get_rule(issue.code).severity is Severity.ERROR:
            yield f"{issue.code}: {issue.message}", issue
