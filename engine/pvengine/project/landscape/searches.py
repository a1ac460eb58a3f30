"""The searches of a contract: what each found, from the newest record of its test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.ledger.cuts import find_cuts
from pvengine.ledger.grounding import restore_run
from pvengine.ledger.judge import judge
from pvengine.ledger.recorded_claims import read_claim
from pvengine.models.landscape import BandEntry, ProfileEntry, SearchedTest
from pvengine.project.searched import describe_search, say_replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.ledger.judge import Judging
    from pvengine.models.search import Profile
    from pvengine.project.view import ContractView

__all__ = ["list_searches"]


def list_searches(view: ContractView) -> tuple[SearchedTest, ...]:
    """List the searches that are on record, in the order of the text."""
    return tuple(_iter_searches(view))


def _iter_searches(view: ContractView) -> Iterator[SearchedTest]:
    for name in view.loaded.tests:
        state = view.assessments[name]
        facts = None if state.record is None else state.record.predicate
        if facts is None or facts.search is None or state.head is None:
            continue
        claim = read_claim(facts.claim)
        run = restore_run(facts)
        replay = say_replay(view.loaded.display_path, name, state.head)
        found = describe_search(
            claim.test.search, claim.judging, judge(claim.judging, run), run.subject, replay
        )
        if found is None:
            continue
        yield SearchedTest(
            test=name,
            standing=state.standing.value,
            evidence=state.head,
            search=found,
            cuts=find_cuts(claim.judging, facts.search.metric),
            bands=tuple(_iter_bands(claim.judging, facts.search.metric)),
            profile=None if facts.search.profile is None else _describe(facts.search.profile),
        )


def _iter_bands(judging: Judging, metric: str) -> Iterator[BandEntry]:
    for hypothesis, decision in judging.decisions:
        if decision.metric == metric:
            for verdict, _, band in decision.iter_bands():
                low = band.gt if band.gt is not None else band.ge
                high = band.lt if band.lt is not None else band.le
                yield BandEntry(hypothesis=hypothesis, verdict=verdict.value, low=low, high=high)


def _describe(profile: Profile) -> ProfileEntry:
    return ProfileEntry(start=profile.start, end=profile.end, at=profile.at, values=profile.values)
