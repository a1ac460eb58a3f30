"""What pv writes follows from amendments, or it was typed: told by two versions of the data."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pvengine.comparing.contracts import compare_data
from pvengine.comparing.histories import (
    describe_hand_edit,
    iter_history_issues,
    list_amendments,
    list_hand_edits,
)

HEAD, OTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64
FIRST = {
    "version": "1.1.0",
    "date": "2026-01-02",
    "kind": "discharge",
    "tests": [{"id": "T1", "from": "NEW", "to": "DISCHARGED", "head": HEAD, "count": 1}],
    "previous": None,
}
BASE: dict[str, Any] = {
    "metadata": {"id": "C", "version": "1.1.0", "description": "One."},
    "hypotheses": [{"id": "H", "statement": "S", "status": "CONFIRMED"}],
    "falsification_tests": [
        {"id": "T1", "rule": "R", "status": "DISCHARGED", "evidence": HEAD},
        {"id": "T2", "rule": "R"},
    ],
    "implementation_stages": [{"id": "M", "steps": [{"id": "a", "needs": ["T1"], "status": "DISCHARGED"}]}],
    "amendments": [FIRST],
}
STEP = ("implementation_stages", 0, "steps", 0, "status")
HYPOTHESIS = ("hypotheses", 0, "status")


def find_claim(test: str, digest: str) -> str | None:
    """Give the claim of a record: those of T3 have claims of their own."""
    return digest if test == "T3" else "one claim"


def amend(after: dict[str, Any], **entry: Any) -> None:
    after["amendments"].append(
        {"version": "1.2.0", "date": "2026-01-03", "tests": [], "previous": "x", **entry}
    )


def edited(**prose: Any) -> dict[str, Any]:
    after = copy.deepcopy(BASE)
    after["metadata"] |= prose
    return after


def list_faults(after: dict[str, Any]) -> list[str]:
    return [
        issue.message for issue in iter_history_issues(BASE, compare_data(BASE, after), after, find_claim)
    ]


def list_edits(
    after: dict[str, Any], derived: dict[Any, str] | None = None, before: Any = BASE
) -> list[tuple[Any, str]]:
    typed = list_hand_edits(before, compare_data(before, after), after, derived or {})
    issues = [describe_hand_edit(changes, after) for changes in typed]
    return [(issue.path, issue.message) for issue in issues]


def test_entries_of_another_form_are_no_amendments() -> None:
    assert list_amendments({"amendments": [FIRST, "text", {"version": "1"}]}) == [FIRST]
    assert list_amendments({"amendments": "text"}) == list_amendments({}) == []


def test_nothing_is_wrong_with_what_did_not_change() -> None:
    assert list_faults(BASE) == []
    assert list_edits(BASE) == []


@pytest.mark.parametrize(("key", "value"), [("date", "2026-01-01"), ("kind", "edit"), ("reason", "why not")])
def test_an_amendment_of_the_base_is_not_edited(key: str, value: str) -> None:
    after = copy.deepcopy(BASE)
    after["amendments"][0][key] = value
    assert list_faults(after) == ["the amendment 1.1.0 of 2026-01-02 is not there any more, or was edited"]
    assert list_edits(after) == []  # told once


def test_the_amendments_of_the_base_are_not_taken_away() -> None:
    after = copy.deepcopy(BASE)
    del after["amendments"]
    found = list(iter_history_issues(BASE, compare_data(BASE, after), after, find_claim))
    assert [(issue.code, issue.path) for issue in found] == [("PV704", ("metadata",))]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"kind": "discharge", "tests": [{"id": "T1", "head": OTHER, "count": 2, "to": "DISCHARGED"}]}, None),
        (
            {"kind": "discharge", "tests": [{"id": "T1", "head": HEAD, "count": 1, "to": "DISCHARGED"}]},
            "T1 has the record of an earlier amendment, and no new one",
        ),
        ({"kind": "discharge"}, "a discharge that measured no test is not recorded"),
        ({"kind": "edit"}, "it records an edit, and nothing that people write was edited"),
        ({"kind": "edit", "tests": [{"id": "T1"}]}, "one of kind edit moves no test"),
        ({"kind": "merge"}, "a merge joins two histories, and the change has none of its own"),
        (
            {"kind": "reopen", "reason": "R", "tests": [{"id": "T1", "to": "NEW", "head": HEAD, "count": 1}]},
            None,
        ),
        ({"kind": "reopen", "tests": [{"id": "T1"}]}, "a test is reopened for a reason, and none is given"),
        ({"kind": "reopen", "reason": "R"}, "it reopens no test"),
        (
            {"kind": "reopen", "reason": "R", "tests": [{"id": "T1", "to": "DISCHARGED"}]},
            "one of kind reopen makes a test NEW, and T1 becomes DISCHARGED",
        ),
        (
            {"kind": "reopen", "reason": "R", "tests": [{"id": "T1", "to": "NEW", "head": HEAD, "count": 0}]},
            "T1 has another newest record or number of records than before",
        ),
    ],
)
def test_an_amendment_is_one_that_a_command_makes(entry: dict[str, Any], fault: str | None) -> None:
    after = copy.deepcopy(BASE)
    amend(after, **entry)
    assert list_faults(after) == ([f"amendment 1.2.0: {fault}"] if fault else [])


@pytest.mark.parametrize(
    ("test", "fault"),
    [
        ({"id": "T1", "from": "DISCHARGED", "to": "DISCHARGED", "head": HEAD}, None),
        ({"id": "T2", "from": "FALSIFIED", "to": "FALSIFIED", "head": OTHER}, None),
        ({"id": "T1", "from": "DISCHARGED", "to": "NEW", "head": HEAD}, None),
        (
            {"id": "T2", "from": "FALSIFIED", "to": "DISCHARGED", "head": HEAD},
            "a merge turns no test green, and T2 was FALSIFIED by the same claim",
        ),
        ({"id": "T3", "from": "FALSIFIED", "to": "DISCHARGED", "head": HEAD}, None),
        (
            {"id": "T1", "from": "NEW", "to": "NEW", "head": "sha256:" + "3" * 64},
            "a merge measures nothing, and no earlier amendment has the record of T1",
        ),
    ],
)
def test_a_merge_joins_and_opens_nothing(test: dict[str, Any], fault: str | None) -> None:
    after = copy.deepcopy(BASE)
    tests = [{"id": name, "head": OTHER, "count": 1, "to": "FALSIFIED"} for name in ("T2", "T3")]
    amend(after, kind="discharge", tests=tests)
    amend(after, kind="merge", version="1.3.0", tests=[test])
    assert list_faults(after) == ([f"amendment 1.3.0: {fault}"] if fault else [])


def test_the_record_of_an_edit_stands_with_the_edit() -> None:
    after = edited(description="Two.")
    amend(after, kind="edit")
    assert list_faults(after) == []


def test_a_status_moves_with_an_amendment_alone() -> None:
    after = copy.deepcopy(BASE)
    after["falsification_tests"][1] |= {"status": "DISCHARGED", "verdict": "CONFIRMED"}
    said = "edited by hand: T2 status is new: DISCHARGED; T2 verdict is new: CONFIRMED"
    assert list_edits(after) == [(("falsification_tests", 1, "status"), said)]
    amend(after, kind="discharge", tests=[{"id": "T2", "head": OTHER, "count": 1, "to": "DISCHARGED"}])
    assert list_edits(after) == []


def test_what_is_gone_is_told_where_its_block_stands() -> None:
    after = copy.deepcopy(BASE)
    del after["falsification_tests"][0]["evidence"]
    said = f"edited by hand: T1 evidence was {HEAD}, is gone"
    assert list_edits(after) == [(("falsification_tests",), said)]


def test_a_word_that_says_nothing_may_be_left_out() -> None:
    after = copy.deepcopy(BASE)
    after["falsification_tests"][1]["status"] = "NEW"
    assert list_edits(after) == []


@pytest.mark.parametrize(
    ("path", "word", "derived", "is_told"),
    [
        (STEP, "FALSIFIED", {STEP: "FALSIFIED"}, False),
        (STEP, "FALSIFIED", {STEP: "DISCHARGED"}, True),
        (STEP, "NEW", {}, False),
        (STEP, "NEW", {STEP: "DISCHARGED"}, True),
        (HYPOTHESIS, "UNTESTED", {HYPOTHESIS: "UNTESTED"}, False),
        (HYPOTHESIS, "FALSIFIED", {HYPOTHESIS: "CONFIRMED"}, True),
    ],
)
def test_words_of_others_follow_from_evidence(path: Any, word: str, derived: Any, *, is_told: bool) -> None:
    after = copy.deepcopy(BASE)
    entry: Any = after
    for step in path[:-1]:
        entry = entry[step]
    entry["status"] = word
    assert len(list_edits(after, derived)) == 1, "without a new amendment nothing moves"
    amend(after, kind="reopen", reason="R", tests=[{"id": "T1", "to": "NEW", "head": HEAD, "count": 1}])
    assert len(list_edits(after, derived)) == is_told


def test_a_version_without_amendments_is_typed_by_hand() -> None:
    before = {"metadata": {"id": "C", "version": "1.0.0"}}
    after = {"metadata": {"id": "C", "version": "1.0.1"}}
    said = "edited by hand: metadata.version was 1.0.0, is 1.0.1"
    assert list_edits(after, before=before) == [(("metadata", "version"), said)]
    assert list_edits(edited(version="1.1.1")) == []  # `pv verify` compares it with the last amendment
