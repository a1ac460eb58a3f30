"""What evidence rests on is found by its path in the data."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.fixing.evidence_paths import Pinned

ENGINE = "amendments are written by the engine alone"
BY_HAND = "change it by hand, and discharge again"
DATA: dict[str, Any] = {
    "falsification_tests": [
        {"id": "A", "evidence": "sha256:0"},
        {"id": "B", "evidence": None},
        {"id": "C"},
        {"evidence": "sha256:0"},
        "text",
    ],
    "amendments": [{"tests": [{"id": "C"}, {"id": ["x"]}, 5]}, {"tests": 5}, None],
}


@pytest.mark.parametrize(
    ("path", "name", "objection"),
    [
        (("falsification_tests", 0, "prediciton"), "prediction", f"evidence is stored of A: {BY_HAND}"),
        (("falsification_tests", 0, "accept", 0, "metrc"), "metric", f"evidence is stored of A: {BY_HAND}"),
        (("falsification_tests", 0, "id"), None, f"evidence is stored of A: {BY_HAND}"),
        (("falsification_tests", 2, "rule"), None, f"evidence is stored of C: {BY_HAND}"),
        (("falsification_tests", 3, "rule"), "ruel", f"evidence is stored of test 4: {BY_HAND}"),
        (("falsification_tests", 0, "if_fials"), "if_fails", None),
        (("falsification_tests", 0, "limits", "second"), "seconds", None),
        (("falsification_tests", 1, "prediciton"), "prediction", None),
        (("falsification_tests", 1, "id"), None, None),
        (("hypotheses", 0, "statment"), "statement", f"evidence is stored of A, C, test 4: {BY_HAND}"),
        (("hypotheses", 0, "id"), None, f"evidence is stored of A, C, test 4: {BY_HAND}"),
        (("hypotheses", 0, "titel"), "title", None),
        (("hypothesis",), "hypotheses", f"evidence is stored of A, C, test 4: {BY_HAND}"),
        (("metdata",), "metadata", f"evidence is stored of A, C, test 4: {BY_HAND}"),
        (("metadata", "ID"), "id", f"evidence is stored of A, C, test 4: {BY_HAND}"),
        (("metadata", "titel"), "title", None),
        (("metadata", "tags", 0), None, None),
        (("equation",), "equations", None),
        (("amendments", 0, "kind"), None, ENGINE),
    ],
)
def test_what_must_stay(path: tuple[str | int, ...], name: str | None, objection: str | None) -> None:
    assert Pinned(DATA).find_objection(path, name) == objection


def test_without_evidence_only_amendments_stay() -> None:
    pinned = Pinned({"falsification_tests": [{"id": "A", "evidence": None}], "amendments": 5})
    assert pinned.find_objection(("falsification_tests", 0, "id")) is None
    assert pinned.find_objection(("hypotheses", 0, "id")) is None
    assert pinned.find_objection(("amendments", 0)) == ENGINE
