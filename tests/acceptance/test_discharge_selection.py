"""`--test`: which tests run when they are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Scratch


def test_an_unknown_id_is_a_usage_error_with_a_suggestion(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    before = scratch.snapshot()
    result = scratch.discharge("--test", "FT-0O2")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "pv: contracts/x-v1.yaml has no test 'FT-0O2'; did you mean 'FT-002'?\n"
        "  why: --test takes the id of a test of the contract\n"
        "  fix: name one of: FT-001, FT-002\n"
    )
    assert scratch.snapshot() == before
    assert scratch.json("run", "contracts/x-v1.yaml", "--test", "x")["exit_code"] == 2


def test_only_the_named_tests_are_looked_at(scratch: Scratch) -> None:
    scratch.contract(scratch.test("A", 99.0), scratch.test("B"), scratch.test("C", mode="nan"))
    result = scratch.discharge("--test", "B", "--format", "json")
    assert result.code == 0
    assert [trial["id"] for trial in result.report["trials"]] == ["B"]
    assert result.report["summary"]["declared"] == 3


def test_a_current_test_that_is_named_is_renewed_with_a_patch_bump(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    first = scratch.path.read_text()
    result = scratch.discharge("--test", "FT-001")
    assert result.code == 0, result.shown
    assert (
        "wrote contracts/x-v1.yaml  1.1.0 -> 1.1.1\n  FT-001: DISCHARGED -> DISCHARGED (renewal)\n"
        in result.out
    )
    assert len(scratch.records()) == 2
    text = scratch.path.read_text()
    assert "from: DISCHARGED, to: DISCHARGED, " in text
    assert "count: 2}" in text
    assert text.count("\n") == first.count("\n") + 6  # one more amendment of six lines, all else in place
    assert scratch.verify() == 0


def test_an_unbound_test_that_is_named_is_nothing_to_check(scratch: Scratch) -> None:
    scratch.contract(scratch.test("A"), "- id: B\n  rule: nobody measures this\n")
    result = scratch.discharge("--test", "B")
    assert result.code == 14
    assert "B  unbound: names no falsifier" in result.out
    assert "error[PV003]: no test that --test names names a falsifier: nothing was measured" in result.out


def test_run_measures_what_is_current_and_records_nothing(scratch: Scratch) -> None:
    scratch.contract(scratch.test("A"), scratch.test("B", 99.0))
    assert scratch.discharge().code == 10
    before = scratch.snapshot()
    report = scratch.json("run", "contracts/x-v1.yaml")
    assert report["exit_code"] == 10
    assert [trial["outcome"] for trial in report["trials"]] == ["survived", "falsified"]
    assert (report["transitions"], report["diff"], report["written"]) == ([], "", False)
    assert report["version"] == {"from": "1.1.0", "to": "1.1.0"}
    assert [trial["evidence"] for trial in report["trials"]] == [None, None]
    assert scratch.snapshot() == before


def test_run_needs_no_version_because_it_bumps_none(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), version="'7'")
    assert scratch.pv("run", "contracts/x-v1.yaml").code == 0
    scratch.contract(scratch.test())
    scratch.edit("  version: 1.0.0\n", "")
    report = scratch.json("run", "contracts/x-v1.yaml")
    assert (report["exit_code"], report["version"]) == (0, {"from": None, "to": None})
