"""Criteria that a change loosened after trials had falsified the claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.comparing.change import ChangeKind
from pvengine.diagnostics import get_rule
from pvengine.ledger.amendments import list_heads
from pvengine.models.vocabulary import Outcome
from pvengine.project.attempts import list_attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.comparing.change import Change
    from pvengine.diagnostics import Diagnostic
    from pvengine.project.checking.concerns import CheckedView

__all__ = ["iter_loosened"]

_CRITERIA = ("accept", "bands")
_LOOSER = (ChangeKind.WEAKENED, ChangeKind.CHANGED, ChangeKind.REMOVED)


def iter_loosened(checked: CheckedView) -> Iterator[Diagnostic]:
    """Iterate over tests whose conditions or bands are looser, and had been falsified before (PV706)."""
    change, loaded = checked.change, checked.view.loaded
    if change is None or change.comparison is None or change.before is None or change.before.loaded is None:
        return
    old = change.before.loaded
    heads = list_heads(loaded.contract.amendments or ())
    seen = set()
    for each in change.comparison.of_people:
        name = _find_test(each, old.data)
        if name not in old.claims or name not in loaded.test_paths or name in seen:
            continue
        claim = old.claims[name]
        attempts = list_attempts(checked.view.store, name, heads.get(name, ()))
        falsified = sum(
            attempt.outcome == Outcome.FALSIFIED.value
            and attempt.facts is not None
            and not claim.issues
            and attempt.facts.claim_digest == claim.digest
            for attempt in attempts
        )
        if falsified:
            seen.add(name)
            place = each.after.place if each.after is not None else None
            trials = "1 trial" if falsified == 1 else f"{falsified} trials"
            message = f"{each.what} was {each.kind.value} after {trials} had falsified it"
            yield get_rule("PV706").report(message, place or loaded.document.place(loaded.test_paths[name]))


def _find_test(change: Change, data: dict[str, object]) -> str | None:
    """Find the test whose criterion a change loosened; None where it did not."""
    if change.row not in _CRITERIA or change.kind not in _LOOSER or change.before is None:
        return None
    block, index, *_ = change.before.path
    entries = data.get(str(block))
    entry = entries[index] if isinstance(entries, list) and isinstance(index, int) else None
    name = entry.get("id") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None
