from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from check_parts import concern, rerun

from pvengine.models.check import CheckCounts
from pvengine.reporters.check_words import conclude, iter_denominators, list_some

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry

    Maker = Callable[..., CheckReport]
    EntryMaker = Callable[..., DiagnosticEntry]


def test_a_check_that_passes(make_check: Maker, make_entry: EntryMaker) -> None:
    assert conclude(make_check()) == "check passes"
    assert conclude(make_check(diagnostics=(make_entry(),))) == "check passes, with 1 warning"
    reported = concern("unbound", "F", new=1)
    assert conclude(make_check(concerns=(reported,))) == "check passes"


def test_every_cause_is_named(make_check: Maker, make_entry: EntryMaker) -> None:
    report = make_check(
        diagnostics=(
            make_entry("PV705", severity="error"),
            make_entry("PV701", severity="error"),
            make_entry("PV701", severity="error"),
            make_entry(),
        ),
        concerns=(
            concern("stale", "A", "B", new=1, policy="new", fails=True),
            concern("unbound", "A", "B", new=1, policy="all", fails=True),
            concern("unrun", "A"),
        ),
        reruns=(rerun("differs"), rerun("differs"), rerun("inconclusive"), rerun()),
        exit_code=3,
    )
    assert conclude(report) == (
        "check fails: 3 errors (PV701, PV705), 1 new stale test, 2 unbound tests, 2 records not reproduced,"
        " 1 record inconclusive; exit 3"
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (1, "a contract is invalid"),
        (2, "it could not be done"),
        (3, "evidence was changed or is lost"),
        (10, "a claim is falsified"),
        (11, "something is missing behind a status"),
        (12, "a trial decided nothing"),
        (13, "a file changed meanwhile"),
        (14, "nothing was checked"),
        (130, "it was interrupted"),
    ],
)
def test_an_exit_without_a_cause_is_explained(make_check: Maker, code: int, why: str) -> None:
    assert conclude(make_check(exit_code=code)) == f"check fails: {why}; exit {code}"


def test_the_denominators_without_a_base(make_check: Maker) -> None:
    report = make_check(
        base=None,
        counts=CheckCounts(files=1, contracts=3, checked=3, added=1, renamed=1, affected=1, deleted=1),
    )
    assert list(iter_denominators(report))[:2] == [
        "1 file differs from nothing: there is no base",
        "3 of 3 contracts checked: 1 added, 0 changed, 1 renamed, 1 affected; 1 taken away",
    ]


def test_of_many_names_some_are_listed() -> None:
    assert list_some([]) == ""
    assert list_some([*"abcdefghij"]) == "a, b, c, d, e, f, g, h, i, j"
    assert list_some([*"abcdefghijk"]) == "a, b, c, d, e, f, g, h, i, j, and 1 more"
