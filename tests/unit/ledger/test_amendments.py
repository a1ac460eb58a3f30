"""The chain of amendments: an edit, a deletion or another order of entries is noticed."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.errors import UsageError
from pvengine.ledger.amendments import find_pins, iter_chain_issues, make_amendment, read_clock
from pvengine.models.contract import Amendment
from pvengine.numerics.canonical import digest_of

HEAD = "sha256:" + "a" * 64


def entry_of(name: str, to: str, count: int = 1) -> dict[str, Any]:
    return {"id": name, "from": "NEW", "to": to, "head": HEAD, "count": count}


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    data: dict[str, Any] = {}
    for number in (1, 2, 3):
        entry = make_amendment(
            version=f"1.{number}.0",
            kind="discharge",
            tests=[entry_of(f"T{number}", "DISCHARGED")],
            before=data,
        )
        data["amendments"] = [*data.get("amendments", []), entry]
    found: list[dict[str, Any]] = data["amendments"]
    return found


def issues(entries: Any) -> list[tuple[tuple[str | int, ...], str]]:
    found = list(iter_chain_issues({"amendments": entries}))
    assert {issue.code for issue in found} <= {"PV604", "PV614"}
    return [(issue.path, issue.message) for issue in found]


def test_a_chain_that_the_engine_made_is_whole(chain: list[dict[str, Any]]) -> None:
    assert issues(chain) == []
    assert [entry["previous"] for entry in chain] == [None, digest_of(chain[0]), digest_of(chain[1])]


def test_an_amendment_has_its_keys_in_the_order_of_writing(chain: list[dict[str, Any]]) -> None:
    assert list(chain[0]) == ["version", "date", "kind", "tests", "previous"]
    assert chain[0]["date"] == "2026-01-01"
    assert [Amendment.model_validate(entry).version for entry in chain] == ["1.1.0", "1.2.0", "1.3.0"]


@pytest.mark.parametrize("edited", [0, 1])
@pytest.mark.parametrize(("key", "value"), [("version", "9.9.9"), ("date", "2020-01-01"), ("tests", [])])
def test_an_edited_entry_breaks_the_pin_of_the_next(
    chain: list[dict[str, Any]], edited: int, key: str, value: Any
) -> None:
    chain[edited] = chain[edited] | {key: value}
    ((path, message),) = issues(chain)
    assert path == ("amendments", edited + 1, "previous")
    assert message == (
        f"amendment '1.{edited + 2}.0' pins another entry than the one before it, "
        "which was edited or is missing"
    )


def test_the_first_entry_cannot_be_deleted(chain: list[dict[str, Any]]) -> None:
    assert issues(chain[1:]) == [
        (
            ("amendments", 0, "previous"),
            "amendment '1.2.0' is the first, and pins an entry before it that is not there",
        )
    ]


def test_an_entry_in_the_middle_cannot_be_deleted(chain: list[dict[str, Any]]) -> None:
    assert [path for path, _ in issues([chain[0], chain[2]])] == [("amendments", 1, "previous")]


def test_entries_cannot_change_places(chain: list[dict[str, Any]]) -> None:
    assert len(issues([chain[1], chain[0], chain[2]])) == 3


def test_an_entry_cannot_be_slipped_in(chain: list[dict[str, Any]]) -> None:
    slipped = chain[0] | {"version": "1.1.1"}
    said = "amendments '1.1.0' and '1.1.1' are both the first: they were made on two branches"
    assert (("amendments", 1, "previous"), said) in issues([chain[0], slipped, *chain[1:]])


def test_an_entry_that_pins_nothing_is_told_from_one_of_another_branch(chain: list[dict[str, Any]]) -> None:
    first = {"version": "1.1.0", "previous": HEAD}
    found = list(iter_chain_issues({"amendments": [first, {"version": "1.2.0", "previous": None}]}))
    assert [(issue.code, issue.message) for issue in found][1:] == [
        ("PV604", "amendment '1.2.0' does not pin the entry before it")
    ]
    joined = [*chain, chain[2] | {"tests": []}]
    ((code, message),) = [(each.code, each.message) for each in iter_chain_issues({"amendments": joined})]
    assert (code, message) == (
        "PV614",
        "amendments '1.3.0' and '1.3.0' follow the same entry: they were made on two branches",
    )


def test_deleting_the_last_entry_leaves_a_chain_and_takes_its_pin(chain: list[dict[str, Any]]) -> None:
    """The chain cannot tell; the evidence link of the test, which no amendment records any more, does."""
    assert issues(chain[:2]) == []
    assert "T3" not in find_pins(Amendment.model_validate(entry) for entry in chain[:2])


@pytest.mark.parametrize("entries", [None, [], 5, "text", {"a": 1}])
def test_what_is_no_list_has_no_chain(entries: Any) -> None:
    assert issues(entries) == []


@pytest.mark.parametrize("value", [float("nan"), -0.0, 2**60])
def test_an_entry_without_a_digest_can_be_pinned_by_nothing(value: float) -> None:
    odd = {"version": "1.0.0", "count": value, "previous": None}
    for previous in (None, HEAD):
        assert len(issues([odd, {"version": "1.1.0", "previous": previous}])) == 1


def test_an_entry_that_is_no_mapping_is_passed_over_and_the_rest_is_checked() -> None:
    assert [path[1] for path, _ in issues(["text", {"version": "1.0.0", "previous": HEAD}])] == [1]


def test_the_last_amendment_on_a_test_is_its_pin() -> None:
    amendments = [
        Amendment.model_validate(
            {
                "version": "1.0.0",
                "date": "2026-01-01",
                "kind": "discharge",
                "previous": None,
                "tests": [entry_of("A", to, count), entry_of(f"B{count}", "DISCHARGED")],
            }
        )
        for count, to in enumerate(("DISCHARGED", "FALSIFIED"), start=1)
    ]
    pins = find_pins(amendments)
    assert list(pins) == ["A", "B1", "B2"]
    assert (pins["A"].to, pins["A"].count) == ("FALSIFIED", 2)


def test_the_clock_follows_source_date_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert read_clock().isoformat() == "1970-01-01T00:00:00+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert read_clock().year >= 2026


@pytest.mark.parametrize("text", ["tomorrow", "-1", "1.5", "²", "9" * 30])
def test_a_clock_that_cannot_be_read_is_an_error_and_no_guess(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH is"):
        read_clock()
