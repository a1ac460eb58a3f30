"""What a change did to statuses, and what remains to be done behind it, as lines of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.vocabulary import Status
from pvengine.reporters.check_words import list_some, say_concern, say_policy, show_place
from pvengine.reporters.comparison import say_version
from pvengine.reporters.markdown import cut_text, join_cells, show_code, show_text
from pvengine.reporters.plain import count_noun

if TYPE_CHECKING:
    from pvengine.models.check import ChangedContract, CheckReport
    from pvengine.models.report import TransitionEntry
    from pvengine.reporters.check_words import Names

__all__ = ["list_moves", "list_remains"]

_STATES = {
    "added": "is new",
    "changed": "changed",
    "renamed": "was renamed",
    "deleted": "was taken away",
    "affected": "rests on something that changed",
}


def list_moves(report: CheckReport) -> list[str]:
    """List the contracts that the change touched, each followed by the words that are others."""
    versions = {entry.path: entry.version for entry in report.contracts}
    lines = []
    for contract in report.changed:
        lines.append(f"- {_say_contract(contract, versions.get(contract.path))}\n")
        lines += [f"  - {_say_move(moved)}\n" for moved in contract.transitions]
    return lines


def _say_contract(contract: ChangedContract, now: str | None) -> str:
    said = f"{show_code(cut_text(contract.id))} {_STATES[contract.state]}"
    if contract.path_before:
        said += f" from {show_code(cut_text(show_place(contract.path_before)))}"
    if contract.version is not None:
        step = f"{_mark(contract.version.from_)} -> {_mark(contract.version.to)}"
        return f"{said}: {show_code(step)} ({show_text(say_version(contract.version))})"
    return f"{said}: {show_code(_mark(now))}" if now else said


def _mark(version: str | None) -> str:
    if version is None:
        return "no version"
    return cut_text(f"v{version}" if version[:1].isdigit() else version)


def _say_move(moved: TransitionEntry) -> str:
    kind = "" if moved.kind == "test" else f"{moved.kind} "
    verdict = f", verdict {show_text(moved.verdict)}" if moved.verdict else ""
    return f"{kind}{show_code(cut_text(f'{moved.id}: {moved.from_} -> {moved.to}'))}{verdict}"


def list_remains(report: CheckReport, names: Names) -> list[str]:
    """List what is still to be done, as rows of a table: tests, then milestones; only what there is."""
    new = [
        names.show(contract.path, test.id)
        for contract in report.contracts
        for test in contract.tests
        if test.status == Status.NEW.value
    ]
    rows = [_make_row("tests NEW", count_noun(len(new), "test"), new, "")] if new else []
    for concern in report.concerns:
        tests = [names.show(test.contract, test.id) for test in concern.tests]
        rows.append(_make_row(concern.word, say_concern(concern), tests, say_policy(concern)))
    for kind in ("step", "stage"):
        is_open = [
            names.show(contract.path, milestone.id)
            for contract in report.contracts
            for milestone in contract.milestones
            if milestone.kind == kind and milestone.status != Status.DISCHARGED.value
        ]
        if is_open:
            rows.append(_make_row(f"{kind}s open", count_noun(len(is_open), kind), is_open, ""))
    return rows


def _make_row(what: str, count: str, listed: list[str], policy: str) -> str:
    cells = (what, count, list_some(listed), policy)
    return f"{join_cells(cells)}\n"
