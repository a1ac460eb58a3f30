"""The claim of a falsification test: what it asserts, as data, and the digest of that data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pvengine.models.issue import Issue
from pvengine.numerics.canonical import digest_of, iter_uncanonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CLAIM_KEYS", "Claim", "extract_claim", "list_statements"]

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


def extract_claim(contract_data: dict[str, Any], index: int, statements: Mapping[str, Any]) -> Claim:
    """Extract the claim of the test at an index of `falsification_tests`.

    Besides the keys of the test it holds ``statements``: the statement of each hypothesis that the test
    names, in `hypothesis` or in an entry of `decides`, because the claim says nothing without them; these
    are looked up in what `list_statements` gives.
    """
    test = contract_data["falsification_tests"][index]
    data = {key: test[key] for key in CLAIM_KEYS if key in test}
    wanted = list(_iter_named(test))
    if wanted:
        data["statements"] = {name: statements.get(name) for name in wanted}
    return Claim(data, ("falsification_tests", index))


def _iter_named(test: dict[str, Any]) -> Iterator[str]:
    """Iterate over the hypotheses that a test names; the data may not fit the models."""
    for name in _as_list(test.get("hypothesis")):
        if isinstance(name, str):
            yield name
    for decision in _as_list(test.get("decides")):
        if isinstance(decision, dict) and isinstance(decision.get("hypothesis"), str):
            yield decision["hypothesis"]


def list_statements(contract_data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement of each hypothesis, the first of each id, whatever shape the data has."""
    found: dict[str, Any] = {}
    for entry in _as_list(contract_data.get("hypotheses")):
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            found.setdefault(entry["id"], entry.get("statement"))
    return found


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
