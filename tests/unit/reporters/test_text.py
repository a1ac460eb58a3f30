"""The text of a report: findings, the diff, the denominators, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.models.report import References, Report, Scope, Summary
from pvengine.reporters.text import render_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import DiagnosticEntry

COUNTS = (
    "2 contracts, 3 tests: 1 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked,"
    " 0 self-declared; 0 errors, 0 warnings\n"
)


def test_without_findings_only_the_denominators(make_report: Callable[..., Report]) -> None:
    assert render_report(make_report()) == COUNTS


def test_findings_diff_and_counts_stand_apart(
    make_report: Callable[..., Report], make_entry: Callable[..., DiagnosticEntry]
) -> None:
    report = make_report(make_entry(), diff="--- a/x\n+++ b/x\n", scope=Scope(fixed=1))
    assert render_report(report) == (
        "contracts/x-v1.yaml:7:3: warning[PV203]: odd\n  7 | - odd: text\n    |   ^^^\n\n"
        "--- a/x\n+++ b/x\n\n" + COUNTS.replace("0 warnings", "1 warning") + "can be mended: 1 finding\n"
    )


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (Scope(ignored_files=1), "left out: 1 file that git ignores\n"),
        (Scope(unindexed_files=2), "left out: 2 files not looked up\n"),
        (
            Scope(ignored_files=2, unindexed_files=1, suppressed=3, baselined=1),
            (
                "left out: 2 files that git ignores, 1 file not looked up, 3 findings silenced,"
                " 1 finding in the baseline\n"
            ),
        ),
        (Scope(fixed=2), "can be mended: 2 findings\n"),
    ],
)
def test_what_was_left_out(make_report: Callable[..., Report], scope: Scope, text: str) -> None:
    assert render_report(make_report(scope=scope)) == COUNTS + text


def test_what_was_mended(make_report: Callable[..., Report]) -> None:
    text = render_report(make_report(scope=Scope(fixed=2), written=True))
    assert text == COUNTS + "mended: 2 findings\n"


def test_how_unbound_tests_are_run(make_report: Callable[..., Report]) -> None:
    counted = References(falsifiers=9, cargo_tests=1, rust_paths=2, pytest_nodes=3, shell_commands=4)
    assert render_report(make_report(references=counted)) == (
        COUNTS + "run elsewhere, as their contracts say: 1 by cargo, 2 by a Rust path, 3 by pytest,"
        " 4 by another command\n"
    )
    counted = References(falsifiers=9, source_code=1, prose=2, nothing=3)
    assert render_report(make_report(references=counted)).endswith(
        "say: 1 by source code, 2 by prose, 3 by nothing\n"
    )
    assert render_report(make_report(references=References(falsifiers=9))) == COUNTS


def test_one_contract_is_not_counted() -> None:
    report = Report(command="validate", contract="x.yaml", summary=Summary(declared=1))
    assert render_report(report).startswith("1 test: 0 bound")


def test_no_escape_of_a_diff_reaches_the_terminal(make_report: Callable[..., Report]) -> None:
    assert "\x1b" not in render_report(make_report(diff="--- a\n+\x1b[31mred\n"))
