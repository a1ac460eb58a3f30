"""What is missing behind the tests that were looked at, which of it the change brought, and what fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.ledger.grounding import Standing
from pvengine.models.check import AffectedTest, Concern
from pvengine.models.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pvengine.models.check import ConcernWord
    from pvengine.models.contract import FalsificationTest
    from pvengine.project.checking.sides import ContractChange
    from pvengine.project.configuration import CheckPolicy, Which
    from pvengine.project.view import ContractView

__all__ = ["CheckedView", "find_concerns", "get_policy", "iter_concern_findings"]

_ORDER: tuple[ConcernWord, ...] = ("self-declared", "stale", "toothless", "unbound", "unrun", "blocked")


@dataclass(frozen=True)
class CheckedView:
    """A contract that is looked at: what the change did to it, and why its tests may have another result."""

    view: ContractView
    change: ContractChange | None
    reasons: Mapping[str, tuple[str, ...]]
    blocked: Mapping[str, str]

    def is_new(self, name: str) -> bool:
        """Whether the base has no such test."""
        old = self.find_before(name)
        return self.change is not None and old is None

    def find_before(self, name: str) -> FalsificationTest | None:
        """Find a test as the base has it."""
        if self.change is None:
            return self.view.loaded.tests[name]
        side = self.change.before
        return side.loaded.tests.get(name) if side is not None and side.loaded is not None else None


def find_concerns(views: Sequence[CheckedView], policy: CheckPolicy) -> tuple[Concern, ...]:
    """Find what is missing behind the tests, each kind with its policy; empty kinds are left out."""
    found: dict[ConcernWord, list[AffectedTest]] = {word: [] for word in _ORDER}
    for checked in views:
        for name in checked.view.loaded.tests:
            for word, is_new in _iter_missing(checked, name):
                path = checked.view.loaded.display_path
                found[word].append(AffectedTest(contract=path, id=name, new=is_new))
    return tuple(_make_concern(word, tests, policy) for word, tests in found.items() if tests)


def _make_concern(word: ConcernWord, tests: list[AffectedTest], policy: CheckPolicy) -> Concern:
    asked = get_policy(policy, word)
    new = sum(test.new for test in tests)
    fails = bool(tests) if asked == "all" else asked == "new" and new > 0
    ordered = tuple(sorted(tests, key=lambda test: not test.new))
    return Concern(word=word, policy=asked, tests=ordered, new=new, fails=fails)


def get_policy(policy: CheckPolicy, word: ConcernWord) -> Which:
    """Return what the policy says about a kind."""
    asked: Which = getattr(policy, word.replace("-", "_"))
    return asked


def _iter_missing(checked: CheckedView, name: str) -> Iterator[tuple[ConcernWord, bool]]:
    """Iterate over what is missing behind one test, and whether the change brought that."""
    view, test = checked.view, checked.view.loaded.tests[name]
    standing, old = view.assessments[name].standing, checked.find_before(name)
    is_touched = checked.is_new(name) or name in checked.reasons
    words = [
        None if each is None else (each.status or Status.NEW.value, each.verdict) for each in (test, old)
    ]
    if standing is Standing.SELF_DECLARED:
        yield "self-declared", words[0] != words[1]
    if standing is Standing.STALE:
        yield "stale", is_touched
    if not test.is_bound:
        yield "unbound", old is None or old.is_bound
    elif test.falsifier in view.catalogue.toothless:
        yield "toothless", is_touched
    elif name in checked.blocked:
        yield "blocked", is_touched
    elif standing in (Standing.NEW, Standing.SELF_DECLARED):
        yield "unrun", old is None or not old.is_bound or words[0] != words[1]


def iter_concern_findings(
    concerns: Sequence[Concern], views: Sequence[CheckedView], told: Collection[tuple[str, int | None]]
) -> Iterator[Diagnostic]:
    """Iterate over the tests for which the check fails and nothing else says so (PV709).

    ``told`` has the path and line of what was found already: a cause is told once.
    """
    by_path = {checked.view.loaded.display_path: checked for checked in views}
    for concern in concerns:
        if not concern.fails or concern.word in ("self-declared", "stale", "toothless"):
            continue
        for test in concern.tests:
            if concern.policy == "new" and not test.new:
                continue
            checked = by_path[test.contract]
            loaded = checked.view.loaded
            place = loaded.document.place((*loaded.test_paths[test.id], "id"))
            if (place.path, place.line) not in told:
                why = f": {checked.blocked[test.id]}" if concern.word == "blocked" else ""
                yield get_rule("PV709").report(f"{test.id} is {concern.word}{why}", place)
