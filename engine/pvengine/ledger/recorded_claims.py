"""Read the claims of records: what a record says that was asserted, as the test that judges by it.

The records of a test mostly have the same claim. So what is read of one is kept for the next, by the text of
the claim: two claims that differ in anything, be it 1 and 1.0, are two texts.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine.ledger.judge import Judging
from pvengine.models.contract import FalsificationTest
from pvengine.numerics.canonical import digest_of, iter_uncanonical

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RecordedClaim", "digest_params", "read_claim"]

_KEPT = 16
"""Claims that are kept; a chain is read from its newest record on, and changes its claim seldom."""


@dataclass(frozen=True, slots=True)
class RecordedClaim:
    """A claim of a record: its digest, the test that it describes, and the part of it that judges."""

    digest: str
    test: FalsificationTest
    judging: Judging


def read_claim(claim: Mapping[str, Any]) -> RecordedClaim:
    """Read the claim of a record.

    Raises
    ------
    ValueError
        It has no canonical form, or describes no test.
    """
    return _read(json.dumps(claim))


@functools.lru_cache(maxsize=_KEPT)
def _read(text: str) -> RecordedClaim:
    claim = json.loads(text)
    digest = digest_of(claim)
    claim.pop("statements", None)
    test = FalsificationTest.model_validate(claim)
    return RecordedClaim(digest, test, Judging.of(test))


def digest_params(params: Mapping[str, Any]) -> str | None:
    """Return the digest of params; None where they have no canonical form."""
    return _digest(json.dumps(params))


@functools.lru_cache(maxsize=_KEPT)
def _digest(text: str) -> str | None:
    params = json.loads(text)
    return None if next(iter_uncanonical(params), None) else digest_of(params)
