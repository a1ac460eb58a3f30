"""Mutation scores that were measured on this machine, kept in the user's cache for `pv status` and records.

A score belongs to a claim and to the code of its falsifier: an edit of either forgets it. It grounds nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from pvengine.ledger.grounding import Standing
from pvengine.models.report import MutationScore
from pvengine.project.cache import Cache, make_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pvengine.models.report import ContractEntry
    from pvengine.project.view import ContractView

__all__ = ["add_scores", "find_scores", "remember_score"]

_FORM = " ".join(["mutation score", *(each.name for each in fields(MutationScore))])
"""Part of each key: an entry with other facts is never found."""


def remember_score(view: ContractView, test: str, score: MutationScore) -> None:
    """Keep the score of a test, where it can be kept."""
    key = _make_key(view, test)
    if key is not None:
        Cache.open().write({key: asdict(score)})


def find_scores(view: ContractView, tests: Iterable[str]) -> dict[str, MutationScore]:
    """Find the scores of tests that this machine knows, beside the minimum of today."""
    keys = {name: key for name in tests if (key := _make_key(view, name)) is not None}
    known = Cache.open().read(keys.values())
    minimum = view.configuration.teeth.minimum_score
    found = {}
    for name, key in keys.items():
        with suppress(LookupError, TypeError):  # an entry of another shape is no entry
            found[name] = MutationScore(**{**known[key], "minimum": minimum})
    return found


def add_scores(entries: Sequence[ContractEntry], views: Sequence[ContractView]) -> tuple[ContractEntry, ...]:
    """Add the scores that are known to the entries of contracts, given in the order of their views.

    Where this machine knows none, that of the newest record counts while its claim and code are those of now.
    """
    scored = []
    for entry, view in zip(entries, views, strict=True):
        known = {**_find_recorded(view), **find_scores(view, view.loaded.tests)}
        tests = (replace(test, mutation=known.get(test.id)) for test in entry.tests)
        scored.append(replace(entry, tests=tuple(tests)))
    return tuple(scored)


def _find_recorded(view: ContractView) -> dict[str, MutationScore]:
    """Find the scores in the newest records of tests whose evidence is current."""
    minimum = view.configuration.teeth.minimum_score
    return {
        name: MutationScore(**{**state.record.predicate.mutation.model_dump(), "minimum": minimum})
        for name, state in view.assessments.items()
        if state.standing is Standing.VERIFIED and state.record and state.record.predicate.mutation
    }


def _make_key(view: ContractView, test: str) -> str | None:
    source = view.find_source_digest(view.loaded.tests[test])
    claim = view.loaded.claims[test]
    return None if source is None or claim.issues else make_key(_FORM, claim.digest, source)
