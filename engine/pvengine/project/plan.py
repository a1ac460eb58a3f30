"""Which tests run now, which are blocked and by what, and which are up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pvengine.graph.order import order_by_needs
from pvengine.ledger.grounding import Assessment, Standing
from pvengine.models.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from pvengine.models.contract import FalsificationTest
    from pvengine.project.view import ContractView

__all__ = ["Plan", "PlannedTest", "find_blocked", "make_plan", "say_why_open"]


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """What happens to one test in this run, and why."""

    id: str
    state: Literal["run", "blocked", "up to date", "unbound"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The tests of a run, in the order of the text."""

    tests: tuple[PlannedTest, ...]
    predecessors: Mapping[str, tuple[str, ...]]

    @property
    def to_run(self) -> tuple[str, ...]:
        """Ids of the tests that will be measured."""
        return tuple(planned.id for planned in self.tests if planned.state == "run")


def make_plan(
    tests: Mapping[str, FalsificationTest],
    assessments: Mapping[str, Assessment],
    *,
    named: Collection[str],
    everything: bool,
    say_blocked: Callable[[FalsificationTest], str | None],
) -> Plan:
    """Plan a run.

    Parameters
    ----------
    tests
        Tests by id, in the order of the text, without cycles in `depends_on`.
    named
        Ids that the caller named; only these are looked at, and they run even when they are up to date.
        Empty means all.
    everything
        Measure also what is up to date (``pv run``), not only what is new, self-declared or stale.
    say_blocked
        Says why a test cannot run, whatever its predecessors do; None where it can.
    """
    considered = {name: test for name, test in tests.items() if not named or name in named}
    states: dict[str, PlannedTest] = {}

    for name in order_by_needs({name: test.depends_on or () for name, test in considered.items()}):
        test = considered[name]
        planned = _settle_alone(test, assessments[name], named, everything, say_blocked)
        waiting = _say_waiting(test, states, assessments) if planned.state == "run" else None
        states[name] = PlannedTest(name, "blocked", waiting) if waiting else planned
    planned_tests = tuple(states[name] for name in considered)
    running = {entry.id for entry in planned_tests if entry.state == "run"}
    predecessors = {
        name: tuple(other for other in considered[name].depends_on or () if other in running)
        for name in considered
        if name in running
    }
    return Plan(planned_tests, predecessors)


def _say_waiting(
    test: FalsificationTest, states: Mapping[str, PlannedTest], assessments: Mapping[str, Assessment]
) -> str | None:
    """Say which predecessor neither runs before a test nor is discharged; None where there is none."""
    for other in test.depends_on or ():
        state = states[other].state if other in states else None
        if state != "run" and not (other in assessments and assessments[other].is_grounded):
            why = "is blocked" if state == "blocked" else say_why_open(assessments.get(other))
            return f"depends on {other}, which {why}"
    return None


def _settle_alone(
    test: FalsificationTest,
    assessment: Assessment,
    named: Collection[str],
    everything: bool,  # noqa: FBT001 - passed through from a keyword
    say_blocked: Callable[[FalsificationTest], str | None],
) -> PlannedTest:
    blocked = say_blocked(test)
    if blocked:
        return PlannedTest(test.id, "blocked", blocked)
    if not test.is_bound:
        return PlannedTest(test.id, "unbound", "names no falsifier")
    if assessment.standing is Standing.VERIFIED and not everything and test.id not in named:
        return PlannedTest(test.id, "up to date", f"{assessment.word} by {(assessment.head or '')[:19]}")
    return PlannedTest(test.id, "run")


def say_why_open(assessment: Assessment | None) -> str:
    """Say where a test stands that is not discharged by current evidence."""
    if assessment is None:
        return "the contract does not have"
    if assessment.standing is Standing.VERIFIED:
        return f"is {assessment.word}"
    if assessment.standing is Standing.SELF_DECLARED:
        return f"is {assessment.word} without evidence"
    return f"is {assessment.standing.value}"


def find_blocked(view: ContractView, assessments: Mapping[str, Assessment]) -> dict[str, str]:
    """Find the tests that no run could measure now and that are not grounded, each with the reason.

    A test is blocked where an input or its falsifier is not at hand, or where it depends on a test that is
    blocked or falsified. One that only waits for another to run first is not blocked.
    """
    tests = view.loaded.tests
    found: dict[str, str] = {}
    for name in order_by_needs({name: test.depends_on or () for name, test in tests.items()}):
        if assessments[name].standing is not Standing.VERIFIED:
            reason = view.say_blocked(tests[name]) or _say_stuck(tests[name], found, assessments)
            if reason:
                found[name] = reason
    return {name: found[name] for name in tests if name in found}


def _say_stuck(
    test: FalsificationTest, blocked: Mapping[str, str], assessments: Mapping[str, Assessment]
) -> str | None:
    """Say which predecessor keeps a bound test from running in any run; None where there is none."""
    for other in (test.depends_on or ()) if test.is_bound else ():
        state = assessments.get(other)
        if other in blocked:
            return f"depends on {other}, which is blocked"
        if state is None or state.grounded_status is Status.FALSIFIED:
            return f"depends on {other}, which {say_why_open(state)}"
    return None
