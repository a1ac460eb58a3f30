from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.models.report import ComparedEntry, Report, RerunEntry, RerunSummary
from pvengine.reporters.figures import list_figures, shorten
from pvengine.reporters.plain import clean
from pvengine.reporters.reruns import fails_check, render_reruns

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "a\x1b[2J\u202e\nT  reproduced"


def entry(**facts: Any) -> RerunEntry:
    given: dict[str, Any] = {
        "contract": "x.yaml",
        "id": "T",
        "state": "differs",
        "reason": "not reproduced: m",
        "evidence": None,
        "stored_outcome": "survived",
        "outcome": "survived",
        "stored_verdict": None,
        "verdict": None,
        "unlike": (),
        "environment": (),
        "measurements": {},
        "planted_faults": (),
        "detail": None,
        "duration_s": None,
    }
    return RerunEntry(**(given | facts))


def number(value: Any, stored: Any, difference: float | None, tolerance: float | None) -> ComparedEntry:
    return ComparedEntry(
        stored=stored,
        value=value,
        same_bits=False,
        relative_difference=difference,
        tolerance=tolerance,
        within=False,
        reason=None,
    )


def test_without_a_rerun_there_is_no_text() -> None:
    assert render_reruns(Report(command="verify")) == ""


def test_numbers_that_differ_and_the_denominators() -> None:
    measurements = {
        "m": number(1.0, 2.0, 0.5, None),
        "longer": number("nan", 2, None, 1e-6),
        "new": number(3, None, None, None),
    }
    report = Report(
        command="verify",
        reruns=(entry(measurements=measurements, environment=("numpy was 1, is 2",)),),
        rerun_summary=RerunSummary(recorded=1, run=1, differing=1),
    )
    assert render_reruns(report) == (
        "measured again\n"
        "  T  differs  not reproduced: m\n"
        "    numpy was 1, is 2\n"
        "    m       1.0, stored 2.0    relative difference 0.5  wanted the same bits: NOT REPRODUCED\n"
        "    longer  nan, stored 2                               allowed 1e-06: NOT REPRODUCED\n"
        "    new     3, stored nothing                           wanted the same bits: NOT REPRODUCED\n"
        "1 of 1 record measured again: 0 reproduced (0 to the bit), 1 differing, 0 inconclusive; 0 not run"
    )


def test_several_contracts_name_theirs(make_report: Callable[..., Report]) -> None:
    report = make_report(
        command="verify", reruns=(entry(),), rerun_summary=RerunSummary(recorded=1, run=1, differing=1)
    )
    assert "\n  x.yaml  T  differs  not reproduced: m\n" in render_reruns(report)


@pytest.mark.parametrize("key", ["id", "reason", "unlike", "environment", "detail", "measurements"])
def test_hostile_text_stays_on_its_line(key: str) -> None:
    facts: dict[str, Any] = {"measurements": {"m": number(1.0, 2.0, 0.5, None)}}
    value: Any = HOSTILE
    if key in ("unlike", "environment"):
        value = (HOSTILE,)
    elif key == "measurements":
        value = {HOSTILE: number(1.0, 2.0, 0.5, None)}
    if key == "detail":
        facts |= {"state": "inconclusive", "outcome": "inconclusive"}
    report = Report(command="verify", reruns=(entry(**(facts | {key: value})),), rerun_summary=RerunSummary())
    text = render_reruns(report)
    assert text == clean(text)
    assert "\nT  reproduced" not in text
    assert "a\\x1b[2J\\u202e" in text


def test_figures_and_digests() -> None:
    assert list_figures({}, "") == []
    assert shorten("sha256:" + "a" * 64) == "sha256:aaaaaaaaaaaa"
    assert shorten("\x1b[31m") == "\\x1b[31m"


@pytest.mark.parametrize(
    ("facts", "fails"),
    [
        ({"state": "reproduced"}, False),
        ({"state": "not run"}, False),
        ({"state": "inconclusive"}, True),
        ({"state": "differs"}, True),
        ({"state": "differs", "unlike": ("code",)}, False),
        ({"state": "differs", "unlike": ("code",), "outcome": "falsified"}, True),
        (
            {"state": "differs", "unlike": ("code",), "outcome": "falsified", "stored_outcome": "falsified"},
            False,
        ),
    ],
)
def test_numbers_of_other_code_fail_nothing(facts: dict[str, Any], *, fails: bool) -> None:
    assert fails_check(entry(**facts)) is fails
