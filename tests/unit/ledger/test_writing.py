"""The one edit of a discharge touches the lines that it must and no other."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pvengine.graph.edges import Kind
from pvengine.ledger.transitions import Transition
from pvengine.ledger.writing import diff_documents, write_transitions
from pvengine.yamldoc import read_document

HEAD = "sha256:" + "1" * 64
TEST = Transition(
    Kind.TEST, "A", ("falsification_tests", 0), "NEW", "DISCHARGED", "FALSIFIED", HEAD, 1, grounded=False
)
TEXT = """\
metadata:
  id: C
  version: 1.7.0   # bumped
version: 1.7.0
hypotheses:
- {id: H, statement: s, status: UNTESTED}
falsification_tests:
- id: A
  status: NEW   # engine
  if_fails: x
amendments: []
"""


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")


def write(text: str, *transitions: Transition) -> tuple[Any, str, str]:
    before = read_document(text.encode(), "x.yaml")
    after, version = write_transitions(before, "1.7.0", transitions, kind="discharge")
    return after, version, diff_documents(before, after)


def changed_lines(diff: str) -> list[str]:
    return [line for line in diff.splitlines() if re.match(r"[-+](?![-+]{2})", line)]


def test_statuses_evidence_versions_and_the_amendment_are_written_together() -> None:
    moved = Transition(Kind.HYPOTHESIS, "H", ("hypotheses", 0), "UNTESTED", "FALSIFIED", "FALSIFIED")
    after, version, diff = write(TEXT, TEST, moved)
    assert version == "1.8.0"
    assert after.data["metadata"]["version"] == after.data["version"] == "1.8.0"
    assert after.data["hypotheses"][0]["status"] == "FALSIFIED"
    test = after.data["falsification_tests"][0]
    assert (test["status"], test["verdict"], test["evidence"]) == ("DISCHARGED", "FALSIFIED", HEAD)
    assert list(test) == ["id", "status", "verdict", "evidence", "if_fails"]
    assert after.data["amendments"] == [
        {
            "version": "1.8.0",
            "date": "2026-01-01",
            "kind": "discharge",
            "tests": [
                {
                    "id": "A",
                    "from": "NEW",
                    "to": "DISCHARGED",
                    "verdict": "FALSIFIED",
                    "head": HEAD,
                    "count": 1,
                }
            ],
            "previous": None,
        }
    ]
    removed = [line for line in changed_lines(diff) if line.startswith("-")]
    assert removed == [
        "-  version: 1.7.0   # bumped",
        "-version: 1.7.0",
        "-- {id: H, statement: s, status: UNTESTED}",
        "-  status: NEW   # engine",
        "-amendments: []",
    ]
    assert "+  status: DISCHARGED   # engine" in diff


def test_a_missing_status_is_inserted_and_a_missing_list_begun() -> None:
    text = "metadata:\n  version: 1.7.0\nfalsification_tests:\n- id: A\n"
    after, _, diff = write(text, TEST)
    assert after.data["falsification_tests"][0]["status"] == "DISCHARGED"
    assert len(after.data["amendments"]) == 1
    assert [line for line in changed_lines(diff) if line.startswith("-")] == ["-  version: 1.7.0"]


def test_a_renewal_is_a_patch_and_a_grounding_says_so() -> None:
    renewal = Transition(Kind.TEST, "A", TEST.path, "DISCHARGED", "DISCHARGED", None, HEAD, 2)
    text = TEXT.replace("status: NEW ", "status: DISCHARGED ")
    after, version, _ = write(text, renewal)
    assert version == "1.7.1"
    assert "grounded" not in after.data["amendments"][0]["tests"][0]
    grounded = Transition(Kind.TEST, "A", TEST.path, "DISCHARGED", "DISCHARGED", None, HEAD, 1, grounded=True)
    after, version, _ = write(text, grounded)
    assert version == "1.8.0"
    assert after.data["amendments"][0]["tests"][0]["grounded"] is True


def test_a_verdict_that_is_no_more_given_is_taken_out_of_force() -> None:
    text = TEXT.replace("  if_fails", "  verdict: CONFIRMED\n  if_fails")
    after, _, _ = write(text, Transition(Kind.TEST, "A", TEST.path, "NEW", "DISCHARGED", None, HEAD, 1))
    assert after.data["falsification_tests"][0]["verdict"] is None


def test_the_next_amendment_pins_this_one() -> None:
    after, version, _ = write(TEXT, TEST)
    again, _ = write_transitions(after, version, [TEST], kind="discharge")
    first, second = again.data["amendments"]
    assert first["previous"] is None
    assert second["previous"].startswith("sha256:")
    assert (first["version"], second["version"]) == ("1.8.0", "1.9.0")


def test_the_diff_says_where_a_last_line_has_no_break() -> None:
    before = read_document(b"metadata: {version: 1.7.0}", "x.yaml")
    after = read_document(b"metadata: {version: 1.8.0}", "x.yaml")
    assert diff_documents(before, after) == (
        "--- a/x.yaml\n+++ b/x.yaml\n@@ -1 +1 @@\n"
        "-metadata: {version: 1.7.0}\n\\ No newline at end of file\n"
        "+metadata: {version: 1.8.0}\n\\ No newline at end of file\n"
    )
    assert diff_documents(before, before) == ""
