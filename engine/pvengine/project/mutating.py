"""Try mutants of a falsifier's subject on a test, several at a time, and score how many it notices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.ledger.mutation_score import Fate, find_fate, refuse_score, score_fates
from pvengine.registry.mutation.mutants import choose_mutants, list_mutants
from pvengine.runner.trials import Limits, run_mutant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pvengine.ledger.judge import Judging
    from pvengine.models.report import MutationScore
    from pvengine.models.trial import TestRun, TrialResult
    from pvengine.registry.catalogue import FalsifierSource
    from pvengine.registry.mutation.mutants import Mutant
    from pvengine.registry.sources import ModuleSource
    from pvengine.runner.protocol import SearchRequest
    from pvengine.runner.required import RequiredFile
    from pvengine.runner.supervisor import Supervisor

__all__ = ["MutantCheck", "MutationCheck", "MutationOptions", "try_mutants"]

_EXTRA_S, _TIMES = 2.0, 10
"""A mutant may take this long on top of so many times what the subject takes: some never end."""


@dataclass(frozen=True, slots=True)
class MutationOptions:
    """How many mutants are tried, which, how many at a time, and what score is asked for."""

    at_most: int
    seed: int
    jobs: int
    minimum: float | None = None


@dataclass(frozen=True, slots=True)
class MutantCheck:
    """One mutant, where it was made, and what became of it."""

    module: str
    function: str
    line: int
    column: int
    kind: str
    before: str
    after: str
    fate: Fate
    reason: str


@dataclass(frozen=True, slots=True)
class MutationCheck:
    """What became of the mutants on one test; ``problem`` says why none was tried."""

    seed: int
    minimum: float | None
    mutants: tuple[MutantCheck, ...] = ()
    score: MutationScore | None = None
    problem: str | None = None

    @property
    def is_enough(self) -> bool:
        """Whether the score meets the minimum; where none could be taken, only the lack of a minimum does."""
        return self.minimum is None if self.score is None else self.score.is_enough


def try_mutants(  # noqa: PLR0913 - keyword-only facts of one run
    supervisor: Supervisor,
    source: FalsifierSource,
    run: TestRun,
    options: MutationOptions,
    *,
    judging: Judging,
    limits: Limits,
    inputs: Mapping[str, RequiredFile],
    search: SearchRequest | None = None,
) -> MutationCheck:
    """Run the falsifier on mutants of its subject, with the params and the seed of a run that has one.

    The first trial is that of a mutant without a change, which must give the subject's numbers.
    """

    def measure(mutated: Sequence[ModuleSource], within: Limits) -> TrialResult:
        return run_mutant(
            supervisor,
            source,
            run.params,
            mutated,
            seed=run.seed,
            limits=within,
            inputs=inputs,
            search=search,
        )

    found = list_mutants(source)
    if not found:
        nothing = "the subject is no first-party function: there is nothing to mutate"
        return MutationCheck(options.seed, options.minimum, problem=nothing)
    problem = refuse_score(judging, run, measure([source.source], limits))
    if problem or run.reference is None:
        return MutationCheck(options.seed, options.minimum, problem=problem)
    within = Limits(min(limits.seconds, _EXTRA_S + _TIMES * run.reference.duration_s), limits.mebibytes)
    chosen = choose_mutants(found, at_most=options.at_most, seed=options.seed)
    trials = _run_all(
        supervisor,
        [mutant.source for mutant in chosen],
        lambda module: measure([module], within),
        options.jobs,
    )
    checks = []
    for mutant, trial in zip(chosen, trials, strict=True):
        fate, reason = find_fate(judging, run.reference, trial)
        checks.append(_describe(mutant, fate, reason))
    fates = [each.fate for each in checks]
    score = score_fates(fates, generated=len(found), minimum=options.minimum, seed=options.seed)
    return MutationCheck(options.seed, options.minimum, tuple(checks), score)


def _run_all(
    supervisor: Supervisor,
    sources: Sequence[ModuleSource],
    measure: Callable[[ModuleSource], TrialResult],
    jobs: int,
) -> list[TrialResult]:
    """Run trials, so many at a time; Ctrl-C ends those that run and drops the others."""
    with ThreadPoolExecutor(jobs, thread_name_prefix="pv-mutant") as pool:
        try:
            return list(pool.map(measure, sources))
        except BaseException:
            supervisor.close()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _describe(mutant: Mutant, fate: Fate, reason: str) -> MutantCheck:
    return MutantCheck(
        mutant.module.name,
        mutant.function,
        mutant.line,
        mutant.column,
        mutant.kind,
        mutant.before,
        mutant.after,
        fate,
        reason,
    )
