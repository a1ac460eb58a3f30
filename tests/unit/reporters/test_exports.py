"""The account of an export: each test with what is lost, and the denominators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.project.exporting import Export
from pvengine.project.exports.account import ExportedContract, ExportedTest, Loss, Refusal
from pvengine.reporters.exports import render_export

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import DiagnosticEntry

LOSSES = (
    Loss("accept", "restated", "as a number"),
    Loss("params", "pinned", "no place"),
    Loss("limits", "left out", "no part"),
    Loss("decides", "pinned", "no verdict"),
    Loss("search", "pinned", "no place"),
)


def test_losses_stand_by_fate_and_reason() -> None:
    contract = ExportedContract(
        path="contracts/x-v1.yaml",
        id="C-X",
        said="1 exported, 1 refused",
        tests=(ExportedTest("FT-1", f"sha256:{'a' * 64}", losses=LOSSES),),
        refused=(Refusal("FT-2\x1b[31m", "it is odd", "mend it"),),
    )
    assert render_export(Export(contracts=(contract,))) == (
        "contracts/x-v1.yaml  C-X  1 exported, 1 refused\n"
        "  FT-1  sha256:aaaaaaaaaaaa\n"
        "    restated: accept (as a number)\n"
        "    pinned: params, search (no place)\n"
        "    pinned: decides (no verdict)\n"
        "    left out: limits (no part)\n"
        "  FT-2\\x1b[31m  refused: it is odd\n"
        "    fix: mend it\n"
        "\n"
        "1 test exported, 1 refused, 5 losses\n"
    )


def test_a_contract_may_be_refused_as_a_whole() -> None:
    refusal = Refusal(None, "it has no tests", "leave it out")
    contract = ExportedContract(path="x.yaml", id="C-X", said="", refused=(refusal,))
    assert render_export(Export(contracts=(contract,), exit_code=14)) == (
        "x.yaml  C-X\n  refused: it has no tests\n    fix: leave it out\n\n"
        "0 tests exported, 1 refused, 0 losses\n"
    )


def test_findings_that_stop_an_export_say_so(make_entry: Callable[..., DiagnosticEntry]) -> None:
    text = render_export(Export(diagnostics=(make_entry(),), exit_code=3))
    assert text.endswith("\n\nnothing was exported; 0 tests exported, 0 refused, 0 losses\n")
    assert text.startswith("contracts/x-v1.yaml:7:3: warning[PV203]: odd\n")
