"""The words of hypotheses, steps and stages after a merge, derived from what the amendments pin.

In the middle of a merge the records of the other side are in no folder yet. So a status is taken as its pin
says it; `pv verify` derives it again from the evidence when the merge is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from pvengine.graph.edges import Key, Kind, step_name
from pvengine.ledger.derivation import combine_verdicts, derive_milestones, derive_verdicts
from pvengine.ledger.grounding import Assessment, Standing
from pvengine.models.contract import DecidedVerdict
from pvengine.models.vocabulary import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.contract import AmendmentTest, FalsificationTest
    from pvengine.yamldoc import Path

__all__ = ["derive_words", "iter_words", "merge_words"]

_UNDECIDED = {Kind.HYPOTHESIS: Verdict.UNTESTED.value}
"""What is written where evidence no longer decides, by kind; NEW for steps and stages."""


def iter_words(loaded: LoadedContract) -> Iterator[tuple[Key, Path, str | None]]:
    """Iterate over hypotheses, steps and stages: key, path, and the word that stands there."""
    contract, indexes = loaded.contract, loaded.indexes
    for index, entry in zip(indexes.get("hypotheses", ()), contract.hypotheses or (), strict=True):
        yield Key(Kind.HYPOTHESIS, entry.id), ("hypotheses", index), entry.status
    for index, stage in zip(indexes.get("implementation_stages", ()), contract.stages, strict=True):
        path: Path = ("implementation_stages", index)
        for number, step in enumerate(stage.steps or ()):
            yield Key(Kind.STEP, step_name(stage, step)), (*path, "steps", number), step.status
        yield Key(Kind.STAGE, stage.id), path, stage.status


def derive_words(
    loaded: LoadedContract, pins: Mapping[str, AmendmentTest], stale: Collection[str] = ()
) -> dict[Key, str]:
    """Derive the words that pins decide; the verdicts of ``stale`` tests speak of another claim."""
    assessments = {
        name: _assess(test, pins.get(name), is_stale=name in stale) for name, test in loaded.tests.items()
    }
    words: dict[Key, str] = {}
    for name, verdicts in derive_verdicts(loaded.contract, assessments).items():
        verdict = combine_verdicts(verdicts)
        if verdict is not Verdict.UNTESTED:
            words[Key(Kind.HYPOTHESIS, name)] = verdict.value
    milestones = derive_milestones(loaded.contract, loaded.indexes, assessments)
    return words | {key: status.value for key, status in milestones.items()}


def merge_words(
    decided: Mapping[Key, str], sides: Iterable[tuple[LoadedContract, Mapping[str, AmendmentTest]]]
) -> dict[Key, str]:
    """Merge the words of the sides of a merge, each with its pins, with those that the merge decides.

    What is decided has that word. What a side's own pins had decided, and those of the merge do not, goes
    back to UNTESTED or NEW. Any other word is a person's, and is not among them.
    """
    words = dict(decided)
    for loaded, pins in sides:
        derived = derive_words(loaded, pins)
        for key, _, word in iter_words(loaded):
            if key not in decided and key in derived and derived[key] == word:
                words[key] = _UNDECIDED.get(key.kind, Status.NEW.value)
    return words


def _assess(test: FalsificationTest, pin: AmendmentTest | None, *, is_stale: bool) -> Assessment:
    if pin is None or pin.head is None or pin.to == Status.NEW.value:
        return Assessment(test.id, test.status or Status.NEW.value, Standing.NEW)
    standing = Standing.STALE if is_stale else Standing.VERIFIED
    return Assessment(test.id, pin.to, standing, verdicts=_read_verdicts(test, pin.verdict))


def _read_verdicts(test: FalsificationTest, written: str | None) -> tuple[DecidedVerdict, ...]:
    """Read the verdicts of a test back from what a contract writes; none where its claim is another now."""
    if written is None:
        return ()
    parts = written.split("; ")
    if len(parts) == 1:
        parts = parts * len(test.decisions)
    found = []
    for decision, part in zip(test.decisions, parts, strict=False):
        hypothesis = test.hypothesis_of(decision) or ""
        word = part.removeprefix(f"{hypothesis} ").split(" (")[0]
        try:
            found.append(DecidedVerdict(hypothesis=hypothesis, scope=decision.scope, verdict=word))  # type: ignore[arg-type]  # validated here
        except ValidationError:
            return ()
    return tuple(found)
