"""Records are judged by themselves: those that hold, with the record before each."""

from __future__ import annotations

from typing import Any

from pvengine.ledger.prejudging import judge_records


def test_records_that_hold_say_what_they_follow(ground: Any) -> None:
    older, newest = ground.record(), ground.record()
    assert judge_records(ground.store, "T", [newest, older]) == {newest: older, older: None}


def test_a_record_that_does_not_hold_is_left_out(ground: Any) -> None:
    older = ground.record()
    changed = ground.record()
    path = ground.store.path_of("T", changed)
    path.write_bytes(path.read_bytes() + b" ")
    assert judge_records(ground.store, "T", [older, changed]) == {older: None}


def test_a_forged_record_a_missing_one_and_one_of_another_test_are_left_out(ground: Any) -> None:
    ground.record()
    ground.rewrite("predicate", "seed", value=1)
    forged = ground.pin["head"]
    foreign = ground.store.add("U", ground.store.path_of("T", ground.record()).read_bytes())
    assert judge_records(ground.store, "T", [forged, f"sha256:{'0' * 64}"]) == {}
    assert judge_records(ground.store, "U", [foreign]) == {}
