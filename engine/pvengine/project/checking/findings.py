"""What a change did to contracts and records that it should not have."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pvengine.comparing.histories import describe_hand_edit, iter_history_issues, list_hand_edits
from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.errors import TamperedEvidenceError
from pvengine.graph.edges import Kind
from pvengine.ledger.derivation import combine_verdicts, derive_milestones, derive_verdicts
from pvengine.ledger.grounding import Standing, count_stale_as_verified
from pvengine.project.checking.versions import find_race, iter_version_findings
from pvengine.project.discovery import show_path
from pvengine.project.merging.words import iter_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from pvengine.project.checking.sides import ContractChange
    from pvengine.project.git_changes import Base, ChangedFiles
    from pvengine.project.view import ContractView
    from pvengine.yamldoc import Path as DataPath

__all__ = ["find_record", "iter_change_findings", "iter_record_findings"]

_EVIDENCE = "evidence"
_RECORD_LEVELS = 3
"""Folder of the contract, folder of the test, file: what stands behind `evidence` in the path of a record."""
_TOLD = frozenset({Standing.SELF_DECLARED, Standing.STALE, Standing.MISSING, Standing.TAMPERED})
"""Standings that verifying tells, so that how the words came there is not told again."""
_LOST = frozenset({Standing.MISSING, Standing.TAMPERED})


def iter_change_findings(
    change: ContractChange, view: ContractView | None, base: Base, top: Path, removed: Collection[str]
) -> Iterator[Diagnostic]:
    """Iterate over what is wrong with a change of one contract, beside what its file shows by itself.

    ``view`` is None where the contract is gone or cannot be read; ``removed`` are ids of contracts that were
    taken away on purpose.
    """
    if change.state == "deleted" and change.id not in removed:
        yield get_rule("PV708").report(_say_deleted(change), change.shown)
    if view is None:
        return
    if change.before is not None and change.before.loaded is None:
        problem = f"the version of the base cannot be read: {change.before.problem}"
        yield get_rule("PV712").report(problem, change.shown)
    race = find_race(change, view, base, top)
    if race is not None:
        yield race
    elif change.comparison is not None:
        yield from _iter_compared(change, view, base)


def _say_deleted(change: ContractChange) -> str:
    loaded = change.before.loaded if change.before is not None else None
    if loaded is None:
        return f"{change.id} was taken away"
    tests = len(loaded.contract.tests)
    grounded = sum(test.evidence is not None for test in loaded.contract.tests)
    return f"{change.id} was taken away, with {tests} tests, {grounded} of them with evidence"


def _iter_compared(change: ContractChange, view: ContractView, base: Base) -> Iterator[Diagnostic]:
    """Iterate over what the two versions tell; where the history is broken, nothing else can be told."""
    if change.comparison is None or change.before is None or change.before.loaded is None:
        return
    before, after = change.before.loaded.data, view.loaded.data
    histories = list(iter_history_issues(before, change.comparison, after, _find_claims(view)))
    yield from view.loaded.locate(histories)
    if histories:
        return
    typed = list_hand_edits(before, change.comparison, after, _derive_words(view))
    for changes in typed:
        issue = describe_hand_edit(changes, after)
        if not _is_told(view, issue.path):
            yield from view.loaded.locate([issue])
    left_out = {id(each) for changes in typed for each in changes}
    counted = tuple(each for each in change.comparison.changes if id(each) not in left_out)
    yield from iter_version_findings(change, counted, view, base)


def _find_claims(view: ContractView) -> Callable[[str, str], str | None]:
    """Return what finds the digest of the claim in a record."""

    def find(test: str, digest: str) -> str | None:
        try:
            return view.store.read(test, digest).predicate.claim_digest
        except (TamperedEvidenceError, OSError):
            return None

    return find


def _is_told(view: ContractView, path: DataPath) -> bool:
    """Whether verifying tells what is behind a word: of its test, or that evidence of others is lost."""
    standings = {name: state.standing for name, state in view.assessments.items()}
    name = next((name for name, where in view.loaded.test_paths.items() if where == path[:2]), None)
    if name is not None:
        return standings[name] in _TOLD
    is_about_tests = path[:1] == ("falsification_tests",)
    return any(standing in (_TOLD if is_about_tests else _LOST) for standing in standings.values())


def _derive_words(view: ContractView) -> Mapping[DataPath, str]:
    """Derive what evidence says of hypotheses, steps and stages, by the path of the word; stale one, too."""
    as_given = count_stale_as_verified(view.assessments)
    contract, indexes = view.loaded.contract, view.loaded.indexes
    verdicts = derive_verdicts(contract, as_given)
    milestones = derive_milestones(contract, indexes, as_given)
    words = {}
    for key, path, _ in iter_words(view.loaded):
        if key.kind is Kind.HYPOTHESIS:
            words[(*path, "status")] = combine_verdicts(verdicts[key.name]).value
        elif key in milestones:
            words[(*path, "status")] = milestones[key].value
    return words


def find_record(path: str) -> tuple[str, ...] | None:
    """Find the folders of contract and test, and the name, in the path of a record or envelope.

    Examples
    --------
    >>> find_record("contracts/evidence/x-v1/FT-001/ab.json")
    ('x-v1', 'FT-001', 'ab.json')
    >>> find_record("contracts/x-v1.yaml") is None
    True
    """
    parts = PurePosixPath(path).parts
    behind = parts[-_RECORD_LEVELS:]
    is_record = len(parts) > _RECORD_LEVELS and parts[-_RECORD_LEVELS - 1] == _EVIDENCE
    return behind if is_record and path.endswith((".json", ".dsse")) else None


def iter_record_findings(
    files: ChangedFiles, changes: Collection[ContractChange], lost: Collection[tuple[str, str]]
) -> Iterator[Diagnostic]:
    """Iterate over records and envelopes that the base has, and that were edited or are gone (PV705).

    A record that moved with its contract is kept; those of a contract that was taken away went with it.
    ``lost`` has the folders of contract and test whose evidence is told to be lost already.
    """
    moved = {PurePosixPath(path).parts[-2:] for path in files.added}
    gone = {change.file.stem for change in changes if change.state == "deleted"}
    for path in sorted(files.deleted | files.modified):
        record = find_record(path)
        if record is None or record[:2] in lost:
            continue
        contract, test, name = record
        is_gone = path in files.deleted
        if is_gone and (contract in gone or (test, name) in moved):
            continue
        what = "an envelope" if path.endswith(".dsse") else "a record"
        done = "was taken away" if is_gone else "was edited"
        yield get_rule("PV705").report(f"{what} of {test} {done}", show_path(Path(files.top) / path))
