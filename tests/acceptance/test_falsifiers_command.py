"""`pv falsifiers` and `pv falsifiers check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Scratch

LISTED = """\
probe.value  (project probe.py)
  Value that the subject gives.
  subject probe.read_exactly
  planted fault 'reads too high'
    value   number
    mode    string  optional
    target  string  optional
"""


def test_the_list_shows_params_and_faults(scratch: Scratch) -> None:
    result = scratch.pv("falsifiers")
    assert (result.code, result.err) == (0, "")
    assert LISTED in result.out
    assert "softmax.drift-amplification  (entry point pvfalsifiers)\n" in result.out
    assert result.out.endswith(" falsifiers\n")

    report = scratch.pv("falsifiers", "--format", "json").report
    (probe,) = [entry for entry in report["falsifiers"] if entry["name"] == "probe.value"]
    assert probe["planted_faults"] == ["reads too high"]
    assert probe["params_schema"]["required"] == ["value"]
    assert report["diagnostics"] == []


def test_a_check_runs_the_faults_of_each_bound_test(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", mode="hang"))
    result = scratch.pv("falsifiers", "check", "probe.value")
    assert result.code == 0, "the subject, which hangs, is not run"
    reason = "noticed: value 1001.0, allowed < 10.0 (it would hold at 1010)"
    assert result.out == (
        f"FT-001  contracts/x-v1.yaml\n  planted fault 'reads too high': {reason}\n"
        f"FT-002  contracts/x-v1.yaml\n  planted fault 'reads too high': {reason}\n"
        "2 tests, 2 of 2 planted faults noticed\n"
    )


def test_a_fault_that_is_not_noticed(scratch: Scratch) -> None:
    scratch.contract(scratch.test(mode="toothless"))
    before = scratch.snapshot()
    result = scratch.pv("falsifiers", "check", "probe.value")
    assert result.code == 12
    assert result.out == (
        "FT-001  contracts/x-v1.yaml\n"
        "  planted fault 'reads too high': NOT NOTICED: every condition held and no verdict changed\n"
        "1 test, 0 of 1 planted faults noticed\n"
    )
    report = scratch.pv("falsifiers", "check", "probe.value", "--format", "json").report
    assert report["tests"][0]["faults"][0]["noticed"] is False
    assert scratch.snapshot() == before


def test_a_changed_verdict_is_notice_and_needs_the_subject(scratch: Scratch) -> None:
    decides = "decides: {metric: value, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}\nhypothesis: H1"
    text = scratch.test(extra=decides).replace("  accept:\n  - {metric: value, lt: 10.0}\n", "")
    scratch.contract(text, head="hypotheses: [{id: H1, statement: small}]\n")
    result = scratch.pv("falsifiers", "check", "probe.value")
    assert result.code == 0
    assert "noticed: verdict FALSIFIED on H1, the subject's is CONFIRMED" in result.out


def test_what_keeps_a_check_from_running(scratch: Scratch) -> None:
    unknown = scratch.pv("falsifiers", "check", "prob.value")
    assert unknown.code == 2
    assert unknown.err.startswith("pv: there is no falsifier 'prob.value'; did you mean 'probe.value'?\n")
    scratch.contract()
    unbound = scratch.pv("falsifiers", "check", "probe.value")
    assert unbound.code == 14
    assert "pv: no test of the project is bound to 'probe.value'\n" in unbound.err
    scratch.contract(scratch.test(extra="requires: [{model: m}]"))
    blocked = scratch.pv("falsifiers", "check", "probe.value")
    assert blocked.code == 14
    assert "no test that is bound to 'probe.value' can run: FT-001 needs the model m: put" in blocked.err
    scratch.contract(scratch.test(mode="measure, more: .nan"))
    unhashable = scratch.pv("falsifiers", "check", "probe.value")
    assert unhashable.code == 1
    assert "error[PV209]: `params.more`" in unhashable.err
