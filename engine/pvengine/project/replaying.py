"""Measure one point of a record again, by itself (``pv run --replay``); nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, RegistrationError, UsageError
from pvengine.graph.lint import suggest
from pvengine.ledger.conditions import Check, check_condition
from pvengine.ledger.grounding import written_verdict
from pvengine.ledger.judge import Judging, decide, refuse_trial
from pvengine.models.contract import FalsificationTest
from pvengine.models.report import ReplayEntry, Report
from pvengine.project.measuring import limits_of
from pvengine.project.plan import find_blocked
from pvengine.project.reporting import count_tests
from pvengine.project.reproduction import compare_measurements, list_environment_changes
from pvengine.project.rerunning import iter_unlike
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import run_test

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pvengine.models.evidence import Predicate
    from pvengine.models.measurement import Measurement
    from pvengine.models.search_entry import PointName
    from pvengine.models.trial import TestRun
    from pvengine.project.view import ContractView

__all__ = ["replay_point"]

_LEAST_DIGITS = 8


def replay_point(view: ContractView, name: str, digest: str, point: PointName) -> Report:
    """Measure the point of a record again with its seed, and compare the numbers that the record has of it.

    A point that is not reproduced decides nothing: exit code 12. So does one that could not be measured.

    Raises
    ------
    UsageError
        The contract has no such test, the test no such record, or the record no such point.
    TamperedEvidenceError, MissingEvidenceError
        The record cannot be read.
    """
    if name not in view.loaded.tests:
        raise UsageError(
            f"no test {name!r}{suggest(name, list(view.loaded.tests))}",
            where=view.loaded.display_path,
            fix="run `pv status`, which lists the tests",
        )
    found = _find_digest(view, name, digest)
    facts = view.store.read_own(name, found).predicate
    varying, recorded = _choose_point(facts, found, point)
    entry = _Replay(view, name, facts, varying, recorded).measure(found, point)
    counted = count_tests(view, view.assessments, find_blocked(view, view.assessments))
    return Report(
        command="run",
        contract=view.loaded.display_path,
        summary=replace(counted, run=1, inconclusive=int(entry.state != "reproduced")),
        exit_code=int(ExitCode.CLEAN if entry.state == "reproduced" else ExitCode.INCONCLUSIVE),
        replay=entry,
    )


def _find_digest(view: ContractView, name: str, digest: str) -> str:
    """Find the one record of a test whose digest begins as is said."""
    wanted = digest.removeprefix("sha256:").lower()
    known = view.store.list_digests(name)
    found = [each for each in known if each.removeprefix("sha256:").startswith(wanted)]
    if len(found) == 1 and len(wanted) >= _LEAST_DIGITS:
        return found[0]
    what = f"{len(found)} records of {name} have a digest that begins with {wanted!r}"
    if len(wanted) < _LEAST_DIGITS:
        what = f"{wanted!r} is too short for a digest"
    raise UsageError(
        what,
        where=view.loaded.display_path,
        why=f"--replay takes the digest of a record, or at least its first {_LEAST_DIGITS} digits",
        fix=f"run `pv log`, which lists the records; {name} has {len(known)}",
    )


def _choose_point(
    facts: Predicate, digest: str, point: PointName
) -> tuple[Mapping[str, Any], Mapping[str, Measurement]]:
    """Choose the params that vary at a point, and what the record has measured there."""
    report = facts.search
    if report is None:
        if point in {"worst", "published"}:
            return {}, facts.measurements
    elif point == "worst":
        return report.worst.params, facts.measurements
    else:
        example = {"minimal": report.minimal, "nearest": report.nearest, "published": report.published}[point]
        if example is not None:
            return example.params, {} if example.value is None else {report.metric: example.value}
    raise UsageError(
        f"the record {digest[:19]} of {facts.test} has no {point} point",
        why="a search finds a minimal and a nearest example only where the outcome changes"
        if report
        else "its claim asks for no search",
        fix="leave --point out, which stands for the worst point",
    )


@dataclass(frozen=True)
class _Replay:
    """One point that is to be measured again."""

    view: ContractView
    name: str
    facts: Predicate
    varying: Mapping[str, Any]
    recorded: Mapping[str, Measurement]

    def measure(self, digest: str, point: PointName) -> ReplayEntry:
        """Measure at the point, with the record's params and seed and the code of today."""
        claim = {each: value for each, value in self.facts.claim.items() if each != "statements"}
        claimed = FalsificationTest.model_validate(claim)
        entry = ReplayEntry(
            id=self.name,
            evidence=digest,
            point=point,
            params=dict(self.varying) if self.facts.search else self.facts.params,
            state="inconclusive",
            reason=self.view.say_blocked(claimed),
            verdict=None,
            broken=(),
            unlike=(),
            environment=(),
            measurements={},
            detail=None,
            duration_s=None,
        )
        return entry if entry.reason else self._compare(entry, claimed)

    def _compare(self, entry: ReplayEntry, claimed: FalsificationTest) -> ReplayEntry:
        run, problem = self._run(claimed)
        trial = run.subject if run else None
        if run is None or trial is None:
            return replace(entry, reason=problem)
        judging = Judging.of(claimed)
        refusal = refuse_trial(judging, trial)
        if refusal or trial.environment is None:
            return replace(entry, reason=refusal, detail=trial.detail, duration_s=trial.duration_s)
        changes = list_environment_changes(self.facts.environment, trial.environment)
        measured = {
            metric: trial.measurements[metric] for metric in self.recorded if metric in trial.measurements
        }
        compared = compare_measurements(
            self.recorded,
            measured,
            declared=claimed.reproduce.relative if claimed.reproduce else None,
            is_same_environment=not changes,
        )
        far = [metric for metric, each in compared.items() if not each.within]
        results = [check_condition(condition, trial.measurements) for condition in judging.conditions]
        return replace(
            entry,
            state="differs" if far else "reproduced",
            reason=f"not reproduced: {', '.join(far)}" if far else None,
            verdict=written_verdict(decide(judging, trial)),
            broken=tuple(result.text for result in results if result.check is Check.BROKEN),
            unlike=tuple(iter_unlike(self.facts, run)),
            environment=changes,
            measurements=compared,
            duration_s=trial.duration_s,
        )

    def _run(self, claimed: FalsificationTest) -> tuple[TestRun | None, str | None]:
        source = self.view.catalogue.find(self.facts.falsifier)
        if source is None:
            msg = f"{self.name} was not blocked without its falsifier"
            raise LookupError(msg)
        try:
            with Supervisor() as supervisor:
                run = run_test(
                    supervisor,
                    source,
                    {**self.facts.params, **self.varying},
                    seed=self.facts.seed,
                    limits=limits_of(self.view.loaded.tests[self.name], self.view),
                    only_faults=(),
                    inputs=self.view.find_inputs(claimed),
                )
        except (RegistrationError, OSError) as error:
            return None, f"no trial could be started: {error}"
        return run, None
