"""What a PRML manifest does not hold of a test, part by part: restated, pinned by a digest, or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.loading.claims import CLAIM_KEYS
from pvengine.project.exports.account import Loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pvengine.project.view import ContractView

__all__ = ["list_losses"]

_CARRIED = frozenset({"id", "falsifier", "accept"})
_RESULT = ("status", "verdict", "evidence")
_PINNED = {
    "rule": "its text is not one that PRML can hold",
    "decides": "PRML passes or fails, and decides no verdict",
    "requires": "PRML names one model at most",
}
"""Why these parts of a claim stand in the claim file alone; for the others PRML has no place."""


def list_losses(
    view: ContractView, name: str, manifest: Mapping[str, Any], *, earlier: int
) -> tuple[Loss, ...]:
    """List what a manifest does not hold as it stands; ``earlier`` records judged another claim or code."""
    return tuple(_iter_losses(view, name, manifest, earlier))


def _iter_losses(view: ContractView, name: str, manifest: Mapping[str, Any], earlier: int) -> Iterator[Loss]:
    _, index = view.loaded.test_paths[name]
    written: Mapping[str, Any] = view.list_test_entries()[int(index)]
    if "accept" in manifest["metric_args"]:
        said = "as the number of its conditions that do not hold, which must be 0"
        yield Loss("accept", "restated", said)
    carried = {
        *_CARRIED,
        *({"rule"} if "notes" in manifest else ()),
        *({"requires"} if "model" in manifest else ()),
    }
    for key in view.loaded.claims[name].data:
        if key not in carried:
            reason = _PINNED.get(key, "PRML has no place for it")
            yield Loss(key, "pinned", f"{reason}; it stands in the claim file, whose digest is dataset.hash")
    yield Loss(
        "planted faults",
        "left out",
        "their code is under metric_args.source_digest; that they are noticed stands in the evidence alone",
    )
    for key in written:
        if key not in CLAIM_KEYS and key not in _RESULT:
            yield Loss(str(key), "left out", "it is no part of the claim")
    result = [key for key in _RESULT if key in written]
    if result:
        yield Loss(", ".join(result), "left out", "a manifest states a claim, not what its trial gave")
    if earlier:
        noun = "record" if earlier == 1 else "records"
        said = f"{earlier} {noun} judged another claim or other code; no prior_hash leads to them"
        yield Loss("earlier trials", "left out", said)
