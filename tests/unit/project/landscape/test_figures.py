"""A measured figure is what the newest record of a discharged test has, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from pvengine.models.attribution import Factor
from pvengine.project.landscape.figures import FigureReader, FoundFigure, scale_number


def read(bench: Any, test: str = "T", metric: str = "m") -> FoundFigure:
    factor = Factor.model_validate({"test": test, "metric": metric, "kind": "ratio"})
    return FigureReader(bench.view()).read(factor, "name", ("attributions", 0, "factors", 0))


def test_a_discharged_test_gives_its_number_and_the_record(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record(value=0.5)
    found = read(bench)
    head = bench.view().assessments["T"].head
    assert (found.number, found.value, found.unit, found.evidence) == (0.5, 0.5, "s", head)
    assert (found.problem, found.is_typed, found.is_residual, found.shown) == (None, False, False, "0.5")


def test_the_newest_record_counts(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record(value=0.5)
    bench.record(value=0.25, started="2026-01-02T00:00:00.000Z")
    assert read(bench).number == 0.25


def test_what_gives_no_number_says_why(bench: Any) -> None:
    bench.contract(bench.test(), bench.test("NEW"), bench.test("TYPED", "status: DISCHARGED"))
    bench.record(value=0.5)
    assert read(bench, "X").problem == "the contract has no test X"
    assert read(bench, "NEW").problem == "NEW is new"
    assert read(bench, "TYPED").problem == "TYPED is DISCHARGED without evidence"
    assert read(bench, metric="n").problem == "the newest record of T has no metric 'n'"


def test_stale_falsified_and_blocked_tests_give_none(bench: Any) -> None:
    bench.contract(
        bench.test("STALE", "prediction: It is small."),
        bench.test("BROKEN"),
        bench.test("MODEL", "requires: [{model: nowhere}]"),
    )
    bench.record("STALE", value=0.5)
    bench.record("BROKEN", value=2.0)
    bench.edit("It is small.", "It is tiny.")
    assert read(bench, "STALE").problem == "STALE is stale"
    assert read(bench, "BROKEN").problem == "BROKEN is FALSIFIED"
    problem = read(bench, "MODEL").problem or ""
    assert problem.startswith("MODEL is blocked: needs the model nowhere")
    assert read(bench, "STALE").number is None


@pytest.mark.parametrize(
    ("text", "unit", "wanted"),
    [
        ("14", "1", (14.0, Fraction(1), "14")),
        ("5.70", "x", (5.7, Fraction(1, 100), "5.7")),
        ("0.077", "%", (0.00077, Fraction(1, 10**5), "0.00077 (0.077 %)")),
        ("1723", "%", (17.23, Fraction(1, 100), "17.23 (1723 %)")),
    ],
)
def test_a_typed_number_has_the_digits_of_its_text(
    bench: Any, text: str, unit: str, wanted: tuple[float, Fraction, str]
) -> None:
    bench.contract(bench.test(), head=f"attributions:\n- factors:\n  - {{value: {text}}}\n")
    factor = Factor.model_validate({"value": float(text), "unit": unit, "source": "s", "kind": "ratio"})
    if "." not in text:
        factor = factor.model_copy(update={"value": int(text)})
    found = FigureReader(bench.view()).read(factor, "name", ("attributions", 0, "factors", 0))
    assert (found.number, found.quantum, found.shown) == wanted
    assert found.typed == found.number
    assert found.is_typed


def test_per_cent_alone_is_scaled() -> None:
    assert [scale_number(50, unit) for unit in ("%", "1", "ratio", "ms")] == [0.5, 50.0, 50.0, 50.0]
