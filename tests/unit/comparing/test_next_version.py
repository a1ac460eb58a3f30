from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.comparing.contracts import compare_data
from pvengine.comparing.next_version import Decision, NextVersion, choose_version, suggest_next_version

if TYPE_CHECKING:
    from pvengine.comparing.change import Comparison

CONTRACT: dict[str, Any] = {
    "metadata": {"id": "C-X", "version": "1.0.0", "description": "Bounds."},
    "falsification_tests": [{"id": "A", "rule": "r", "status": "NEW"}, {"id": "B", "rule": "s"}],
}
RECORDED, NOTHING, TOO_LOW, UNEARNED = Decision


def compare(*edits: str, base: Any = "1.0.0", present: str = "1.0.0") -> Comparison:
    """Compare a contract with what edits make of it; ``status`` is one that only the engine writes."""
    before, after = copy.deepcopy(CONTRACT), copy.deepcopy(CONTRACT)
    before["metadata"]["version"], after["metadata"]["version"] = base, present
    tests = after["falsification_tests"]
    if "status" in edits:
        tests[0]["status"] = "DISCHARGED"
    if "moved" in edits:
        tests.reverse()
    if "patch" in edits:
        after["metadata"]["description"] = "Tight bounds."
    if "minor" in edits:
        tests.append({"id": "C", "rule": "t"})
    if "major" in edits:
        tests.pop()
    return compare_data(before, after)


def choose(
    *edits: str, present: str = "1.0.0", last: str | None = None, base: Any = "1.0.0", insists: bool = False
) -> NextVersion:
    return choose_version(compare(*edits, base=base, present=present), present, last, insists=insists)


@pytest.mark.parametrize(
    ("edits", "last", "version"),
    [
        (["patch"], None, "1.0.1"),
        (["minor"], None, "1.1.0"),
        (["major"], None, "2.0.0"),
        (["patch", "major"], None, "2.0.0"),
        (["major"], "1.1.0", "2.0.0"),
        (["minor"], "1.0.1", "1.1.0"),
        (["patch", "status"], None, "1.1.0"),
    ],
)
def test_the_lowest_version_that_suffices_for_all_changes_is_recorded(
    edits: list[str], last: str | None, version: str
) -> None:
    assert choose(*edits, present=last or "1.0.0", last=last) == NextVersion(RECORDED, version)


@pytest.mark.parametrize(
    ("edits", "present", "last"),
    [
        ([], "1.0.0", None),
        (["status"], "1.0.0", None),
        (["moved"], "1.0.0", None),
        (["moved", "status"], "1.0.0", None),
        ([], "1.1.0", "1.1.0"),
        (["status"], "1.1.0", "1.1.0"),
        (["patch", "status"], "1.1.0", "1.1.0"),
        (["major"], "2.0.0", "2.0.0"),
        (["patch"], "3.0.0", "3.0.0"),
    ],
)
def test_a_version_that_says_enough_is_left(edits: list[str], present: str, last: str | None) -> None:
    assert choose(*edits, present=present, last=last) == NextVersion(NOTHING, present)


@pytest.mark.parametrize(
    ("edits", "present", "last", "version"),
    [
        (["patch"], "1.1.0", "1.1.0", "1.1.1"),
        (["moved"], "1.0.0", None, "1.0.1"),
        (["patch"], "1.0.0", None, "1.0.1"),
        (["patch"], "1.4.0", "1.1.0", "1.4.0"),
    ],
)
def test_who_insists_gets_an_amendment_all_the_same(
    edits: list[str], present: str, last: str | None, version: str
) -> None:
    assert choose(*edits, present=present, last=last, insists=True) == NextVersion(RECORDED, version)


def test_who_insists_on_nothing_gets_nothing() -> None:
    assert choose("status", present="1.1.0", last="1.1.0", insists=True) == NextVersion(NOTHING, "1.1.0")


@pytest.mark.parametrize(
    ("edits", "present", "last", "version"),
    [
        (["patch"], "1.0.1", None, "1.0.1"),
        (["patch"], "1.5.0", "1.1.0", "1.5.0"),
        (["moved"], "1.0.1", None, "1.0.1"),
        (["major"], "1.9.0", None, "2.0.0"),
        (["major"], "1.9.0", "1.1.0", "2.0.0"),
        (["major"], "2.0.0-rc.1", None, "2.0.0-rc.1"),
        (["patch"], "1.1.0+other", "1.1.0", "1.1.1"),
    ],
)
def test_a_version_raised_by_hand_is_kept_where_it_suffices_and_else_raised(
    edits: list[str], present: str, last: str | None, version: str
) -> None:
    assert choose(*edits, present=present, last=last) == NextVersion(RECORDED, version)


@pytest.mark.parametrize(
    ("edits", "present", "last", "version"),
    [
        ([], "0.9.0", None, "1.0.0"),
        (["patch"], "0.9.0", None, "1.0.1"),
        (["moved"], "0.9.0", "1.1.0", "1.1.0"),
        (["patch"], "1.0.1", "1.1.0", "1.1.0"),
        (["major"], "1.0.1", "1.1.0", "2.0.0"),
        ([], "1.0.0-rc.1", None, "1.0.0"),
    ],
)
def test_a_version_below_what_was_there_is_refused(
    edits: list[str], present: str, last: str | None, version: str
) -> None:
    assert choose(*edits, present=present, last=last) == NextVersion(TOO_LOW, version)


@pytest.mark.parametrize(
    ("edits", "base", "present", "last", "version"),
    [
        ([], "1.0.0", "1.1.0", None, "1.0.0"),
        (["status"], "1.0.0", "1.1.0", None, "1.0.0"),
        ([], "1.0.0", "1.2.0", "1.1.0", "1.1.0"),
        ([], "two", "1.2.0", "1.1.0", "1.1.0"),
        ([], "1.2.0", "1.2.0", "1.1.0", "1.2.0"),
    ],
)
def test_a_version_alone_is_no_edit(
    edits: list[str], base: str, present: str, last: str | None, version: str
) -> None:
    assert choose(*edits, base=base, present=present, last=last) == NextVersion(UNEARNED, version)


@pytest.mark.parametrize("base", [None, "two", 1.0])
def test_a_base_without_a_version_demands_nothing(base: Any) -> None:
    assert choose(base=base, present="0.1.0") == NextVersion(NOTHING, "0.1.0")
    assert choose("major", base=base, present="0.1.0") == NextVersion(RECORDED, "0.1.0")
    assert choose("major", base=base, present="0.1.0", last="0.1.0") == NextVersion(NOTHING, "0.1.0")


def test_the_version_to_write_is_known_whatever_stands_there() -> None:
    assert suggest_next_version(compare("minor", present="two"), None) == "1.1.0"
    assert suggest_next_version(compare(present="two"), None) == "1.0.0"
    assert suggest_next_version(compare(base="two", present="three"), "1.3.0") == "1.3.0"
    assert suggest_next_version(compare("minor", base=None, present="three"), None) is None
