from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pvengine.models.landscape import (
    AttributionEntry,
    FigureEntry,
    LandscapeContract,
    LandscapeHypothesis,
    LandscapeReport,
    LandscapeSummary,
    ScopedFigure,
)
from pvengine.models.report import MeasurementEntry
from pvengine.reporters.landscape import render_landscape

CONTRACT = LandscapeContract(path="x.yaml", id="C-X", version=None, digest="sha256:0")
FIGURE = MeasurementEntry(
    value=0.5, dtype="float64", bits="0", unit="s", population=None, aggregation=None, arithmetic=None
)
ROW = ScopedFigure(
    test="T",
    scope="here",
    verdict="CONFIRMED",
    counts=True,
    status="DISCHARGED",
    standing="verified",
    blocked=None,
    metric="m",
    figure=FIGURE,
    evidence="sha256:1",
)


def figure(name: str = "factor 1", number: float | None = 2.0, **facts: Any) -> FigureEntry:
    known: dict[str, Any] = {"kind": "ratio", "value": number, "unit": "1", "source": "the report"}
    known |= {"test": None, "metric": None, "evidence": None, "residual": False, "problem": None}
    return FigureEntry(name=name, number=number, **{**known, **facts})


def attribution(*factors: FigureEntry, **facts: Any) -> AttributionEntry:
    known: dict[str, Any] = {"note": None, "target": figure("target"), "product": 2.0, "ratio": 1.0}
    known |= {"residual": 1.0, "explained": 2.0, "stated": None, "stated_difference": None, "findings": ()}
    return AttributionEntry(id="A", factors=factors, **{**known, **facts})


def hypothesis(*rows: ScopedFigure, status: str = "CONFIRMED") -> LandscapeHypothesis:
    return LandscapeHypothesis(id="H", statement="It holds.", status=status, verdict="CONFIRMED", scopes=rows)


def text(**facts: Any) -> list[str]:
    return render_landscape(LandscapeReport(contract=CONTRACT, **facts), "text").splitlines()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "CONFIRMED  in the scope of here, by T: m = 0.5 s  DISCHARGED"),
        ({"scope": None}, "CONFIRMED  without a scope, by T: m = 0.5 s  DISCHARGED"),
        (
            {"counts": False, "standing": "stale"},
            "CONFIRMED  in the scope of here, by T: m = 0.5 s  DISCHARGED, stale, not counted",
        ),
        (
            {"counts": False, "status": "FALSIFIED"},
            "CONFIRMED  in the scope of here, by T: m = 0.5 s  FALSIFIED, not counted",
        ),
        (
            {"counts": False, "status": "NEW", "standing": "new", "verdict": None, "figure": None},
            "-        in the scope of here, by T: m is not measured  NEW",
        ),
        (
            {
                "counts": False,
                "status": "NEW",
                "standing": "new",
                "verdict": None,
                "metric": None,
                "blocked": "b",
            },
            "-        in the scope of here, by T: it decides nothing  NEW, blocked: b",
        ),
        (
            {"counts": False, "standing": "self-declared", "verdict": None, "figure": None},
            "-        in the scope of here, by T: m is not measured  DISCHARGED, self-declared",
        ),
    ],
)
def test_a_row_says_what_it_rests_on(changes: dict[str, Any], line: str) -> None:
    assert text(hypotheses=(hypothesis(replace(ROW, **changes)),))[4].strip() == line


def test_a_word_that_is_not_the_verdict_is_told() -> None:
    assert text(hypotheses=(hypothesis(status="UNTESTED"),))[3] == (
        "  H  CONFIRMED  It holds.  (the contract says UNTESTED)"
    )


def test_factors_have_number_kind_name_and_source() -> None:
    factors = (
        figure("drift", 0.00077, value=0.077, unit="%"),
        figure("T m", 3.0, test="T", metric="m", source=None),
        figure("factor 3", 14.0, value=14, source=None, residual=True),
        figure("U n", None, test="U", metric="n", source=None, problem="U is new"),
    )
    found = text(attributions=(attribution(*factors, explained=0.00231, stated=17.15, note="why"),))
    assert found[2:10] == [
        "attribution A  why",
        "  factor   0.00077 (0.077 %)  ratio  drift  the report",
        "  times    3.0                ratio         from T m",
        "  times    14                 ratio         a residual",
        "  times    not known          ratio         from U n; U is new",
        "  product  2.0",
        "  target   2.0                ratio         the report",
        (
            "  product / target 1.0; residual target / product 1.0; "
            "without what was obtained by dividing 0.00231; stated 17.15"
        ),
    ]


def test_the_denominators_are_the_last_line() -> None:
    summary = LandscapeSummary(hypotheses=1, contested=1, attributions=2, computed=1, clean=0, unread=3)
    assert text(summary=summary)[-1] == (
        "1 hypothesis: 0 CONFIRMED, 0 PARTIALLY_CONFIRMED, 0 FALSIFIED, 1 CONTESTED, 0 UNTESTED; "
        "2 attributions: 1 computed, 0 without a finding; 3 not read; 0 errors, 0 warnings"
    )


def test_json_is_the_document() -> None:
    document = json.loads(render_landscape(LandscapeReport(contract=CONTRACT), "json"))
    assert (document["schema"], document["contract"]["id"], document["exit_code"]) == (
        "pv/landscape/v1",
        "C-X",
        0,
    )


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_nothing_of_a_contract_is_active(form: str) -> None:
    row = replace(ROW, scope="a|b\x1b[31m\n| c")
    report = LandscapeReport(contract=CONTRACT, hypotheses=(hypothesis(row),))
    found = render_landscape(report, form)
    assert "\x1b" not in found
    assert "a|b" not in found or form == "text"
    assert not any(line.startswith("| c") for line in found.splitlines())


def test_a_hypothesis_without_tests_has_a_row_in_markdown() -> None:
    report = LandscapeReport(contract=CONTRACT, hypotheses=(hypothesis(),))
    assert "| H | CONFIRMED | It holds. |  |  |  |  |  |" in render_landscape(report, "markdown").splitlines()
