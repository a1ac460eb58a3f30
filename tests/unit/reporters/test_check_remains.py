from __future__ import annotations

from typing import TYPE_CHECKING

from check_parts import concern, contract, entry, milestone, moved, standing

from pvengine.reporters.check_remains import list_moves, list_remains
from pvengine.reporters.check_words import Names

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport

    Maker = Callable[..., CheckReport]


def test_only_what_there_is_remains(make_check: Maker) -> None:
    done = entry(standing(status="DISCHARGED"), milestones=(milestone("M1", "DISCHARGED"),))
    report = make_check(contracts=(done,))
    assert list_remains(report, Names(report)) == []


def test_everything_that_remains_is_listed(make_check: Maker) -> None:
    milestones = tuple(milestone(name) for name in ("M1", "M1/a", "M1/b"))
    tests = tuple(standing(f"F-{number:02}") for number in range(12))
    report = make_check(
        contracts=(entry(*tests, milestones=milestones),),
        concerns=(
            concern("blocked", "F-00", policy="all", fails=True),
            concern("self-declared", "F-01", new=1, policy="new", fails=True),
            concern("toothless", "F-02", policy="new"),
        ),
    )
    some = ", ".join(f"`F-{number:02}`" for number in range(10))
    assert list_remains(report, Names(report)) == [
        f"| tests NEW | 12 tests | {some}, and 2 more |  |\n",
        "| blocked | 1 test | `F-00` | all, fails |\n",
        "| self-declared | 1 test, 1 new | `F-01` | new, fails |\n",
        "| toothless | 1 test | `F-02` | new |\n",
        "| steps open | 2 steps | `M1/a`, `M1/b` |  |\n",
        "| stages open | 1 stage | `M1` |  |\n",
    ]


def test_each_contract_is_followed_by_what_moved_in_it(make_check: Maker) -> None:
    report = make_check(
        changed=(
            contract(
                transitions=(moved("F", "NEW", "DISCHARGED"), moved("M/a", "NEW", "DISCHARGED", "step"))
            ),
            contract(id="C-Y", path="y", transitions=(moved("H", "UNTESTED", "CONTESTED", "hypothesis"),)),
        )
    )
    assert list_moves(report) == [
        "- `C-X` changed\n",
        "  - `F: NEW -> DISCHARGED`\n",
        "  - step `M/a: NEW -> DISCHARGED`\n",
        "- `C-Y` changed\n",
        "  - hypothesis `H: UNTESTED -> CONTESTED`\n",
    ]
