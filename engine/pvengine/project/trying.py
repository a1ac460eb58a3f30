"""Run all trials of a test and judge them; where its planted faults leave it open, replace the subject."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pvengine.ledger.cuts import find_cuts
from pvengine.ledger.judge import Judgement, Judging, judge
from pvengine.ledger.vacuity import is_open
from pvengine.runner.protocol import SearchRequest
from pvengine.runner.trials import run_replacements, run_test

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pvengine.models.search import Search
    from pvengine.models.trial import TestRun
    from pvengine.registry.catalogue import FalsifierSource
    from pvengine.runner.required import RequiredFile
    from pvengine.runner.supervisor import Supervisor
    from pvengine.runner.trials import Limits

__all__ = ["ask_search", "replace_where_open", "try_test"]


def try_test(  # noqa: PLR0913 - keyword-only facts of one run
    supervisor: Supervisor,
    source: FalsifierSource,
    params: Mapping[str, Any],
    judging: Judging,
    *,
    seed: int,
    limits: Limits,
    inputs: Mapping[str, RequiredFile] = MappingProxyType({}),
    search: Search | None = None,
) -> tuple[TestRun, Judgement]:
    """Run a test, see `runner.trials.run_test`, and judge it.

    Two more trials are run where the test would be decided and no planted fault told the subject from
    something else by a finite number: with identity, and with noise, in the subject's place.
    """
    asked = ask_search(judging, search)
    run = run_test(supervisor, source, params, seed=seed, limits=limits, inputs=inputs, search=asked)
    return replace_where_open(supervisor, source, judging, run, limits=limits, inputs=inputs, search=asked)


def ask_search(judging: Judging, search: Search | None) -> SearchRequest | None:
    """Ask a worker for the search of a claim, whole; None where the claim has none."""
    if search is None:
        return None
    data = search.model_dump(mode="json", exclude_unset=True)
    return SearchRequest(data, find_cuts(judging, search.metric), judging.metrics)


def replace_where_open(  # noqa: PLR0913 - as above
    supervisor: Supervisor,
    source: FalsifierSource,
    judging: Judging,
    run: TestRun,
    *,
    limits: Limits,
    inputs: Mapping[str, RequiredFile] = MappingProxyType({}),
    search: SearchRequest | None = None,
) -> tuple[TestRun, Judgement]:
    """Judge a run; where it leaves open whether the subject matters, replace that and judge again."""
    judgement = judge(judging, run)
    if is_open(judging, run, judgement):
        run = run_replacements(supervisor, source, run, limits=limits, inputs=inputs, search=search)
        judgement = judge(judging, run)
    return run, judgement
