"""A changed byte: `pv verify` exits with 3 and the place, `pv discharge` refuses, `pv status` shows it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

DECIDES = "hypothesis: H1\ndecides: {metric: value, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"
OTHER = "sha256:" + "a" * 64


@pytest.fixture(scope="module")
def discharged(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project with two discharged tests, which no test changes."""
    scratch = make_scratch()
    scratch.contract(
        scratch.test("FT-001", extra=DECIDES),
        scratch.test("FT-002"),
        head="hypotheses:\n- {id: H1, statement: small}\n",
        tail="implementation_stages:\n- {id: M0, needs: [FT-001]}\n",
    )
    assert scratch.discharge().code == 0
    assert scratch.verify() == 0
    return scratch


@pytest.fixture
def done(scratch: Scratch, discharged: Scratch) -> Scratch:
    """Return a copy of that project."""
    shutil.copytree(discharged.root, scratch.root, dirs_exist_ok=True)
    return scratch


def flip_a_byte(scratch: Scratch) -> None:
    (record,) = scratch.records()
    record.write_bytes(record.read_bytes().replace(b'"value": 1.0', b'"value": 2.0'))


def delete_a_record(scratch: Scratch) -> None:
    (record,) = scratch.records()
    record.unlink()


def rewrite_a_record(scratch: Scratch) -> None:
    """Change a measurement and name the file by its new digest, as a careful forger would."""
    (record,) = scratch.records()
    data = json.loads(record.read_text())
    data["predicate"]["outcome"] = "falsified"
    record.unlink()
    scratch.write(f"contracts/evidence/x-v1/FT-001/{'a' * 64}.json", json.dumps(data))


def edit(old: str, new: str) -> Callable[[Scratch], None]:
    def change(scratch: Scratch) -> None:
        text = scratch.path.read_text()
        assert old in text
        scratch.path.write_text(text.replace(old, new, 1))

    return change


CASES: dict[str, tuple[Callable[[Scratch], None], str]] = {
    "a byte of a record": (flip_a_byte, "was changed: its digest is now sha256:"),
    "a record is gone": (delete_a_record, "of FT-001 is missing ("),
    "a record is replaced": (rewrite_a_record, "of FT-001 is missing ("),
    "status": (edit("status: DISCHARGED", "status: FALSIFIED"), "the status is FALSIFIED, "),
    "status back to new": (edit("status: DISCHARGED", "status: NEW"), "the status is NEW, "),
    "verdict": (
        edit("verdict: CONFIRMED\n", "verdict: FALSIFIED\n"),
        "the verdict is FALSIFIED, its evidence",
    ),
    "verdict is gone": (
        edit("  verdict: CONFIRMED\n", ""),
        "the verdict is None, its evidence says CONFIRMED",
    ),
    "evidence link": (
        edit("  evidence: sha256:", f"  evidence: {OTHER} # sha256:"),
        "the linked evidence is sha256:aaaa",
    ),
    "evidence link is gone": (edit("  evidence: sha256:", "  # sha256:"), "no evidence is linked"),
    "a key in the amendment": (edit("head: 'sha256:", f"head: '{OTHER}', x: 'sha256:"), "`x` is no key of"),
    "count in the amendment": (
        edit("count: 1", "count: 2"),
        "the amendment counts 2 records, the store has 1",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_verify_status_and_discharge_notice(done: Scratch, name: str) -> None:
    change, message = CASES[name]
    change(done)
    verified = done.call("verify")
    assert verified.code == 3, verified.shown
    assert message in verified.out
    assert any(line.startswith("contracts/x-v1.yaml:") for line in verified.out.splitlines())

    before = done.snapshot()
    refused = done.call("discharge", "contracts/x-v1.yaml")
    is_amendment = name != "a key in the amendment"  # else it is refused as text that is none
    assert refused.code == (3 if is_amendment else 1)
    assert message in refused.out
    assert "survived" not in refused.shown
    assert done.snapshot() == before

    report = done.status()
    assert any(message in found.message for found in report.diagnostics)
    assert report.summary.discharged < 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (flip_a_byte, "PV602"),
        (delete_a_record, "PV601"),
        (edit("status: DISCHARGED", "status: FALSIFIED"), "PV603"),
    ],
)
def test_each_kind_has_its_own_code(done: Scratch, change: Callable[[Scratch], None], code: str) -> None:
    change(done)
    errors = [found.code for found in done.status().diagnostics if found.severity == "error"]
    assert errors == [code]


def test_an_amendment_that_another_one_pins(done: Scratch) -> None:
    done.edit("- id: FT-002\n  rule: The value is small", "- id: FT-002\n  rule: The value is tiny")
    assert done.discharge().code == 0
    done.edit("kind: discharge\n  tests:\n  - {id: FT-001", "kind: edit\n  tests:\n  - {id: FT-001")
    verified = done.pv("verify")
    assert verified.code == 3
    assert "error[PV604]: amendment '1.1.1' pins another entry than the one before it" in verified.out
    assert done.discharge().code == 3
    assert any(found.code == "PV604" for found in done.status().diagnostics)


def test_lost_evidence_stops_every_discharge_of_the_contract(done: Scratch) -> None:
    delete_a_record(done)
    for name in ("FT-001", "FT-002"):
        refused = done.discharge("--test", name, "--dry-run")
        assert refused.code == 3
        assert "PV601" in refused.out
    assert done.pv("run", "contracts/x-v1.yaml").code == 0, "a run uses no evidence"


def test_a_typed_verdict_on_a_hypothesis_is_self_declared(done: Scratch) -> None:
    done.edit("status: CONFIRMED}", "status: FALSIFIED}")
    verified = done.pv("verify")
    assert verified.code == 11
    assert "hypothesis H1 is FALSIFIED, and current evidence gives CONFIRMED" in verified.out
    assert "contracts/x-v1.yaml:5:" in verified.out
    assert "small  (the contract says FALSIFIED)" in verified.out
    assert done.pv("status", "--gate").code == 11
    mended = done.discharge()
    assert "hypothesis H1: FALSIFIED -> CONFIRMED" in mended.out
    assert done.verify() == 0


def test_a_typed_milestone_is_self_declared(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001", mode="nan"),
        tail="implementation_stages:\n- {id: M0, needs: [FT-001], status: DISCHARGED}\n",
    )
    verified = scratch.pv("verify")
    assert verified.code == 11
    assert "stage M0 is DISCHARGED, and no current evidence gives that" in verified.out
    assert "    M0  DISCHARGED  (self-declared)\n" in verified.out


def test_a_status_hidden_in_an_entry_that_is_no_test(done: Scratch) -> None:
    delete_a_record(done)
    done.edit("- id: FT-001\n", "- id: FT-001\n  limits: none\n")
    verified = done.pv("verify")
    assert verified.code == 1, "an entry that cannot be read is not verified, and that is no success"
    assert "error[PV202]: `falsification_tests[0].limits`" in verified.out
