"""Check the signatures of evidence: who signed the records that statuses rest on.

The newest record of a test, its *head*, grounds its status and pins the records before it by their digests,
so a signature of the head covers them. Every envelope that is there is checked, whatever it signs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.errors import ExitCode, TamperedEvidenceError
from pvengine.ledger.grounding import Standing
from pvengine.ledger.signatures import check_envelope, list_envelopes, list_strays
from pvengine.models.report import SignatureEntry, SignatureSummary, SigningKeyEntry
from pvengine.project.discovery import show_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.ledger.signatures import Signer
    from pvengine.models.report import Report, SignatureState
    from pvengine.project.signing import SignaturePolicy
    from pvengine.project.view import ContractView

__all__ = ["CheckedSignatures", "check_signatures", "iter_stray_envelopes"]

_RESTS_ON_A_RECORD = frozenset({Standing.VERIFIED, Standing.STALE})
_CLAIMS_NO_RECORD = frozenset({Standing.NEW, Standing.SELF_DECLARED})


@dataclass(frozen=True, slots=True)
class CheckedSignatures:
    """What the signatures of some contracts came to."""

    entries: tuple[SignatureEntry, ...]
    found: tuple[Diagnostic, ...]
    codes: tuple[ExitCode, ...]

    def add_to(self, report: Report) -> Report:
        """Add who signed what to a report."""
        states = Counter(entry.state for entry in self.entries)
        summary = SignatureSummary(
            heads=len(self.entries),
            signed=states["signed"],
            untrusted=states["untrusted"],
            broken=states["broken"],
            unsigned=states["unsigned"],
        )
        return replace(report, signatures=self.entries, signature_summary=summary)


def check_signatures(views: Sequence[ContractView], policy: SignaturePolicy) -> CheckedSignatures:
    """Check every envelope of the contracts, and whether each head is signed by a trusted key.

    Where signatures are required, no head at all is no success: who can delete the store could otherwise
    make them unnecessary.
    """
    entries: list[SignatureEntry] = []
    found: list[Diagnostic] = []
    for view in views:
        for name, assessment in view.assessments.items():
            envelopes = _Envelopes.read(view, name, policy)
            found += envelopes.found
            if assessment.head is None or assessment.standing not in _RESTS_ON_A_RECORD:
                continue
            entry = envelopes.describe(view, name, assessment.head)
            entries.append(entry)
            if policy.is_required and entry.state in {"unsigned", "untrusted"}:
                found.append(_report_unsigned(view, entry))
    codes = [ExitCode.TAMPERED] if found else []
    claimed = {assessment.standing for view in views for assessment in view.assessments.values()}
    if policy.is_required and views and claimed <= _CLAIMS_NO_RECORD:
        codes.append(ExitCode.NOTHING)
        message = "no status rests on a record, so no signature was checked"
        place, fix = (
            views[0].loaded.display_path,
            "sign what is discharged: `pv discharge CONTRACT --sign KEY`",
        )
        found.append(get_rule("PV003").report(message, place, fix=fix))
    return CheckedSignatures(tuple(entries), tuple(found), tuple(codes))


@dataclass(frozen=True, slots=True)
class _Envelopes:
    """The envelopes of one test: who signed each record, which have a broken one, and what to report."""

    signers: Mapping[str, Sequence[Signer]]
    broken: frozenset[str]
    found: tuple[Diagnostic, ...]

    @classmethod
    def read(cls, view: ContractView, test: str, policy: SignaturePolicy) -> _Envelopes:
        signers: dict[str, list[Signer]] = {}
        broken: set[str] = set()
        found: list[Diagnostic] = []
        for envelope in list_envelopes(view.store, test):
            try:
                signer = check_envelope(envelope, policy.trusted)
            except TamperedEvidenceError as error:
                broken.add(envelope.digest)
                found.append(get_rule("PV611").report(f"{test}: {error.what}", show_path(envelope.path)))
            else:
                signers.setdefault(envelope.digest, []).append(signer)
        return cls(signers, frozenset(broken), tuple(found))

    def describe(self, view: ContractView, test: str, head: str) -> SignatureEntry:
        """Describe who signed a head; one trusted signature is enough."""
        signers = self.signers.get(head, ())
        state: SignatureState = "untrusted" if signers else "unsigned"
        if any(signer.trusted for signer in signers):
            state = "signed"
        elif head in self.broken:
            state = "broken"
        keys = tuple(
            SigningKeyEntry(keyid=signer.keyid, name=signer.trusted.name if signer.trusted else None)
            for signer in signers
        )
        return SignatureEntry(
            contract=view.loaded.display_path, id=test, evidence=head, state=state, keys=keys
        )


def _report_unsigned(view: ContractView, entry: SignatureEntry) -> Diagnostic:
    others = ", ".join(key.keyid[:16] for key in entry.keys)
    said = f"signed by no trusted key, only by {others}" if others else "not signed"
    place = view.loaded.document.place((*view.loaded.test_paths[entry.id], "status"))
    return get_rule("PV610").report(f"{entry.id}: its record {entry.evidence[:19]} is {said}", place)


def iter_stray_envelopes(view: ContractView) -> Iterator[Diagnostic]:
    """Iterate over files that look like envelopes and sign no record that is there, as notes."""
    for name in view.assessments:
        for path in list_strays(view.store, name):
            yield get_rule("PV605").report(f"this envelope signs no record of {name}", show_path(path))
