"""What two sides did to the claims of a contract, and what of it no merge may decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, PvError
from pvengine.ledger.merging import Side
from pvengine.project.claim_changes import say_claim_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pvengine.loading.claims import Claim
    from pvengine.loading.contract_file import LoadedContract

__all__ = ["ClaimEdits", "MergeRefusedError", "compare_claims"]


class MergeRefusedError(PvError):
    """Two versions of a contract are left to a person to merge."""

    exit_code = ExitCode.INVALID


@dataclass
class ClaimEdits:
    """Which claims one side alone edited, by test, and what is refused.

    Attributes
    ----------
    edited
        The side that alone edited, added or deleted a claim.
    refused
        Tests whose claims both sides edited, or that one side deleted and the other discharged.
    """

    edited: dict[str, Side] = field(default_factory=dict)
    refused: dict[str, MergeRefusedError] = field(default_factory=dict)


def compare_claims(
    base: LoadedContract,
    sides: Mapping[Side, LoadedContract],
    touched: Mapping[Side, frozenset[str]],
) -> ClaimEdits:
    """Compare the claims of two sides with those of their base.

    ``touched`` are the tests that each side's own amendments speak of.
    """
    edits = ClaimEdits()
    ours, theirs = sides[Side.OURS], sides[Side.THEIRS]
    for name in dict.fromkeys([*base.tests, *ours.tests, *theirs.tests]):
        before, mine, other = (each.claims.get(name) for each in (base, ours, theirs))
        is_edited = {Side.OURS: not _is_same(before, mine), Side.THEIRS: not _is_same(before, other)}
        if all(is_edited.values()):
            if not _is_same(mine, other):
                edits.refused[name] = _refuse_edits(name, before, sides)
            continue
        for side, one in is_edited.items():
            if one:
                edits.edited[name] = side
                keeping = Side.THEIRS if side is Side.OURS else Side.OURS
                if name not in sides[side].tests and name in touched[keeping]:
                    edits.refused[name] = _refuse_deletion(name, side, sides[keeping])
    return edits


def _is_same(one: Claim | None, other: Claim | None) -> bool:
    """Whether two claims are one: by their digests, or as they are written where they have none."""
    if one is None or other is None:
        return one is other
    if one.issues or other.issues:
        return repr(one.data) == repr(other.data)
    return one.digest == other.digest


def _refuse_edits(name: str, before: Claim | None, sides: Mapping[Side, LoadedContract]) -> MergeRefusedError:
    did = "edited" if before is not None else "added"
    said = [f"{side} {_describe(name, before, loaded)}" for side, loaded in sides.items()]
    return MergeRefusedError(
        f"the claim of {name} was {did} on both sides: {'; '.join(said)}",
        where=_place(name, *sides.values()),
        why="a claim that is put together from two edits is one that nobody wrote",
        fix=f"write the claim that is meant between the markers, then `pv discharge CONTRACT --test {name}`",
    )


def _describe(name: str, before: Claim | None, loaded: LoadedContract) -> str:
    claim = loaded.claims.get(name)
    if claim is None:
        return "deleted it"
    line = f"at line {loaded.document.place(loaded.test_paths[name]).line}"
    return f"{line} ({say_claim_changes(before.data, claim.data)})" if before is not None else line


def _refuse_deletion(name: str, side: Side, keeping: LoadedContract) -> MergeRefusedError:
    other = Side.THEIRS if side is Side.OURS else Side.OURS
    return MergeRefusedError(
        f"{name} was deleted by {side} and discharged by {other}",
        where=_place(name, keeping),
        why="the history of a test ends with its claim, not without a word",
        fix="keep the test, or keep the side that deleted it",
    )


def _place(name: str, *contracts: LoadedContract) -> str | None:
    """Return path and line of a test in the first contract that has it."""
    for loaded in contracts:
        if name in loaded.test_paths:
            place = loaded.document.place(loaded.test_paths[name])
            return f"{place.path}:{place.line}"
    return None
