"""What an export carries and what it does not, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.figures import shorten
from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.project.exporting import Export
    from pvengine.project.exports.account import ExportedContract, ExportedTest, Loss

__all__ = ["render_export"]


def render_export(export: Export) -> str:
    """Render the account of an export: each test, each loss, each refusal, and the denominators."""
    blocks = ["\n".join(_iter_lines(contract)) for contract in export.contracts]
    blocks += [render_finding(entry) for entry in export.diagnostics]
    blocks.append(_say_count(export))
    return "\n\n".join(blocks) + "\n"


def _iter_lines(contract: ExportedContract) -> Iterator[str]:
    head = f"{contract.path}  {contract.id}"
    yield clean_line(f"{head}  {contract.said}" if contract.said else head)
    for test in contract.tests:
        yield f"  {clean_line(f'{test.id}  {_say_place(test)}')}"
        for fate in dict.fromkeys(loss.fate for loss in test.losses):
            yield from _iter_losses(fate, [loss for loss in test.losses if loss.fate == fate])
    for refusal in contract.refused:
        name = "" if refusal.test is None else f"{refusal.test}  "
        yield f"  {clean_line(f'{name}refused: {refusal.reason}')}"
        yield f"    {clean_line(f'fix: {refusal.fix}')}"


def _say_place(test: ExportedTest) -> str:
    place = shorten(test.place)
    return f"{place}  {test.note}" if test.note else place


def _iter_losses(fate: str, losses: list[Loss]) -> Iterator[str]:
    """Iterate over lines that name the parts of one fate, those with the same reason together."""
    for reason in dict.fromkeys(loss.reason for loss in losses):
        parts = ", ".join(loss.what for loss in losses if loss.reason == reason)
        yield f"    {clean_line(f'{fate}: {parts} ({reason})')}"


def _say_count(export: Export) -> str:
    tests = sum(len(contract.tests) for contract in export.contracts)
    refused = sum(len(contract.refused) for contract in export.contracts)
    losses = sum(len(test.losses) for contract in export.contracts for test in contract.tests)
    lost = "1 loss" if losses == 1 else f"{losses} losses"
    said = f"{count_noun(tests, 'test')} exported, {refused} refused, {lost}"
    return said if export.contracts or not export.diagnostics else f"nothing was exported; {said}"
