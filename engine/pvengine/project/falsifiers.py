"""List the falsifiers of a project, and run their planted faults."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, Diagnostic, SourceRange, get_rule
from pvengine.errors import NothingToCheckError, RegistrationError, UsageError
from pvengine.ledger.judge import FaultJudgement, Judgement, Judging, judge
from pvengine.ledger.vacuity import breaks_condition
from pvengine.models.vocabulary import Outcome
from pvengine.numerics.canonical import derive_seed
from pvengine.project.measuring import limits_of
from pvengine.project.mutating import MutationCheck, MutationOptions, try_mutants
from pvengine.project.scores import remember_score
from pvengine.project.trying import ask_search, replace_where_open
from pvengine.registry.sources import read_lines
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import Limits, describe_falsifier, run_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.trial import TestRun
    from pvengine.project.project import Project
    from pvengine.project.view import ContractView
    from pvengine.registry.catalogue import FalsifierSource
    from pvengine.runner.protocol import FalsifierDescription

__all__ = ["FaultCheck", "Listing", "check_falsifier", "describe_falsifiers"]


@dataclass(frozen=True, slots=True)
class Listing:
    """The falsifiers of a project, by name, and what is wrong with those that are not among them."""

    described: tuple[FalsifierDescription, ...]
    diagnostics: tuple[Diagnostic, ...]

    def __iter__(self) -> Iterator[FalsifierDescription]:
        """Iterate over the falsifiers that can be used."""
        return iter(self.described)

    def __len__(self) -> int:
        """Count the falsifiers that can be used."""
        return len(self.described)


@dataclass(frozen=True, slots=True)
class FaultCheck:
    """What the planted faults did to one test that is bound to the falsifier."""

    contract: str
    test: str
    faults: tuple[FaultJudgement, ...]
    needed_subject: bool
    vacuous: str | None = None
    mutation: MutationCheck | None = None

    @property
    def has_teeth(self) -> bool:
        """Whether every planted fault was noticed, there is one, and the test depends on its subject."""
        return bool(self.faults) and all(fault.noticed for fault in self.faults) and self.vacuous is None

    @property
    def is_enough(self) -> bool:
        """Whether the score is what the configuration asks for, where mutants were tried."""
        return self.mutation is None or self.mutation.is_enough


def describe_falsifiers(project: Project) -> Listing:
    """Describe every falsifier; one that cannot be imported is a finding and does not stop the rest."""
    limits = project.configuration.limits
    described: list[FalsifierDescription] = []
    findings = list(project.catalogue.diagnostics)
    with Supervisor() as supervisor:
        for source in project.catalogue.falsifiers.values():
            try:
                answer = describe_falsifier(supervisor, source, Limits(limits.seconds, limits.mebibytes))
            except RegistrationError as error:
                findings.append(_report_unregistered(source, error.what, error.fix))
                continue
            found = answer.find(source.name)
            if found is not None:
                described.append(found)
                continue
            reason = answer.reason or "its module does not register it"
            fix = "\n    ".join(["correct the module:", *(answer.detail or "").rstrip().splitlines()])
            findings.append(_report_unregistered(source, reason, fix if answer.detail else None))
    return Listing(tuple(described), tuple(sorted(findings, key=lambda found: found.sort_key)))


def _report_unregistered(source: FalsifierSource, reason: str, fix: str | None) -> Diagnostic:
    snippet = read_lines(source.source.source)[source.line - 1]
    place = SourceRange(str(source.path), source.line, source.column, source.line, source.column + 1, snippet)
    message = f"falsifier {source.name!r} cannot be registered: {reason}"
    return get_rule("PV403").report(message, place, fix=fix)


def check_falsifier(
    project: Project, name: str, *, mutation: MutationOptions | None = None
) -> tuple[FaultCheck, ...]:
    """Run the planted faults of a falsifier with the params and conditions of each test bound to it.

    The subject is run only where no accept condition notices a fault, because a changed verdict can be told
    only beside the subject's; where no finite number did, because it has to be told whether the test depends
    on it; and where mutants of it are tried.

    Raises
    ------
    UsageError
        There is no such falsifier.
    NothingToCheckError
        No test of the project that can run is bound to it, so nothing says what noticing means.
    ContractError
        The claim of a test that is bound to it has no canonical form, so there is no seed.
    """
    source = project.catalogue.find(name)
    if source is None:
        near = project.catalogue.suggest(name)
        hint = f"; did you mean {near!r}?" if near else ""
        raise UsageError(f"there is no falsifier {name!r}{hint}", fix="`pv falsifiers` lists what is there")
    checks = []
    missing: list[str] = []
    with Supervisor() as supervisor:
        for view in _iter_views(project):
            for test, bound in view.loaded.tests.items():
                if bound.falsifier != name:
                    continue
                blocked = view.say_blocked(bound)
                if blocked:
                    missing.append(f"{test} {blocked}")
                else:
                    checks.append(_check_test(supervisor, source, view, test, mutation))
    if not checks:
        what = f"no test of the project is bound to {name!r}"
        raise NothingToCheckError(
            f"no test that is bound to {name!r} can run: {missing[0]}" if missing else what,
            why="whether a fault is noticed is judged by a contract's conditions",
            fix=None if missing else f"bind a test with `falsifier: {name}`",
        )
    return tuple(checks)


def _iter_views(project: Project) -> Iterator[ContractView]:
    for file in project.contract_files():
        try:
            yield project.view(file)
        except (ContractError, UsageError):
            continue


def _check_test(
    supervisor: Supervisor,
    source: FalsifierSource,
    view: ContractView,
    name: str,
    mutation: MutationOptions | None,
) -> FaultCheck:
    claim, test = view.loaded.claims[name], view.loaded.tests[name]
    if claim.issues:
        raise ContractError(f"the claim of {name} cannot be hashed", view.loaded.locate(claim.issues))
    judging = Judging.of(test)
    limits, inputs = limits_of(test, view), view.find_inputs(test)
    search = ask_search(judging, test.search)
    run_trials = functools.partial(
        run_test,
        supervisor,
        source,
        test.params or {},
        seed=derive_seed(claim.digest),
        limits=limits,
        inputs=inputs,
        search=search,
    )
    run = run_trials(with_subject=False)
    judgement = judge(judging, run)
    vacuous = None
    needs_subject = mutation is not None or _is_unclear(judging, run, judgement)
    if needs_subject:
        own = run_trials(only_faults=())
        run = run.model_copy(update={"subject": own.subject, "baseline": own.baseline})
        run, judgement = replace_where_open(
            supervisor, source, judging, run, limits=limits, inputs=inputs, search=search
        )
        vacuous = judgement.reason if run.replacements and judgement.outcome is Outcome.INCONCLUSIVE else None
    tried = None
    if mutation is not None:
        tried = try_mutants(
            supervisor,
            source,
            run,
            mutation,
            judging=judging,
            limits=limits,
            inputs=inputs,
            search=search,
        )
        if tried.score is not None:
            remember_score(view, name, tried.score)
    return FaultCheck(view.loaded.display_path, name, judgement.faults, needs_subject, vacuous, tried)


def _is_unclear(judging: Judging, run: TestRun, judgement: Judgement) -> bool:
    """Whether only the subject can tell what the planted faults did."""
    if not all(fault.noticed for fault in judgement.faults):
        return bool(judging.decisions)
    return not any(breaks_condition(judging, fault) for fault in run.faults)
