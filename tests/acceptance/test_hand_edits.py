"""What a person typed into a contract that `pv discharge` writes: no edit of it goes unnoticed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

DECIDES = "hypothesis: H1\ndecides: {metric: value, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"


@pytest.fixture(scope="module")
def discharged(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project that was discharged twice, which no test changes."""
    scratch = make_scratch()
    scratch.contract(
        scratch.test("FT-001", extra=DECIDES),
        scratch.test("FT-002", value=7.0, extra=DECIDES),
        head="hypotheses:\n- {id: H1, statement: small}\n",
        tail="implementation_stages:\n- {id: M0, needs: [FT-001]}\n",
    )
    assert scratch.discharge("--test", "FT-001").code == 0
    assert scratch.discharge("--test", "FT-002").code == 0
    return scratch


@pytest.fixture
def done(scratch: Scratch, discharged: Scratch) -> Scratch:
    """Return a copy of that project."""
    shutil.copytree(discharged.root, scratch.root, dirs_exist_ok=True)
    return scratch


@pytest.mark.parametrize(
    ("old", "new", "code", "finding"),
    [
        (
            "status: CONTESTED}",
            "status: UNTESTED}",
            11,
            "hypothesis H1 is UNTESTED, and current evidence gives",
        ),
        ("status: CONTESTED}", "status: SUPPORTED}", 11, "hypothesis H1 is SUPPORTED"),
        (", status: CONTESTED}", "}", 11, "hypothesis H1 is without a status"),
        (
            "[FT-001], status: DISCHARGED}",
            "[FT-001], status: NEW}",
            11,
            "stage M0 is NEW, and current evidence",
        ),
        ("[FT-001], status: DISCHARGED}", "[FT-001], status: SHIPPED}", 11, "stage M0 is SHIPPED"),
        ("[FT-001], status: DISCHARGED}", "[FT-001]}", 11, "stage M0 is without a status"),
        (
            "\n  version: 1.2.0",
            "\n  version: 1.9.0",
            11,
            "the version is 1.9.0, and the last amendment gave 1.2.0",
        ),
        ("\n  version: 1.2.0", "\n  version: 1.0.0", 11, "the version is 1.0.0"),
        ("id: C-X", "id: C-Y", 11, "the evidence was made for the contract C-X"),
        ("- version: 1.2.0", "- version: 1.1.0", 3, "'1.1.0' does not follow 1.1.0"),
        ("- version: 1.2.0", "- version: banana", 3, "amendment 'banana' has no MAJOR.MINOR.PATCH"),
    ],
)
def test_a_hand_edit_is_noticed(done: Scratch, old: str, new: str, code: int, finding: str) -> None:
    done.edit(old, new)
    verified = done.pv("verify")
    assert verified.code == code, verified.shown
    assert finding in verified.out


def test_a_date_that_is_none_is_noticed(done: Scratch) -> None:
    text = done.path.read_text()
    head, _, tail = text.rpartition("  date: '")
    done.path.write_text(f"{head}  date: 'gestern{tail[10:]}")
    verified = done.pv("verify")
    assert verified.code == 3
    assert "'gestern' is no date such as 2026-01-31" in verified.out


def test_a_test_that_is_gone_is_noticed(done: Scratch) -> None:
    text = done.path.read_text()
    start, end = text.index("- id: FT-002"), text.index("implementation_stages")
    done.path.write_text(text[:start] + text[end:])
    done.edit("status: CONTESTED}", "status: CONFIRMED}")
    verified = done.pv("verify")
    assert verified.code == 11
    assert "the amendments speak of FT-002, and the contract has no such test" in verified.out


def test_a_lost_record_keeps_every_verdict_as_it_is(done: Scratch) -> None:
    shutil.rmtree(done.store / "FT-002")
    before = done.path.read_bytes()
    refused = done.discharge("--test", "FT-001")
    assert refused.code == 3
    assert "fix: restore the lost evidence first" in done.pv("verify").out
    assert done.path.read_bytes() == before


def test_status_fails_where_evidence_is_lost(done: Scratch) -> None:
    shutil.rmtree(done.store)
    assert done.pv("status").code == 1
    assert done.pv("validate").code == 1


def test_what_cannot_be_written_is_refused_before_anything_runs(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001", extra="evidence: [run.log]"), scratch.test("FT-002"))
    refused = scratch.discharge()
    assert refused.code == 1, refused.shown
    assert "falsification_tests[0].evidence holds a list" in refused.shown
    assert "rename the key, for example to `evidence_notes`" in refused.shown
    assert not scratch.store.exists()


def test_an_id_that_no_folder_can_have_is_refused_at_its_place(scratch: Scratch) -> None:
    scratch.contract(scratch.test("x" * 300))
    refused = scratch.discharge()
    assert refused.code == 1
    assert "contracts/x-v1.yaml:5:7: error[PV202]: the id has 300 bytes" in refused.out
    assert scratch.pv("verify").code == 1


def test_a_clock_of_nonsense_is_noticed_before_anything_runs(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    refused = scratch.discharge(env={"SOURCE_DATE_EPOCH": "abc"})
    assert refused.code == 2
    assert "SOURCE_DATE_EPOCH is 'abc'" in refused.shown
    assert not scratch.store.exists()
