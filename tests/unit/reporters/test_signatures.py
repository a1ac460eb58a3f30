from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.report import SignatureEntry, SignatureSummary, SigningKeyEntry
from pvengine.reporters.signatures import render_signed_report, render_signed_standing
from pvengine.reporters.standing import render_standing
from pvengine.reporters.text import render_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import Report

ADA = SigningKeyEntry(keyid="a" * 64, name="ada.pem")
ODD = SigningKeyEntry(keyid="b" * 64, name="b\n\x1b[31m.pem")
STRANGER = SigningKeyEntry(keyid="c" * 64, name=None)


def make_entry(*keys: SigningKeyEntry) -> SignatureEntry:
    return SignatureEntry(contract="x.yaml", id="T", evidence="sha256:" + "0" * 64, state="signed", keys=keys)


def test_without_signatures_the_reports_are_as_ever(make_report: Callable[..., Report]) -> None:
    report = make_report(command="verify")
    assert render_signed_standing(report) == render_standing(report)
    assert render_signed_report(report) == render_report(report)


def test_a_discharge_says_by_which_key_how_many(make_report: Callable[..., Report]) -> None:
    report = make_report(command="discharge", signatures=(make_entry(ADA), make_entry(ADA)))
    added = render_signed_report(report).removeprefix(render_report(report))
    assert added == f"signed 2 records with ada.pem, key {'a' * 64}\n"


def test_a_verification_says_the_denominators_and_who_is_trusted(make_report: Callable[..., Report]) -> None:
    report = make_report(
        command="verify",
        signatures=(make_entry(ODD, ADA), make_entry(ADA, STRANGER), make_entry()),
        signature_summary=SignatureSummary(heads=3, signed=2, unsigned=1),
    )
    added = render_signed_standing(report).removeprefix(render_standing(report))
    assert added.splitlines()[:2] == [
        "3 newest records: 2 signed by a trusted key, 0 by other keys only, 0 broken, 1 unsigned",
        f"  ada.pem  {'a' * 64}  2 records",
    ]
    assert len(added.splitlines()) == 3
    assert "\x1b" not in added
    assert "c" * 64 not in added
