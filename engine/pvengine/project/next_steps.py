"""What a test still lacks, and the command to run next."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.ledger.grounding import Standing
from pvengine.models.vocabulary import Status
from pvengine.project.discovery import show_path
from pvengine.project.plan import say_why_open
from pvengine.project.refusals import find_tampering
from pvengine.project.staleness import explain_staleness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.project.attempts import Attempt
    from pvengine.project.view import ContractView

__all__ = ["list_next_commands", "list_open_points"]

_LOST = (Standing.MISSING, Standing.TAMPERED)


def list_open_points(view: ContractView, name: str) -> tuple[str, ...]:
    """List what a test lacks: why its evidence does not ground it, and what keeps it from running."""
    return tuple(dict.fromkeys(_iter_open_points(view, name)))


def list_next_commands(view: ContractView, name: str, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """List the commands to run next, in this order; the last of them needs those before it."""
    return tuple(_iter_next(view, name, attempts))


def _iter_open_points(view: ContractView, name: str) -> Iterator[str]:
    test, assessment = view.loaded.tests[name], view.assessments[name]
    yield from explain_staleness(view, name)
    yield from (found.message for found in view.chain_diagnostics)
    if assessment.standing is Standing.VERIFIED:
        return
    if not test.is_bound:
        yield "the test names no falsifier: bind it with `falsifier: NAME`"
    blocked = view.say_blocked(test)
    if blocked:
        yield blocked
    yield from (f"depends on {other}, which {why}" for other, why in _iter_waiting(view, name))
    if assessment.standing is Standing.NEW and test.is_bound and not blocked:
        yield "no discharge has recorded a trial of it"


def _iter_waiting(view: ContractView, name: str) -> Iterator[tuple[str, str]]:
    """Iterate over the predecessors that are not discharged by current evidence, and where they stand."""
    for other in view.loaded.tests[name].depends_on or ():
        state = view.assessments.get(other)
        if state is None or not state.is_grounded:
            yield other, say_why_open(state)


def _iter_next(view: ContractView, name: str, attempts: Sequence[Attempt]) -> Iterator[str]:
    path, test = _quote(view.loaded.display_path), view.loaded.tests[name]
    assessment = view.assessments[name]
    lost = _find_lost(view, name)
    if assessment.standing in _LOST:
        broken = {attempt.digest for attempt in attempts if attempt.problem}
        where = Path(assessment.where) if assessment.where else None
        if where is not None and f"sha256:{where.stem}" in broken:
            yield f"git checkout -- {_quote(show_path(where))}"
        else:
            yield f"git diff -- {path}"
    elif view.chain_diagnostics:
        yield f"git diff -- {path}"
    elif assessment.standing is Standing.VERIFIED:
        yield f"pv verify {path} --rerun --test {_quote(name)}"
    elif lost is not None:
        yield f"pv why {_quote(lost)} {path}"
    elif not test.is_bound or view.catalogue.find(test.falsifier or "") is None:
        yield "pv falsifiers"
    else:
        yield from _iter_discharge(view, name, path)


def _find_lost(view: ContractView, name: str) -> str | None:
    """Return another test whose evidence is lost, which keeps the contract from any discharge."""
    if not find_tampering(view):
        return None
    lost = (other for other, state in view.assessments.items() if state.standing in _LOST and other != name)
    return next(lost, None)


def _iter_discharge(view: ContractView, name: str, path: str) -> Iterator[str]:
    """Give the discharge of a test with those that it waits for, or ask about one that stands in its way."""
    waiting, seen = [name], {name}
    for each in waiting:
        for other, _ in _iter_waiting(view, each):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    for other in waiting[1:]:
        if _stands_in_the_way(view, other):
            yield f"pv why {_quote(other)} {path}"
            return
    named = " ".join(f"--test {_quote(each)}" for each in reversed(waiting))
    yield f"pv discharge {path} {named}"


def _stands_in_the_way(view: ContractView, other: str) -> bool:
    """Whether a discharge cannot decide a predecessor, or has decided against it."""
    test = view.loaded.tests.get(other)
    if test is None:
        return False
    is_falsified = view.assessments[other].grounded_status is Status.FALSIFIED
    return is_falsified or not test.is_bound or view.say_blocked(test) is not None


def _quote(text: str) -> str:
    return shlex.quote(text)
