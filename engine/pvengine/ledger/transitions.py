"""Which statuses and verdicts move, and what that does to the version.

A test goes ``NEW -> DISCHARGED`` when it survived, ``NEW -> FALSIFIED`` when an accept condition broke,
``DISCHARGED -> FALSIFIED`` on a regression, and ``FALSIFIED -> DISCHARGED`` with new evidence. An
inconclusive trial moves nothing. A word that no evidence grounded is replaced when evidence moves it, and a
self-declared DISCHARGED that becomes grounded is the transition DISCHARGED -> DISCHARGED.

A hypothesis takes the verdict that its grounded tests give. It goes back to UNTESTED when the run took the
last of them away, as a regression does: else its word would outlive its evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import semver

from pvengine.graph.edges import Key, Kind, step_name
from pvengine.ledger.derivation import combine_verdicts, derive_milestones, derive_verdicts
from pvengine.ledger.grounding import Assessment, Standing, written_verdict
from pvengine.models.vocabulary import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pvengine.models.contract import Contract

__all__ = ["Bump", "Transition", "bump_version", "find_reopenings", "find_transitions"]

Path = tuple[str | int, ...]


class Bump(IntEnum):
    """Which part of the version a change raises; the highest of several counts."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Transition:
    """One status or verdict that is written; for a test also a renewal, which keeps the status."""

    kind: Kind
    id: str
    path: Path
    from_: str
    to: str
    verdict: str | None = None
    head: str | None = None
    count: int = 0
    grounded: bool = False

    @property
    def is_renewal(self) -> bool:
        """Whether only the evidence is new."""
        return self.from_ == self.to and not self.grounded

    @property
    def bump(self) -> Bump:
        """What the transition does to the version: a renewal is a patch, all else is minor."""
        return Bump.PATCH if self.is_renewal else Bump.MINOR


def bump_version(version: str, bump: Bump) -> str:
    """Return the version after a bump; a pre-release or build part is dropped with it.

    Examples
    --------
    >>> bump_version("1.7.0", Bump.MINOR), bump_version("1.7.0", Bump.PATCH)
    ('1.8.0', '1.7.1')
    """
    parsed = semver.Version.parse(version)
    raised = {Bump.MAJOR: parsed.bump_major, Bump.MINOR: parsed.bump_minor, Bump.PATCH: parsed.bump_patch}
    return str(raised[bump]()) if bump in raised else version


def find_transitions(
    contract: Contract,
    indexes: Mapping[str, tuple[int, ...]],
    before: Mapping[str, Assessment],
    after: Mapping[str, Assessment],
) -> list[Transition]:
    """Find what moves when the assessments of tests change from ``before`` to ``after``.

    Tests first, then hypotheses, steps and stages, each in the order of the text.
    """
    moved = list(_of_tests(contract, indexes, before, after))
    fallen = {one.id for one in moved if one.to == Status.FALSIFIED.value}
    moved += _of_hypotheses(contract, indexes, after, fallen)
    moved += _of_milestones(contract, indexes, after)
    return moved


def find_reopenings(
    contract: Contract,
    indexes: Mapping[str, tuple[int, ...]],
    before: Mapping[str, Assessment],
    names: Collection[str],
) -> tuple[list[Transition], dict[str, Assessment]]:
    """Find what moves when tests go back to NEW: they, and the words that followed from them.

    Returns
    -------
    transitions
        Tests first, then hypotheses, steps and stages, each in the order of the text.
    after
        The assessments with the tests as NEW.
    """
    after = {
        name: replace(found, word=Status.NEW.value, standing=Standing.NEW, reasons=(), stale=())
        if name in names
        else found
        for name, found in before.items()
    }
    moved = [
        Transition(
            Kind.TEST,
            test.id,
            ("falsification_tests", index),
            before[test.id].word,
            Status.NEW.value,
            head=before[test.id].head,
            count=before[test.id].count,
        )
        for index, test in zip(indexes.get("falsification_tests", ()), contract.tests, strict=True)
        if test.id in names
    ]
    moved += _of_hypotheses(contract, indexes, after, names)
    decided = derive_milestones(contract, indexes, before)
    still = derive_milestones(contract, indexes, after)
    for key, path, word in _iter_milestones(contract, indexes):
        status = still.get(key, Status.NEW) if key in decided else None
        if status is not None and status.value != word:
            moved.append(Transition(key.kind, key.name, path, word, status.value))
    return moved, after


def _of_tests(
    contract: Contract,
    indexes: Mapping[str, tuple[int, ...]],
    before: Mapping[str, Assessment],
    after: Mapping[str, Assessment],
) -> Iterator[Transition]:
    for index, test in zip(indexes.get("falsification_tests", ()), contract.tests, strict=True):
        old, new = before.get(test.id), after.get(test.id)
        if old is None or new is None or new.head == old.head:
            continue
        yield Transition(
            Kind.TEST,
            test.id,
            ("falsification_tests", index),
            old.word,
            new.word,
            written_verdict(new.verdicts),
            new.head,
            new.count,
            grounded=old.word == new.word and old.standing is Standing.SELF_DECLARED,
        )


def _of_hypotheses(
    contract: Contract,
    indexes: Mapping[str, tuple[int, ...]],
    after: Mapping[str, Assessment],
    fallen: Collection[str],
) -> Iterator[Transition]:
    derived = derive_verdicts(contract, after)
    for index, hypothesis in zip(indexes.get("hypotheses", ()), contract.hypotheses or (), strict=True):
        verdict = combine_verdicts(derived[hypothesis.id])
        word = hypothesis.status or Verdict.UNTESTED.value
        is_moved = verdict is not Verdict.UNTESTED or any(
            scoped.test in fallen for scoped in derived[hypothesis.id]
        )
        if is_moved and verdict.value != word:
            path = ("hypotheses", index)
            yield Transition(Kind.HYPOTHESIS, hypothesis.id, path, word, verdict.value, verdict.value)


def _of_milestones(
    contract: Contract, indexes: Mapping[str, tuple[int, ...]], after: Mapping[str, Assessment]
) -> Iterator[Transition]:
    decided = derive_milestones(contract, indexes, after)
    for key, path, word in _iter_milestones(contract, indexes):
        status = decided.get(key)
        if status is not None and status.value != word:
            yield Transition(key.kind, key.name, path, word, status.value)


def _iter_milestones(
    contract: Contract, indexes: Mapping[str, tuple[int, ...]]
) -> Iterable[tuple[Key, Path, str]]:
    for index, stage in zip(indexes.get("implementation_stages", ()), contract.stages, strict=True):
        path: Path = ("implementation_stages", index)
        for number, step in enumerate(stage.steps or ()):
            key = Key(Kind.STEP, step_name(stage, step))
            yield key, (*path, "steps", number), step.status or Status.NEW.value
        yield Key(Kind.STAGE, stage.id), path, stage.status or Status.NEW.value
