"""Every way in which a test can end, in one contract and one run: none keeps the others from going on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result, Scratch

REASONS = {
    "HANG": "took longer than 1 s",
    "RAISE": "RuntimeError: the probe broke with a second line",
    "SEGFAULT": "killed by SIGSEGV (Segmentation fault)",
    "EXIT": "the process exited with code 0 before it replied",
    "MEMORY": "more than 128 MiB of memory: MemoryError",
    "MISSING": "metric 'value' was not measured",
    "NAN": "metric 'value' is nan, not a finite number",
    "TOOTHLESS": "no teeth: 'reads too high' was not noticed: every condition held and no verdict changed",
    "REPLY": ("probe.value returned a float: a falsifier returns nothing and measures through trial.measure"),
    "PARAMS": "`vale` is no param of this falsifier; did you mean 'value'?",
}
"""Test id and the reason that its inconclusive trial is reported with."""


@pytest.fixture(scope="module")
def mixed(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project in which every kind of ending stands beside a survivor and a falsified test."""
    scratch = make_scratch()
    limits = {"HANG": "limits: {seconds: 1}", "MEMORY": "limits: {mebibytes: 128}"}
    tests = [scratch.test("GOOD-1", 1.0), scratch.test("BROKEN", 11.5)]
    for name in REASONS:
        text = scratch.test(name, 1.0, name.lower(), limits.get(name, ""))
        tests.append(text.replace("mode: params", "mode: measure, vale: 2.0"))
    scratch.contract(*tests, scratch.test("GOOD-2", 2.0, "print"))
    return scratch


@pytest.fixture(scope="module")
def result(mixed: Scratch) -> Result:
    """Return what one discharge with two jobs gave."""
    return mixed.discharge("--jobs", "2", "--format", "json")


@pytest.fixture(scope="module")
def trials(result: Result) -> dict[str, Any]:
    """Return the trials of that discharge by test id."""
    return {trial["id"]: trial for trial in result.report["trials"]}


def test_falsified_goes_before_inconclusive(result: Result) -> None:
    assert result.code == 10, result.shown
    assert result.report["exit_code"] == 10


def test_the_others_go_on(result: Result, trials: dict[str, Any]) -> None:
    assert trials["GOOD-1"]["outcome"] == trials["GOOD-2"]["outcome"] == "survived"
    assert trials["BROKEN"]["outcome"] == "falsified"
    assert trials["BROKEN"]["reason"] == "value 11.5, allowed < 10.0 (it would hold at 11.6)"
    summary = result.report["summary"]
    assert summary["declared"] == summary["bound"] == summary["run"] == 13
    assert (summary["discharged"], summary["falsified"], summary["inconclusive"]) == (2, 1, 10)


@pytest.mark.parametrize("name", REASONS)
def test_each_failure_is_inconclusive_with_its_reason(name: str, trials: dict[str, Any]) -> None:
    assert trials[name]["outcome"] == "inconclusive"
    assert trials[name]["reason"].startswith(REASONS[name]), trials[name]["reason"]
    assert trials[name]["evidence"] is None
    assert trials[name]["verdict"] is None


def test_an_inconclusive_trial_moves_nothing(mixed: Scratch, result: Result) -> None:
    moved = [(entry["id"], entry["from"], entry["to"]) for entry in result.report["transitions"]]
    assert moved == [
        ("GOOD-1", "NEW", "DISCHARGED"),
        ("BROKEN", "NEW", "FALSIFIED"),
        ("GOOD-2", "NEW", "DISCHARGED"),
    ]
    assert sorted(folder.name for folder in mixed.store.iterdir()) == ["BROKEN", "GOOD-1", "GOOD-2"]


def test_the_traceback_of_the_plug_in_is_there(trials: dict[str, Any]) -> None:
    detail = trials["RAISE"]["detail"]
    assert 'probe.py", line' in detail
    assert 'raise RuntimeError("the probe broke' in detail
    assert "pvengine" not in detail


def test_refused_params_are_placed_in_the_contract(mixed: Scratch, result: Result) -> None:
    (finding,) = [found for found in result.report["diagnostics"] if found["code"] == "PV402"]
    line = mixed.path.read_text().splitlines().index("  params: {value: 1.0, mode: measure, vale: 2.0}") + 1
    assert (finding["line"], finding["column"]) == (line, 39)
    assert finding["message"] == ("PARAMS: `vale` is no param of this falsifier; did you mean 'value'?")


def test_what_a_falsifier_prints_stays_away_from_the_output(result: Result) -> None:
    assert "noise" not in result.shown


def test_progress_says_each_outcome_on_standard_error(result: Result) -> None:
    lines = result.err.splitlines()
    assert len(lines) == 13
    assert {line.split("] ")[0] for line in lines} == {f"[{number}/13" for number in range(1, 14)}
    assert any(line.endswith("] GOOD-1 survived") for line in lines)
    assert any("] NAN inconclusive: metric 'value' is nan" in line for line in lines)


def test_what_was_decided_is_current_and_the_rest_runs_again(mixed: Scratch, result: Result) -> None:
    assert result.code == 10
    again = mixed.discharge("--test", "GOOD-1", "--test", "NAN", "--dry-run", "--format", "json").report
    assert [trial["state"] for trial in again["trials"]] == ["run", "run"]
    status = mixed.status()
    assert status.summary.discharged == 2
    assert [test.standing for test in status.contracts[0].tests].count("new") == 10
