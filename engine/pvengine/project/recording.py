"""Keep what a run gave: evidence first, then one edit of the contract.

A crash between the two leaves evidence without a status, never a status without evidence.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pvengine.errors import PvError, UsageError
from pvengine.graph.edges import Kind
from pvengine.ledger.adoption import Wanted, find_adoptable
from pvengine.ledger.files import UnconfirmedWriteError, remove_leftovers, replace_file
from pvengine.ledger.grounding import Assessment, Standing, status_of
from pvengine.ledger.records import digest_bytes, make_record, serialize_record
from pvengine.ledger.signatures import is_signed, sign_record
from pvengine.ledger.transitions import Transition, find_transitions
from pvengine.ledger.writing import diff_documents, write_transitions
from pvengine.models.evidence import ContractState
from pvengine.models.report import SignatureEntry, SigningKeyEntry
from pvengine.models.vocabulary import Status, Verdict
from pvengine.project.discovery import show_path
from pvengine.project.measuring import Measured
from pvengine.project.scores import find_scores
from pvengine.project.third_party import find_packages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pvengine.ledger.keys import PrivateKey
    from pvengine.models.report import MutationScore
    from pvengine.project.view import ContractView
    from pvengine.yamldoc import Document

__all__ = ["Recorder", "Recording", "check_writable"]


@dataclass(frozen=True, slots=True)
class Recording:
    """What the one edit came to; ``problem`` says why it was not made, or not confirmed by the system."""

    version: str | None
    transitions: tuple[Transition, ...] = ()
    diff: str = ""
    is_written: bool = False
    problem: PvError | None = None
    document: Document | None = None


class Recorder:
    """The evidence of one run over one contract, and where its tests stand with it.

    With ``dry_run`` records get their digests and nothing reaches a file. With a key every record that the
    run links is signed.
    """

    def __init__(self, view: ContractView, *, dry_run: bool, key: PrivateKey | None = None) -> None:
        self.view = view
        self.dry_run = dry_run
        self.key = key
        self.signatures: list[SignatureEntry] = []
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
        before = self.view.assessments[name]
        if measured.adopted is not None:
            digest = measured.adopted
            content = self.view.store.path_of(name, digest).read_bytes()
        else:
            content = self._compose(name, measured)
            digest = digest_bytes(content) if self.dry_run else self.view.store.add(name, content)
        self.sign(name, digest, content)
        self.evidence[name] = digest
        self.after[name] = replace(
            before,
            word=status_of(measured.judgement.outcome.value).value,
            standing=Standing.VERIFIED,
            reasons=(),
            stale=(),
            verdicts=measured.judgement.verdicts,
            head=digest,
            count=before.count + 1,
        )

    def _compose(self, name: str, measured: Measured) -> bytes:
        """Return the bytes of the record of a test that was measured."""
        if measured.run is None:
            msg = "a test that did not run leaves no evidence"
            raise ValueError(msg)
        claim = self.view.loaded.claims[name]
        return serialize_record(
            make_record(
                measured.run,
                measured.judgement,
                contract=self._contract_state(),
                test=name,
                claim=claim.data,
                claim_digest=claim.digest,
                started=measured.started,
                previous=self.view.assessments[name].head,
                packages=find_packages(self.view.workshop, measured.run.falsifier),
                mutation=self._scores.get(name),
            )
        )

    @cached_property
    def _scores(self) -> dict[str, MutationScore]:
        """The mutation scores that this machine knows, looked up once."""
        return find_scores(self.view, self.view.loaded.tests)

    def _contract_state(self) -> ContractState:
        loaded = self.view.loaded
        return ContractState(
            id=loaded.id, version=str(loaded.contract.metadata.version), digest=loaded.digest
        )

    def recall(self, name: str) -> Measured | None:
        """Recall what an interrupted discharge of the contract as it stands left on record for a test."""
        view = self.view
        test, before = view.loaded.tests[name], view.assessments[name]
        source = view.find_source_digest(test)
        if source is None:
            return None
        wanted = Wanted(
            contract=self._contract_state(),
            previous=before.head,
            claim_digest=view.loaded.claims[name].digest,
            source_digest=source,
            inputs={model: file.sha256 for model, file in view.find_inputs(test).items()},
            find_package_changes=view.find_package_changes,
        )
        found = find_adoptable(view.store, name, wanted, known=before.count)
        if found is None or not self._may_link(name, found.digest):
            return None
        return Measured(found.run, found.judgement, found.started, adopted=found.digest)

    def _may_link(self, name: str, digest: str) -> bool:
        """Whether a record that was left may be linked: a key signs what its own runs measured alone."""
        return self.key is None or is_signed(self.view.store, name, digest, self.key)

    def sign(self, name: str, digest: str, content: bytes) -> None:
        """Store the signature of a record before it is linked, durable when this returns; without a key none.

        Raises
        ------
        TamperedEvidenceError
            Another envelope of this record and key is there.
        UsageError
            The envelope cannot be written.
        """
        if self.key is None or self.dry_run:
            return
        sign_record(self.view.store, name, digest, content, self.key)
        keys = (SigningKeyEntry(keyid=self.key.keyid, name=self.key.name),)
        path = self.view.loaded.display_path
        self.signatures.append(
            SignatureEntry(contract=path, id=name, evidence=digest, state="signed", keys=keys)
        )

    def remove_leftovers(self) -> None:
        """Remove half-written files that a killed run of this contract left; others are let alone."""
        path = self.view.loaded.path
        remove_leftovers(path.parent, path.name)
        self.view.store.remove_leftovers(self.view.loaded.tests)

    def find_transitions(self) -> list[Transition]:
        """Find what the edit would move, with what has been added so far."""
        loaded = self.view.loaded
        return find_transitions(loaded.contract, loaded.indexes, self.view.assessments, self.after)

    def write(self) -> Recording:
        """Make the one edit: statuses, verdicts, evidence links, amendment and version."""
        loaded = self.view.loaded
        version = None if loaded.contract.metadata.version is None else str(loaded.contract.metadata.version)
        transitions = self.find_transitions()
        if not transitions or version is None:
            return Recording(version)
        problem: PvError | None = None
        try:
            document, bumped = write_transitions(loaded.document, version, transitions, kind="discharge")
            if not self.dry_run:
                replace_file(loaded.path, document.raw, expected=loaded.document.raw)
        except UnconfirmedWriteError as error:
            problem = error
        except PvError as error:
            return Recording(version, problem=error)
        diff = diff_documents(loaded.document, document)
        written = not self.dry_run
        return Recording(bumped, tuple(transitions), diff, written, problem, document)


def check_writable(view: ContractView) -> None:
    """Raise UsageError where a discharge could not write, before any test has taken its time."""
    if not view.loaded.path.stat().st_mode & 0o222:
        raise UsageError(
            f"{view.loaded.display_path} is read-only",
            why="a discharge writes into the contract, and somebody took the permission to do so away",
            fix="give write access to the file, or use --dry-run to see what it would write",
        )
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
