"""A test that cannot fail discharges nothing; how much a test notices is measured with mutants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pvrecheck import recheck

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Scratch

GAUGE = '''\
"""A falsifier of a small subject, with faults that give no number."""

import math

from pvengine.plugin import Params, Trial, falsifier

LIMIT = 10.0


class Reading(Params):
    """What is read, and how it is measured."""

    value: float
    mode: str = "error"


def read(value: float, limit: float) -> float:
    """Double the value, below a limit: the subject."""
    if value < 0:
        raise ValueError("negative")
    if value > limit:
        return clip(limit)
    return 2 * value


def clip(limit: float) -> float:
    """Give what stands for values beyond the limit."""
    return 2 * limit


def read_nothing(value: float, limit: float) -> float:
    """Give no number: a fault."""
    return math.nan


@falsifier("gauge.error", subject=read, planted_faults={"gives NaN": read_nothing})
def measure(trial: Trial, p: Reading) -> None:
    """Error of the reading."""
    given = trial.subject(p.value, LIMIT)
    if p.mode == "list":
        given = [given][0] + len([given]) - 1
        if given == p.value:
            raise TypeError("the subject gave its argument")
    trial.measure("error", abs(given - 2 * p.value))
    trial.measure("above", abs(trial.subject(p.value + 20, LIMIT) - 20))
'''
TEETH = "contracts = ['contracts']\nfalsifiers = ['gauge.py']\njobs = 2\n"


def write_test(scratch: Scratch, judging: str, name: str = "FT-001", params: str = "{value: 3.0}") -> str:
    scratch.write("pv.toml", TEETH)
    scratch.write("gauge.py", GAUGE)
    return f"- id: {name}\n  falsifier: gauge.error\n  params: {params}\n{judging}"


ABOVE_ZERO = "  accept: [{metric: error, ge: 0}]\n"
EXACT = "  accept: [{metric: error, lt: 1.0e-9}]\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path / "cache"))


def test_a_vacuous_test_discharges_nothing(scratch: Scratch) -> None:
    scratch.contract(write_test(scratch, ABOVE_ZERO))
    before = scratch.path.read_bytes()
    report = json.loads(scratch.call("discharge", "contracts/x-v1.yaml", "--format", "json").out)
    assert report["exit_code"] == 12
    (trial,) = report["trials"]
    assert (trial["outcome"], trial["evidence"], trial["detail"]) == ("inconclusive", None, None)
    assert trial["reason"].startswith("vacuous: every condition holds and no verdict changes with identity")
    assert [fault["noticed"] for fault in trial["planted_faults"]] == [True]
    assert scratch.path.read_bytes() == before
    assert scratch.records() == []

    checked = scratch.call("falsifiers", "check", "gauge.error")
    assert checked.code == 12
    assert "\n  planted fault 'gives NaN': noticed: error is nan\n  vacuous: every condition" in checked.out


def test_what_told_is_kept_with_the_evidence(scratch: Scratch) -> None:
    scratch.contract(write_test(scratch, EXACT))
    assert scratch.call("discharge", "contracts/x-v1.yaml").code == 0
    (record,) = scratch.records()
    facts = json.loads(record.read_bytes())["predicate"]
    identity, noise = facts["replacements"]
    assert (identity["name"], identity["failure"], identity["measurements"]["error"]["value"]) == (
        "identity",
        None,
        3.0,
    )
    assert (noise["name"], noise["failure"]) == ("noise", None)
    assert [fault["name"] for fault in facts["planted_faults"]] == ["gives NaN"]
    assert scratch.verify() == 0
    assert recheck([scratch.path])[1] == 0
    again = scratch.call("verify", "--rerun")
    assert again.code == 0, again.shown


def test_a_replacement_that_crashes_tells_and_is_no_trouble(scratch: Scratch) -> None:
    scratch.contract(write_test(scratch, ABOVE_ZERO, params="{value: 3.0, mode: list}"))
    report = json.loads(scratch.call("discharge", "contracts/x-v1.yaml", "--format", "json").out)
    (trial,) = report["trials"]
    assert (report["exit_code"], trial["outcome"], trial["detail"]) == (0, "survived", None)
    (record,) = scratch.records()
    identity, _ = json.loads(record.read_bytes())["predicate"]["replacements"]
    assert (identity["failure"], identity["measurements"]) == ("exception", {})
    assert scratch.verify() == 0
    assert recheck([scratch.path])[1] == 0


def test_a_fault_that_a_number_shows_needs_no_replacement(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    (record,) = scratch.records()
    assert "replacements" not in json.loads(record.read_bytes())["predicate"]


@pytest.mark.parametrize(
    ("judging", "code", "said"),
    [
        ("  accept: [{metric: error, lt: 1.0e+308}]\n", "PV409", "nothing can break it"),
        ("  accept: [{metric: error, ge: -1.0e+300, ne: 1.0e+308}]\n", "PV409", "nothing can break it"),
        (
            "  hypothesis: H\n  decides: {metric: m, CONFIRMED: {lt: 1.0e+301}, FALSIFIED: {ge: 1.0e+301}}\n",
            "PV409",
            "nothing can break it",
        ),
        (f"{EXACT}  reproduce: {{relative: 2}}\n", "PV410", "its tolerance allows every number"),
    ],
)
@pytest.mark.parametrize("command", ["discharge", "run"])
def test_what_the_text_alone_shows_is_refused(
    scratch: Scratch, judging: str, code: str, said: str, command: str
) -> None:
    scratch.contract(write_test(scratch, judging), head="hypotheses: [{id: H, statement: s}]\n")
    before = scratch.snapshot()
    refused = scratch.call(command, "contracts/x-v1.yaml")
    assert refused.code == 1
    assert f"error[{code}]: FT-001: " in refused.out
    assert scratch.snapshot() == before
    (check,), exit_code = recheck([scratch.path])
    assert exit_code == 1
    assert ("invalid", "FT-001", said) in check.findings


def test_mutants_of_the_subject_are_tried_and_scored(scratch: Scratch) -> None:
    scratch.contract(write_test(scratch, EXACT))
    first = scratch.call("falsifiers", "check", "gauge.error", "--mutants")
    assert first.code == 0
    lines = first.out.splitlines()
    assert lines[0] == "FT-001  contracts/x-v1.yaml"
    assert lines[1] == "  planted fault 'gives NaN': noticed: error is nan"
    assert lines[2].startswith("  mutants, seed 0: score ")

    data = json.loads(scratch.call("falsifiers", "check", "gauge.error", "--mutants", "--format", "json").out)
    mutation = data["tests"][0]["mutation"]
    fates = [mutant["fate"] for mutant in mutation["mutants"]]
    counts = mutation["score"]
    assert counts["tried"] == counts["generated"] == len(fates)
    for key, fate in (
        ("noticed",) * 2,
        ("unnoticed",) * 2,
        ("same_numbers", "same numbers"),
        ("invalid",) * 2,
    ):
        assert counts[key] == fates.count(fate)
    by_code = {(mutant["before"], mutant["after"]): mutant["fate"] for mutant in mutation["mutants"]}
    assert by_code["2 * value", "2 / value"] == "noticed"
    assert by_code["2 * limit", "2 / limit"] == "unnoticed"
    assert by_code["value > limit", "value >= limit"] == "same numbers"
    assert not any(mutant["before"].startswith("abs") for mutant in mutation["mutants"]), "the harness stays"
    assert data["tests"][0]["needed_subject"] is True


def test_fewer_mutants_by_a_seed(scratch: Scratch) -> None:
    scratch.contract(write_test(scratch, EXACT))

    def list_places(*options: str) -> list[tuple[int, str]]:
        called = scratch.call("falsifiers", "check", "gauge.error", "--mutants", "--format", "json", *options)
        mutants = json.loads(called.out)["tests"][0]["mutation"]["mutants"]
        return [(mutant["line"], mutant["after"]) for mutant in mutants]

    three = list_places("--at-most", "3")
    assert len(three) == 3
    assert three == list_places("--at-most", "3", "--seed", "0")
    assert any(list_places("--at-most", "3", "--seed", str(seed)) != three for seed in range(1, 3))
    scratch.write("pv.toml", TEETH + "[teeth]\nmutants = 2\n")
    assert len(list_places()) == 2
    wrong = scratch.call("falsifiers", "check", "gauge.error", "--at-most", "3")
    assert wrong.code == 2
    assert "--at-most counts mutants: it needs --mutants" in wrong.err


def test_a_score_below_the_minimum_is_a_gate_and_status_shows_it(
    scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = "  accept: [{metric: error, lt: 1.0e-9}, {metric: above, lt: 1.0e+9}]\n"
    scratch.contract(write_test(scratch, loose))
    assert "mutants" not in scratch.call("status").out
    scratch.write("pv.toml", TEETH + "[teeth]\nminimum_score = 0.99\n")
    checked = scratch.call("falsifiers", "check", "gauge.error", "--mutants")
    assert checked.code == 11
    assert " noticed, 0.99 is wanted; " in checked.out
    assert "survived: gauge:" in checked.out

    shown = scratch.call("status")
    assert shown.code == 0
    assert " noticed, 0.99 is wanted; " in shown.out
    report = json.loads(scratch.call("status", "--format", "json").out)
    mutation = report["contracts"][0]["tests"][0]["mutation"]
    assert (mutation["minimum"], mutation["score"] < 0.99) == (0.99, True)

    scratch.write("pv.toml", TEETH + "[teeth]\nminimum_score = 0\n")
    assert scratch.call("discharge", "contracts/x-v1.yaml").code == 0
    (record,) = scratch.records()
    recorded = json.loads(record.read_bytes())["predicate"]["mutation"]
    assert recorded == {**mutation, "minimum": 0.0}
    assert scratch.verify() == 0
    assert recheck([scratch.path])[1] == 0
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path / "another cache"))
    assert "mutants: score" in scratch.call("status").out, "the record knows it"
    scratch.edit("LIMIT = 10.0", "LIMIT = 10.5", "gauge.py")
    assert "mutants" not in scratch.call("status").out, "a score is that of the code that was measured"


def test_there_may_be_nothing_to_mutate_or_to_score(scratch: Scratch) -> None:
    scratch.contract(write_test(scratch, "  accept: [{metric: error, gt: 5.0}]\n"))
    broken = scratch.call("falsifiers", "check", "gauge.error", "--mutants")
    assert "mutants, seed 0: no score: the subject breaks every condition" in broken.out
    scratch.contract(write_test(scratch, EXACT))
    scratch.edit("subject=read,", "subject=math.hypot,", "gauge.py")
    foreign = scratch.call("falsifiers", "check", "gauge.error", "--mutants")
    assert "no score: the subject is no first-party function: there is nothing to mutate" in foreign.out
    scratch.write("pv.toml", TEETH + "[teeth]\nminimum_score = 0.1\n")
    assert scratch.call("falsifiers", "check", "gauge.error", "--mutants").code == 11


def test_a_mutant_that_never_ends_is_invalid(scratch: Scratch) -> None:
    scratch.contract(write_test(scratch, EXACT))
    endless = "    while value > limit + 99:\n        value -= 0\n    return 2 * value\n"
    scratch.edit("    return 2 * value\n", endless, "gauge.py")
    called = scratch.call("falsifiers", "check", "gauge.error", "--mutants", "--format", "json")
    mutants = json.loads(called.out)["tests"][0]["mutation"]["mutants"]
    reasons = {mutant["reason"] for mutant in mutants if mutant["fate"] == "invalid"}
    assert any(reason.startswith("took longer than 2") for reason in reasons), reasons
