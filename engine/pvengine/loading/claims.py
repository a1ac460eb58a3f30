"""The claim of a falsification test: what it asserts, as data, and the digest of that data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pvengine.models.issue import Issue
from pvengine.numerics.canonical import digest_of, iter_uncanonical

__all__ = ["CLAIM_KEYS", "Claim", "extract_claim"]

CLAIM_KEYS = (
    "id",
    "rule",
    "prediction",
    "hypothesis",
    "falsifier",
    "params",
    "accept",
    "decides",
    "requires",
    "search",
    "reproduce",
)
"""Keys of a test that its claim is made of; `if_fails`, `limits` and `depends_on` are outside."""


@dataclass(frozen=True)
class Claim:
    """The claim of one test as it is written, without any default filled in."""

    data: dict[str, Any]
    path: tuple[str | int, ...]

    @cached_property
    def issues(self) -> tuple[Issue, ...]:
        """Values of the claim that no canonical form can hold."""
        return tuple(
            Issue("PV209", (*self.path, *path), f"`{'.'.join(map(str, path))}`: {reason}")
            for path, reason in iter_uncanonical(self.data)
        )

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and the SHA-256 of the RFC 8785 form; ValueError where `issues` is not empty."""
        return digest_of(self.data)


def extract_claim(contract_data: dict[str, Any], index: int) -> Claim:
    """Extract the claim of the test at an index of `falsification_tests`.

    Besides the keys of the test it holds ``statements``: the statement of each hypothesis that the test
    names, because the claim says nothing without them.
    """
    test = contract_data["falsification_tests"][index]
    data = {key: test[key] for key in CLAIM_KEYS if key in test}
    named = test.get("hypothesis")
    wanted = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    known = {
        entry.get("id"): entry.get("statement")
        for entry in contract_data.get("hypotheses") or ()
        if isinstance(entry, dict)
    }
    if wanted:
        data["statements"] = {name: known.get(name) for name in wanted if isinstance(name, str)}
    return Claim(data, ("falsification_tests", index))
