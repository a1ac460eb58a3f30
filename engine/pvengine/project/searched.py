"""Describe searches for reports."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, overload

from pvengine.ledger.searches import name_learnt
from pvengine.models.search_entry import BoundEntry, ExampleEntry, MethodEntry, SearchEntry

if TYPE_CHECKING:
    from pvengine.ledger.judge import Judgement, Judging
    from pvengine.models.search import Example, Search
    from pvengine.models.trial import TrialResult

__all__ = ["describe_search", "say_replay"]


def describe_search(
    search: Search | None,
    judging: Judging,
    judgement: Judgement,
    trial: TrialResult | None,
    replay: str | None,
) -> SearchEntry | None:
    """Describe the search of a test; None where the claim asks for none, or it did not end."""
    report = trial.search if trial else None
    if search is None or trial is None or report is None:
        return None
    learnt = name_learnt(judging, judgement, trial)
    return SearchEntry(
        metric=report.metric,
        aim=report.aim,
        learnt=learnt.value if learnt else None,
        published=_describe_example(report.published),
        worst=_describe_example(report.worst),
        found_by=report.found_by,
        nearest=_describe_example(report.nearest),
        minimal=_describe_example(report.minimal),
        evaluations=report.evaluations,
        budget=search.budget.evaluations,
        refused=report.refused,
        seconds=report.seconds,
        ended_by=report.ended_by,
        bounds=tuple(
            BoundEntry(
                metric=bound.metric,
                source=bound.source,
                at_most=bound.at_most,
                at_least=bound.at_least,
                is_met=bound.is_met,
                attained=bound.attained,
            )
            for bound in report.bounds
        ),
        methods=tuple(MethodEntry(**method.model_dump()) for method in report.methods),
        replay=replay,
    )


@overload
def _describe_example(example: Example) -> ExampleEntry: ...
@overload
def _describe_example(example: None) -> None: ...
def _describe_example(example: Example | None) -> ExampleEntry | None:
    if example is None:
        return None
    return ExampleEntry(params=example.params, value=None if example.value is None else example.value.value)


def say_replay(contract: str, test: str, digest: str) -> str:
    """Say the command that measures the worst point of a record again."""
    return shlex.join(["pv", "run", contract, "--test", test, "--replay", digest])
