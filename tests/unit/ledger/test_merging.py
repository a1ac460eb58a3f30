"""Two histories become one that keeps every law of a history, whatever was discharged on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import semver
from hypothesis import given, settings
from hypothesis import strategies as st

from pvengine.ledger.amendments import (
    find_pins,
    iter_chain_issues,
    iter_entry_issues,
    list_heads,
    make_amendment,
)
from pvengine.ledger.merging import HistoryError, MergedHistory, Side, find_touched, merge_histories
from pvengine.ledger.transitions import Bump, bump_version
from pvengine.models.contract import Amendment

TESTS = ("A", "B", "C")
Run = dict[str, str]

runs = st.lists(
    st.dictionaries(st.sampled_from(TESTS), st.sampled_from(["DISCHARGED", "FALSIFIED"]), min_size=1),
    max_size=4,
)


@dataclass
class World:
    """All records that were ever made, each with the one before it: what the stores of all branches hold."""

    records: dict[str, str | None] = field(default_factory=dict)

    def discharge(self, history: list[dict[str, Any]], every: list[Run]) -> list[dict[str, Any]]:
        """Return a history with one amendment more for each run."""
        history = list(history)
        for run in every:
            pins = find_pins(Amendment.model_validate(entry) for entry in history)
            tests = []
            for name, to in run.items():
                pin = pins.get(name)
                head = f"sha256:{len(self.records):064x}"
                self.records[head] = pin.head if pin else None
                from_, count = (pin.to, pin.count) if pin else ("NEW", 0)
                tests.append({"id": name, "from": from_, "to": to, "head": head, "count": count + 1})
            is_renewal = all(test["from"] == test["to"] for test in tests)
            version = history[-1]["version"] if history else "1.0.0"
            version = bump_version(version, Bump.PATCH if is_renewal else Bump.MINOR)
            before = {"amendments": history}
            history.append(make_amendment(version=version, kind="discharge", tests=tests, before=before))
        return history

    def reach(self, heads: list[str]) -> set[str]:
        """Return the records that these lead to."""
        found: set[str] = set()
        for head in heads:
            digest: str | None = head
            while digest is not None:
                found.add(digest)
                digest = self.records[digest]
        return found


def check_laws(world: World, entries: tuple[dict[str, Any], ...] | list[dict[str, Any]]) -> None:
    amendments = [Amendment.model_validate(entry) for entry in entries]
    assert [*iter_chain_issues({"amendments": list(entries)}), *iter_entry_issues(amendments)] == []
    heads = list_heads(amendments)
    for name, pin in find_pins(amendments).items():
        assert pin.count == len(world.reach(heads[name]))


def last_words(merged: MergedHistory) -> dict[str, tuple[Any, ...]]:
    pins = find_pins(Amendment.model_validate(entry) for entry in merged.entries)
    return {name: (pin.to, pin.verdict, pin.head, pin.count) for name, pin in pins.items()}


@given(runs, runs, runs)
@settings(max_examples=150)
def test_a_merge_is_a_history_that_follows_from_both(
    shared: list[Run], mine: list[Run], other: list[Run]
) -> None:
    world = World()
    base = world.discharge([], shared)
    ours, theirs = world.discharge(base, mine), world.discharge(base, other)
    merged = merge_histories(base, ours, theirs)
    check_laws(world, merged.entries)
    kept = ours if merged.kept is Side.OURS else theirs
    assert list(merged.entries[: len(kept)]) == kept
    heads = {test["head"] for entry in [*ours, *theirs] for test in entry["tests"]}
    assert {test["head"] for entry in merged.entries for test in entry["tests"]} == heads
    touched = find_touched(base, ours, theirs)
    assert merged.decided.keys() == touched[Side.OURS] & touched[Side.THEIRS]
    if mine and other:
        version = semver.Version.parse(merged.entries[-1]["version"])
        assert all(version > entry["version"] for entry in [*ours, *theirs])
        assert (merged.entries[-1]["kind"], merged.taken) == ("merge", len(other))
    else:
        assert list(merged.entries) == (theirs if other else ours)


@given(runs, runs, runs)
@settings(max_examples=75)
def test_both_directions_give_the_same_words(shared: list[Run], mine: list[Run], other: list[Run]) -> None:
    world = World()
    base = world.discharge([], shared)
    ours, theirs = world.discharge(base, mine), world.discharge(base, other)
    one, two = merge_histories(base, ours, theirs), merge_histories(base, theirs, ours)
    assert last_words(one) == last_words(two)


@given(runs, runs, runs, runs)
@settings(max_examples=75)
def test_what_was_merged_is_known_again(
    shared: list[Run], mine: list[Run], other: list[Run], more: list[Run]
) -> None:
    """A branch that is stacked on another, and merged when the other has been."""
    world = World()
    base = world.discharge([], shared)
    ours, theirs = world.discharge(base, mine), world.discharge(base, other)
    merged = list(merge_histories(base, ours, theirs).entries)
    assert list(merge_histories(base, merged, theirs).entries) == merged
    assert list(merge_histories(ours, ours, merged).entries) == merged
    stacked = world.discharge(theirs, more)
    again = merge_histories(theirs, merged, stacked)
    check_laws(world, again.entries)
    assert again.taken == (len(more) if len(merged) > len(theirs) else 0)
    across = merge_histories(base, world.discharge(merged, more), merge_back(base, ours, theirs))
    check_laws(world, across.entries)


def merge_back(base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any]:
    """Merge in the other direction, as the other branch did it."""
    return list(merge_histories(base, theirs, ours).entries)


def entry(version: str, kind: str = "edit", **keys: Any) -> dict[str, Any]:
    return {"version": version, "date": "2026-01-01", "kind": kind, "tests": [], "previous": None} | keys


def pin(to: str, head: str, **keys: Any) -> dict[str, Any]:
    return {"id": "A", "from": "NEW", "to": to, "head": f"sha256:{head * 64}", "count": 1} | keys


def decide(mine: dict[str, Any], other: dict[str, Any], **options: Any) -> MergedHistory:
    """Merge two histories of one discharge each."""
    dates = {"mine": mine.pop("date", "2026-01-01"), "other": other.pop("date", "2026-01-01")}
    ours = [entry("1.1.0", "discharge", tests=[mine], date=dates["mine"])]
    theirs = [entry("1.1.0", "discharge", tests=[other], date=dates["other"])]
    return merge_histories([], ours, theirs, **options)


@pytest.mark.parametrize(
    ("mine", "other", "side"),
    [
        (pin("FALSIFIED", "1"), pin("DISCHARGED", "2", date="2026-02-01"), Side.OURS),
        (pin("DISCHARGED", "1"), pin("FALSIFIED", "2"), Side.THEIRS),
        (pin("NEW", "1"), pin("DISCHARGED", "2"), Side.OURS),
        (pin("NEW", "1"), pin("FALSIFIED", "2"), Side.THEIRS),
        (pin("DISCHARGED", "1", date="2026-02-01"), pin("DISCHARGED", "2"), Side.OURS),
        (pin("DISCHARGED", "1"), pin("DISCHARGED", "2"), Side.THEIRS),
        (pin("FALSIFIED", "2", verdict="CONFIRMED"), pin("FALSIFIED", "1"), Side.OURS),
    ],
)
def test_the_closed_word_holds_then_the_later_one(
    mine: dict[str, Any], other: dict[str, Any], side: Side
) -> None:
    winner = dict(mine if side is Side.OURS else other)
    merged = decide(mine, other)
    assert merged.decided == {"A": side}
    (word,) = merged.entries[-1]["tests"]
    assert (word["to"], word["head"], word["count"]) == (winner["to"], winner["head"], 2)
    assert decide(dict(mine), dict(other), preferred={"A": Side.OURS}).decided == {"A": Side.OURS}


def test_other_verdicts_decide_nothing() -> None:
    with pytest.raises(HistoryError) as caught:
        decide(pin("DISCHARGED", "1", verdict="CONFIRMED"), pin("DISCHARGED", "2", verdict="FALSIFIED"))
    assert str(caught.value) == (
        "A was discharged on both sides with different verdicts: CONFIRMED by ours, FALSIFIED by theirs\n"
        "  why: two trials of one claim disagree, and nothing says which of them holds\n"
        "  fix: keep one side, then run `pv discharge CONTRACT --test A`"
    )


def test_a_side_that_took_an_amendment_back_has_no_merge() -> None:
    with pytest.raises(HistoryError, match=r"theirs lacks the amendment 1\.1\.0 of 2026-01-01, which the"):
        merge_histories([entry("1.1.0", reason="x")], [entry("1.1.0", reason="x")], [])


def test_edits_that_are_alike_are_two() -> None:
    """Nothing tells whether one was taken over from the other branch, so neither is dropped."""
    merged = merge_histories([], [entry("1.0.1")], [entry("1.0.1")])
    assert [each["version"] for each in merged.entries] == ["1.0.1", "1.0.2", "1.0.3"]


@pytest.mark.parametrize(
    ("mine", "other", "versions", "wanted"),
    [
        ("1.1.0", "1.1.0", (), ["1.1.0", "1.2.0", "1.2.1"]),
        ("1.1.0", "1.0.1", (), ["1.1.0", "1.1.1", "1.1.2"]),
        ("1.0.1", "2.0.0", (), ["1.0.1", "2.0.0", "2.0.1"]),
        ("2.1.0", "2.0.0", (), ["2.1.0", "3.0.0", "3.0.1"]),
        ("1.1.0", "1.1.0", ("4.0.0", "none"), ["1.1.0", "1.2.0", "4.0.1"]),
    ],
)
def test_a_version_is_raised_in_the_part_that_it_had(
    mine: str, other: str, versions: tuple[str, ...], wanted: list[str]
) -> None:
    merged = merge_histories([], [entry(mine)], [entry(other)], versions=versions)
    assert [each["version"] for each in merged.entries] == wanted


def test_words_that_only_the_merge_has_are_a_minor_change() -> None:
    merged = merge_histories([], [entry("1.1.0")], [entry("1.1.0")], is_moved=True)
    assert merged.entries[-1]["version"] == "1.3.0"


def test_a_word_that_both_sides_grounded_is_grounded_once() -> None:
    mine = pin("DISCHARGED", "1", grounded=True) | {"from": "DISCHARGED"}
    merged = decide(mine, mine | {"head": "sha256:" + "2" * 64})
    assert [[each.get("grounded") for each in one["tests"]] for one in merged.entries] == [
        [True],
        [None],
        [None],
    ]
