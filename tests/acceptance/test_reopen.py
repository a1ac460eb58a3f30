"""`pv reopen`: the only way back to NEW, with its reason on record."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Result, Scratch

HYPOTHESES = "hypotheses:\n- {id: H1, statement: The value is small., status: UNTESTED}\n"
STAGES = (
    "implementation_stages:\n- id: S1\n  steps:\n"
    "  - {id: a, needs: [FT-001], status: NEW}\n  - {id: b, needs: [FT-002], status: NEW}\n  status: NEW\n"
)
DECIDES = (
    "hypothesis: H1\ndecides:\n  metric: value\n  scope: one reading\n"
    "  CONFIRMED: {lt: 5.0}\n  FALSIFIED: {ge: 5.0}"
)


def reopen(scratch: Scratch, *arguments: str, test: str = "FT-001", reason: str = "a doubt") -> Result:
    return scratch.pv("reopen", "contracts/x-v1.yaml", "--test", test, "--reason", reason, *arguments)


def recheck(scratch: Scratch) -> int:
    done = subprocess.run(  # noqa: S603 - this project's second reader
        [sys.executable, "-m", "pvrecheck", str(scratch.path)], check=False, capture_output=True
    )
    return done.returncode


@pytest.fixture
def discharged(scratch: Scratch) -> Scratch:
    scratch.contract(
        scratch.test("FT-001", extra=DECIDES), scratch.test("FT-002"), head=HYPOTHESES, tail=STAGES
    )
    assert scratch.discharge().code == 0
    return scratch


def test_a_test_and_what_followed_from_it_go_back(discharged: Scratch) -> None:
    record = discharged.records()[0]
    digest = f"sha256:{record.stem}"
    amendments = discharged.path.read_text().partition("amendments:\n")[2]
    result = reopen(discharged, reason="The sensor was not calibrated")
    assert (result.code, result.err) == (0, ""), result.shown
    assert result.out.startswith(
        "wrote contracts/x-v1.yaml  1.1.0 -> 1.2.0\n"
        "  FT-001: DISCHARGED -> NEW\n"
        "  hypothesis H1: CONFIRMED -> UNTESTED\n"
        "  step S1/a: DISCHARGED -> NEW\n"
        "  stage S1: DISCHARGED -> NEW\n"
    )
    text = discharged.path.read_text()
    assert "  - {id: b, needs: [FT-002], status: DISCHARGED}\n" in text
    assert "  status: NEW\n  verdict: null\n  evidence: null\n" in text
    added = text.partition("amendments:\n")[2].removeprefix(amendments).splitlines()
    assert added[0] == "- version: 1.2.0"
    assert added[2:6] == [
        "  kind: reopen",
        "  reason: The sensor was not calibrated",
        "  tests:",
        f"  - {{id: FT-001, from: DISCHARGED, to: NEW, head: '{digest}', count: 1}}",
    ]
    assert record.exists(), "records stay"
    assert (discharged.verify(), recheck(discharged)) == (0, 0)
    assert "1.2.0" in discharged.pv("log").out


def test_it_is_measured_again_by_the_next_discharge(discharged: Scratch) -> None:
    assert reopen(discharged).code == 0
    result = discharged.discharge()
    assert result.code == 0, result.shown
    assert "FT-001: NEW -> DISCHARGED (verdict CONFIRMED)" in result.out
    assert len(discharged.records()) == 2
    assert "count: 2" in discharged.path.read_text()
    assert (discharged.verify(), recheck(discharged)) == (0, 0)


def test_a_typed_status_is_taken_back_as_well(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001", extra="status: DISCHARGED"))
    assert scratch.verify() == 11
    assert reopen(scratch).code == 0
    assert "to: NEW, head: null, count: 0}" in scratch.path.read_text()
    assert (scratch.verify(), recheck(scratch)) == (0, 0)


def test_a_dry_run_writes_nothing(discharged: Scratch) -> None:
    before = discharged.snapshot()
    report = discharged.json(
        "reopen", "contracts/x-v1.yaml", "--test", "FT-001", "--reason", "a doubt", "--dry-run"
    )
    assert (report["exit_code"], report["written"]) == (0, False)
    assert report["version"] == {"from": "1.1.0", "to": "1.2.0"}
    assert [(moved["kind"], moved["id"], moved["to"]) for moved in report["transitions"]] == [
        ("test", "FT-001", "NEW"),
        ("hypothesis", "H1", "UNTESTED"),
        ("step", "S1/a", "NEW"),
        ("stage", "S1", "NEW"),
    ]
    assert report["summary"]["discharged"] == 1
    assert discharged.snapshot() == before


@pytest.mark.parametrize(
    ("test", "reason", "message"),
    [
        ("FT-01", "a doubt", "contracts/x-v1.yaml has no test 'FT-01'; did you mean 'FT-001'?\n"),
        ("FT-001", "  ", "the reason is empty\n  why: a status that evidence grounded is taken back"),
    ],
)
def test_what_makes_no_sense_is_refused(discharged: Scratch, test: str, reason: str, message: str) -> None:
    before = discharged.snapshot()
    result = reopen(discharged, test=test, reason=reason)
    assert (result.code, result.out) == (2, "")
    assert f"pv: {message}" in result.err
    assert discharged.snapshot() == before


def test_a_new_test_has_nothing_to_take_back(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    result = reopen(scratch)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "pv: contracts/x-v1.yaml: FT-001 is NEW already\n"
        "  why: only a status can be taken back\n"
        "  fix: run `pv discharge` to measure it\n"
    )


def test_evidence_that_was_changed_is_not_passed_over(discharged: Scratch) -> None:
    (record,) = discharged.records("FT-002")
    record.write_bytes(record.read_bytes().replace(b"survived", b"falsified"))
    before = discharged.snapshot()
    result = reopen(discharged)
    assert result.code == 3, result.shown
    assert "error[PV602]: FT-002: " in result.out
    assert discharged.snapshot() == before


def test_a_contract_without_a_version_is_refused(scratch: Scratch) -> None:
    scratch.write(
        "contracts/x-v1.yaml",
        "metadata: {id: C-X}\nfalsification_tests:\n" + scratch.test(extra="status: DISCHARGED"),
    )
    result = reopen(scratch)
    assert result.code == 1, result.shown
    assert "error[PV205]: the contract has no version; a discharge must bump it" in result.out
