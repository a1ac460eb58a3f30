from __future__ import annotations

from typing import TYPE_CHECKING

import junitparser
import pytest
from check_parts import PATH, concern, entry, rerun, standing

from pvengine.reporters.junit import render_junit
from pvengine.reporters.junit_cases import Case, list_finding_cases, list_test_cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry

    Maker = Callable[..., CheckReport]
    EntryMaker = Callable[..., DiagnosticEntry]


@pytest.fixture
def report(make_check: Maker) -> CheckReport:
    """A check of five tests, of which one of each kind; a sixth was measured again elsewhere."""
    return make_check(
        contracts=(
            entry(
                standing("stale", status="DISCHARGED", standing="stale", reasons=("the claim changed",)),
                standing("fine", status="DISCHARGED", standing="verified"),
                standing("other", status="DISCHARGED", standing="verified"),
                standing("unbound", falsifier=None),
                standing("blocked", blocked="waits for x"),
                standing("broken", status="DISCHARGED", standing="verified"),
            ),
        ),
        concerns=(
            concern("stale", "stale", new=1, policy="new", fails=True),
            concern("toothless", "stale", "fine", new=1, policy="new", fails=True),
            concern("unbound", "unbound", new=1),
        ),
        reruns=(
            rerun(id="fine"),
            rerun("differs", id="other", reason="2 metrics are not reproduced"),
            rerun("inconclusive", id="broken", reason="timeout after 20 s", detail=None),
            rerun(id="elsewhere", contract="y.yaml"),
        ),
        exit_code=12,
    )


def test_each_test_is_a_case_and_what_fails_the_check_fails(report: CheckReport) -> None:
    again = "reproduced  to the bit: 2 metrics"
    assert list_test_cases(report) == {
        PATH: [
            Case(
                name="stale",
                kind="failure",
                type_="stale, toothless",
                message="stale, toothless fails the check",
                text="DISCHARGED, stale: the claim changed",
            ),
            Case(name="fine", kind="system-out", text=f"DISCHARGED, verified\nfine  {again}"),
            Case(
                name="other",
                kind="failure",
                type_="differs",
                message="2 metrics are not reproduced",
                text="other  differs  2 metrics are not reproduced",
            ),
            Case(name="unbound", kind="skipped", message="unbound"),
            Case(name="blocked", kind="skipped", message="blocked: waits for x"),
            Case(
                name="broken",
                kind="error",
                type_="inconclusive",
                message="timeout after 20 s",
                text="broken  inconclusive  timeout after 20 s",
            ),
        ],
        "y.yaml": [Case(name="elsewhere", kind="system-out", text=f"elsewhere  {again}")],
    }


def test_readers_count_them(report: CheckReport) -> None:
    read = junitparser.JUnitXml.fromstring(render_junit(report).encode())
    assert (read.tests, read.failures, read.errors, read.skipped) == (9, 2, 1, 2)
    first, second = read
    assert [suite.name for suite in (first, second)] == [PATH, "y.yaml"]
    assert [case.name for case in first][:3] == ["no finding", "stale", "fine"]
    assert '<skipped message="unbound"/>\n' in render_junit(report)


def test_a_file_without_a_finding_has_one_case() -> None:
    assert list_finding_cases([]) == [Case(name="no finding")]


def test_equal_findings_get_numbers(make_entry: EntryMaker) -> None:
    cases = list_finding_cases([make_entry(), make_entry()])
    assert [case.name for case in cases] == ["PV203 unknown status at 7:3", "PV203 unknown status at 7:3 (2)"]
    assert [case.kind for case in cases] == ["system-out", "system-out"]
