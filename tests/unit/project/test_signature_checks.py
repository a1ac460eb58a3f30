from __future__ import annotations

from pvengine.errors import ExitCode
from pvengine.models.report import Report, SignatureEntry, SignatureState, SignatureSummary
from pvengine.project.signature_checks import CheckedSignatures


def make_entry(state: SignatureState) -> SignatureEntry:
    return SignatureEntry(contract="x.yaml", id="T", evidence="sha256:" + "0" * 64, state=state, keys=())


def test_each_head_is_counted_once() -> None:
    states: list[SignatureState] = [
        "signed",
        "unsigned",
        "broken",
        "untrusted",
        "unsigned",
        "signed",
        "signed",
    ]
    entries = tuple(map(make_entry, states))
    report = CheckedSignatures(entries, (), (ExitCode.TAMPERED,)).add_to(Report(command="verify"))
    assert report.signatures == entries
    assert report.signature_summary == SignatureSummary(heads=7, signed=3, untrusted=1, broken=1, unsigned=2)


def test_nothing_is_counted_as_nothing() -> None:
    report = CheckedSignatures((), (), ()).add_to(Report(command="verify"))
    assert (report.signatures, report.signature_summary) == ((), SignatureSummary())
