"""Each hypothesis has every decision on it: verdict and figure are of one record."""

from __future__ import annotations

from typing import Any

from pvengine.project.landscape.hypotheses import list_hypotheses

HYPOTHESES = "hypotheses:\n- {id: H, statement: It is small.}\n- {id: K, statement: It is even.}\n"
BANDS = "CONFIRMED: {lt: 1}, FALSIFIED: {ge: 1}"


def decides(scope: str = "here", hypothesis: str = "H", bands: str = BANDS) -> tuple[str, str]:
    return f"hypothesis: {hypothesis}", f"decides: {{metric: m, scope: {scope}, {bands}}}"


def survey(bench: Any) -> Any:
    return {entry.id: entry for entry in list_hypotheses(bench.view(), {"B": "no model"})}


def test_a_verdict_comes_with_the_figure_that_decided(bench: Any) -> None:
    bench.contract(bench.test("T", *decides()), head=HYPOTHESES)
    bench.record(value=0.5)
    found = survey(bench)
    (row,) = found["H"].scopes
    assert (found["H"].verdict, found["H"].status) == ("CONFIRMED", "CONFIRMED")
    assert (row.test, row.scope, row.verdict, row.counts) == ("T", "here", "CONFIRMED", True)
    assert (row.metric, row.figure.value, row.figure.unit) == ("m", 0.5, "s")
    assert (row.status, row.standing, row.evidence) == (
        "DISCHARGED",
        "verified",
        bench.view().assessments["T"].head,
    )
    assert (found["K"].verdict, found["K"].status, found["K"].scopes) == ("UNTESTED", "UNTESTED", ())


def test_scopes_that_disagree_are_contested_and_both_are_there(bench: Any) -> None:
    bands = "CONFIRMED: {lt: 0.1}, FALSIFIED: {ge: 0.1}"
    bench.contract(
        bench.test("T", *decides()), bench.test("U", *decides("there", bands=bands)), head=HYPOTHESES
    )
    bench.record("T")
    bench.record("U")
    found = survey(bench)["H"]
    assert found.verdict == "CONTESTED"
    assert [(row.scope, row.verdict) for row in found.scopes] == [
        ("here", "CONFIRMED"),
        ("there", "FALSIFIED"),
    ]


def test_what_was_not_measured_has_no_figure(bench: Any) -> None:
    bench.contract(bench.test("B", *decides()), bench.test("T", "hypothesis: [H, K]"), head=HYPOTHESES)
    found = survey(bench)
    blocked, silent = found["H"].scopes
    assert (blocked.verdict, blocked.figure, blocked.evidence, blocked.counts) == (None, None, None, False)
    assert (blocked.blocked, blocked.metric, blocked.scope) == ("no model", "m", "here")
    assert (silent.test, silent.metric, silent.scope) == ("T", None, None)
    assert [row.test for row in found["K"].scopes] == ["T"]


def test_stale_evidence_is_shown_as_it_was_judged_and_does_not_count(bench: Any) -> None:
    bench.contract(bench.test("T", *decides()), head=HYPOTHESES)
    bench.record(value=0.5)
    bench.edit(BANDS, "CONFIRMED: {lt: 0.1}, FALSIFIED: {ge: 0.1}")
    bench.edit("scope: here", "scope: elsewhere")
    (row,) = survey(bench)["H"].scopes
    assert (row.scope, row.verdict, row.counts, row.standing) == ("here", "CONFIRMED", False, "stale")
    assert survey(bench)["H"].verdict == "UNTESTED"
    assert row.figure.value == 0.5
