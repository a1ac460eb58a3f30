from __future__ import annotations

import pytest

from pvengine.comparing.change import ChangeKind
from pvengine.comparing.classes import ROWS
from pvengine.ledger.transitions import Bump

_CLAIMS = (
    *("accept", "bands", "decision", "experiment", "input", "search", "search domain", "search aim"),
    *("reproduce", "statement"),
)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_holds_together(row: object) -> None:
    assert row is ROWS[row.name]  # type: ignore[attr-defined]  # rows alone are given
    classes = row.classes  # type: ignore[attr-defined]  # as above
    assert ChangeKind.CHANGED in classes
    assert ChangeKind.REWORDED in classes
    assert all(kind.mirrored in classes for kind in classes)
    assert all(reason and not reason.endswith(".") for _, reason in classes.values())


@pytest.mark.parametrize("name", [name for name in ROWS if name not in {"amendment", "version"}])
def test_what_is_weaker_or_gone_never_weighs_less_than_what_is_stronger_or_new(name: str) -> None:
    classes = ROWS[name].classes
    for lost, won in (("weakened", "strengthened"), ("removed", "added")):
        if ChangeKind(lost) in classes:
            assert classes[ChangeKind(lost)][0] >= classes[ChangeKind(won)][0]


@pytest.mark.parametrize("name", _CLAIMS)
def test_a_claim_is_weakened_or_undecided_at_the_price_of_a_major_version(name: str) -> None:
    classes = ROWS[name].classes
    assert {classes[kind][0] for kind in (ChangeKind.CHANGED, ChangeKind.WEAKENED) if kind in classes} == {
        Bump.MAJOR
    }
    assert classes[ChangeKind.REWORDED][0] is Bump.MINOR


def test_only_places_and_what_follows_from_the_rest_are_no_bump() -> None:
    free = {
        (row.name, kind.value)
        for row in ROWS.values()
        for kind, (bump, _) in row.classes.items()
        if bump is Bump.NONE and not row.is_engine_owned
    }
    assert {kind for _, kind in free} == {"moved"}
