"""Keep what a run gave: evidence first, then one edit of the contract.

A crash between the two leaves evidence without a status, never a status without evidence.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.errors import PvError, UsageError
from pvengine.graph.edges import Kind
from pvengine.ledger.files import replace_file
from pvengine.ledger.grounding import Assessment, Standing, status_of
from pvengine.ledger.records import digest_bytes, make_record, serialize_record
from pvengine.ledger.transitions import Transition, find_transitions
from pvengine.ledger.writing import diff_documents, write_transitions
from pvengine.models.evidence import ContractState
from pvengine.models.vocabulary import Status, Verdict
from pvengine.project.discovery import show_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pvengine.project.measuring import Measured
    from pvengine.project.view import ContractView
    from pvengine.yamldoc import Document

__all__ = ["Recorder", "Recording", "check_writable"]


@dataclass(frozen=True, slots=True)
class Recording:
    """What the one edit came to; ``problem`` says why it was not made, and then nothing was written."""

    version: str | None
    transitions: tuple[Transition, ...] = ()
    diff: str = ""
    is_written: bool = False
    problem: PvError | None = None
    document: Document | None = None


class Recorder:
    """The evidence of one run over one contract, and where its tests stand with it.

    With ``dry_run`` records get their digests and nothing reaches a file.
    """

    def __init__(self, view: ContractView, *, dry_run: bool) -> None:
        self.view = view
        self.dry_run = dry_run
        self.after: dict[str, Assessment] = dict(view.assessments)
        self.evidence: dict[str, str] = {}

    def rehearse(self, names: Sequence[str]) -> None:
        """Make the edits of these tests with made-up values and throw the result away.

        Raises
        ------
        EditError
            Some edit could not be made when the tests have run.
        """
        loaded = self.view.loaded
        transitions = [
            Transition(
                Kind.TEST,
                name,
                loaded.test_paths[name],
                self.view.assessments[name].word,
                Status.DISCHARGED.value,
                Verdict.CONFIRMED.value if loaded.tests[name].decisions else None,
                f"sha256:{'0' * 64}",
                1,
            )
            for name in names
        ]
        if transitions:
            version = str(loaded.contract.metadata.version)
            write_transitions(loaded.document, version, transitions, kind="discharge")

    def add(self, name: str, measured: Measured) -> None:
        """Store the record of a judged test, durable when this returns.

        Raises
        ------
        UsageError
            The record cannot be written.
        """
        loaded, before = self.view.loaded, self.view.assessments[name]
        if measured.run is None:
            msg = "a test that did not run leaves no evidence"
            raise ValueError(msg)
        content = serialize_record(
            make_record(
                measured.run,
                measured.judgement,
                contract=ContractState(
                    id=loaded.id, version=str(loaded.contract.metadata.version), digest=loaded.digest
                ),
                test=name,
                claim=loaded.claims[name].data,
                claim_digest=loaded.claims[name].digest,
                started=measured.started,
                previous=before.head,
            )
        )
        digest = digest_bytes(content) if self.dry_run else self.view.store.add(name, content)
        self.evidence[name] = digest
        self.after[name] = replace(
            before,
            word=status_of(measured.judgement.outcome.value).value,
            standing=Standing.VERIFIED,
            reasons=(),
            verdicts=measured.judgement.verdicts,
            head=digest,
            count=before.count + 1,
        )

    def write(self) -> Recording:
        """Make the one edit: statuses, verdicts, evidence links, amendment and version."""
        loaded = self.view.loaded
        version = None if loaded.contract.metadata.version is None else str(loaded.contract.metadata.version)
        transitions = find_transitions(loaded.contract, loaded.indexes, self.view.assessments, self.after)
        if not transitions or version is None:
            return Recording(version)
        try:
            document, bumped = write_transitions(loaded.document, version, transitions, kind="discharge")
            if not self.dry_run:
                replace_file(loaded.path, document.raw, expected=loaded.document.raw)
        except PvError as error:
            return Recording(version, problem=error)
        diff = diff_documents(loaded.document, document)
        is_written = not self.dry_run
        return Recording(bumped, tuple(transitions), diff, is_written=is_written, document=document)


def check_writable(view: ContractView) -> None:
    """Raise UsageError where a discharge could not write, before any test has taken its time."""
    for folder in (_find_existing(view.store.folder), view.loaded.path.parent):
        if not folder.is_dir():
            raise UsageError(
                f"{show_path(folder)} is no folder",
                why="the evidence of a contract is stored in a folder beside it",
                fix="move or delete that file",
            )
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(
                f"the folder {show_path(folder)} is not writable",
                why="a discharge writes evidence beside the contract, and then the contract",
                fix="give write access, or use --dry-run to see what it would write",
            )


def _find_existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())
