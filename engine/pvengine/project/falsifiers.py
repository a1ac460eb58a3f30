"""List the falsifiers of a project, and run their planted faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError
from pvengine.errors import NothingToCheckError, RegistrationError, UsageError
from pvengine.ledger.judge import FaultJudgement, Judging, judge
from pvengine.project.measuring import limits_of
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import Limits, derive_seed, describe_falsifier, run_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.project.project import Project
    from pvengine.project.view import ContractView
    from pvengine.registry.catalogue import FalsifierSource
    from pvengine.runner.protocol import FalsifierDescription

__all__ = ["FaultCheck", "check_falsifier", "describe_falsifiers"]


@dataclass(frozen=True, slots=True)
class FaultCheck:
    """What the planted faults did to one test that is bound to the falsifier."""

    contract: str
    test: str
    faults: tuple[FaultJudgement, ...]
    needed_subject: bool

    @property
    def has_teeth(self) -> bool:
        """Whether every planted fault was noticed, and there is one."""
        return bool(self.faults) and all(fault.noticed for fault in self.faults)


def describe_falsifiers(project: Project) -> tuple[FalsifierDescription, ...]:
    """Describe every falsifier, by name; a module that cannot be imported raises RegistrationError."""
    limits = project.configuration.limits
    described = []
    with Supervisor() as supervisor:
        for source in project.catalogue.falsifiers.values():
            answer = describe_falsifier(supervisor, source, Limits(limits.seconds, limits.mebibytes))
            found = answer.find(source.name)
            if found is None:
                reason = answer.reason or "its module does not register it"
                raise RegistrationError(
                    f"falsifier {source.name!r} cannot be registered: {reason}",
                    where=f"{source.path}:{source.line}:{source.column}",
                    why="a falsifier is registered when its module is imported in a worker",
                    fix=answer.detail,
                )
            described.append(found)
    return tuple(described)


def check_falsifier(project: Project, name: str) -> tuple[FaultCheck, ...]:
    """Run the planted faults of a falsifier with the params and conditions of each test bound to it.

    The subject is run only where no accept condition notices a fault, because a changed verdict can be told
    only beside the subject's.

    Raises
    ------
    UsageError
        There is no such falsifier.
    NothingToCheckError
        No test of the project is bound to it, so nothing says what noticing means.
    """
    source = project.catalogue.find(name)
    if source is None:
        near = project.catalogue.suggest(name)
        hint = f"; did you mean {near!r}?" if near else ""
        raise UsageError(f"there is no falsifier {name!r}{hint}", fix="`pv falsifiers` lists what is there")
    checks = []
    with Supervisor() as supervisor:
        for view in _iter_views(project):
            for test, bound in view.loaded.tests.items():
                if bound.falsifier == name:
                    checks.append(_check_test(supervisor, source, view, test))
    if not checks:
        raise NothingToCheckError(
            f"no test of the project is bound to {name!r}",
            why="whether a fault is noticed is judged by a contract's conditions",
            fix=f"bind a test with `falsifier: {name}`",
        )
    return tuple(checks)


def _iter_views(project: Project) -> Iterator[ContractView]:
    for file in project.contract_files():
        try:
            yield project.view(file)
        except (ContractError, UsageError):
            continue


def _check_test(supervisor: Supervisor, source: FalsifierSource, view: ContractView, name: str) -> FaultCheck:
    test = view.loaded.tests[name]
    judging = Judging.of(test)
    seed = derive_seed(view.loaded.claims[name].digest)
    limits = limits_of(test, view)
    run = run_test(supervisor, source, test.params or {}, seed=seed, limits=limits, with_subject=False)
    judgement = judge(judging, run)
    needs_subject = bool(judging.decisions) and not all(fault.noticed for fault in judgement.faults)
    if needs_subject:
        subject = run_test(supervisor, source, test.params or {}, seed=seed, limits=limits, only_faults=())
        judgement = judge(judging, run.model_copy(update={"subject": subject.subject}))
    return FaultCheck(view.loaded.display_path, name, judgement.faults, needs_subject)
