"""Who signed the evidence, as text: below the report that `discharge` and `verify` print anyway."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pvengine.reporters.plain import clean_line, count_noun
from pvengine.reporters.standing import render_standing
from pvengine.reporters.text import render_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.report import Report, SignatureSummary

__all__ = ["render_signed_report", "render_signed_standing"]


def render_signed_report(report: Report) -> str:
    """Render the report of `discharge`, and by which key how many records were signed."""
    counted = Counter((key.name, key.keyid) for entry in report.signatures for key in entry.keys)
    lines = [
        clean_line(f"signed {count_noun(count, 'record')} with {name}, key {keyid}")
        for (name, keyid), count in counted.items()
    ]
    return render_report(report) + "".join(f"{line}\n" for line in lines)


def render_signed_standing(report: Report) -> str:
    """Render the report of `verify`, and what the signatures came to where keys are trusted."""
    if report.signature_summary is None:
        return render_standing(report)
    lines = [_count(report.signature_summary), *_iter_signers(report)]
    return render_standing(report) + "".join(f"{line}\n" for line in lines)


def _count(counted: SignatureSummary) -> str:
    return (
        f"{count_noun(counted.heads, 'newest record')}: {counted.signed} signed by a trusted key,"
        f" {counted.untrusted} by other keys only, {counted.broken} broken, {counted.unsigned} unsigned"
    )


def _iter_signers(report: Report) -> Iterator[str]:
    counted = Counter((key.name, key.keyid) for entry in report.signatures for key in entry.keys if key.name)
    for (name, keyid), count in sorted(counted.items()):
        yield "  " + clean_line(f"{name}  {keyid}  {count_noun(count, 'record')}")
