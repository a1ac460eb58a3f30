"""Which version follows from a person's edit, and whether there is anything to record.

People's changes decide whether a version is called for; the version must then suffice for all changes since
the base, those of the engine's commands among them, and be past the last amendment. A version that was raised
by hand stands where it does both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import semver

from pvengine.comparing.versions import compare_versions
from pvengine.ledger.transitions import Bump, bump_version
from pvengine.loading.lint import is_semver

if TYPE_CHECKING:
    from pvengine.comparing.change import Comparison

__all__ = ["Decision", "NextVersion", "choose_version", "suggest_next_version"]


class Decision(StrEnum):
    """What becomes of an edit."""

    RECORDED = "recorded"
    """It gets an amendment with the version that follows."""
    NOTHING = "nothing"
    """The version that stands there says enough."""
    TOO_LOW = "too low"
    """The version is below that of the base, or below that of the last amendment."""
    UNEARNED = "unearned"
    """The version was changed by hand, and people changed nothing else."""


@dataclass(frozen=True, slots=True)
class NextVersion:
    """What becomes of an edit, and the version: of the amendment, or the one that should stand there."""

    decision: Decision
    version: str


def choose_version(
    found: Comparison, present: str, last: str | None, *, insists: bool = False
) -> NextVersion:
    """Choose the version of the amendment that records an edit.

    Parameters
    ----------
    found
        All changes since the base. A base whose version is no MAJOR.MINOR.PATCH demands nothing.
    present
        The version that the contract has, as MAJOR.MINOR.PATCH.
    last
        The version of its last amendment; None where it has none.
    insists
        Whether an edit is recorded also where the version suffices already.
    """
    floor = _read_floor(found)
    known = [each for each in (floor, last) if each is not None]
    is_by_hand = present != (floor if last is None else last)
    wanted = suggest_next_version(found, last) or present
    if any(_parse(present) < _parse(each) for each in known):
        return NextVersion(Decision.TOO_LOW, wanted)
    if not found.of_people:
        is_earned = not is_by_hand or not known  # where nothing is known this is the first version of all
        return NextVersion(Decision.NOTHING, present) if is_earned else NextVersion(Decision.UNEARNED, wanted)
    if floor is not None and not _suffices(floor, present, _find_needed(found)):
        return NextVersion(Decision.RECORDED, _find_lowest(floor, last, _find_needed(found)))
    if not is_by_hand and not insists:
        return NextVersion(Decision.NOTHING, present)
    is_kept = is_by_hand and (last is None or _parse(present) > _parse(last))
    return NextVersion(Decision.RECORDED, present if is_kept else bump_version(present, Bump.PATCH))


def suggest_next_version(found: Comparison, last: str | None) -> str | None:
    """Suggest the version to write by hand, whatever stands there; None where nothing gives one."""
    floor, needed = _read_floor(found), _find_needed(found)
    highest = max((each for each in (floor, last) if each is not None), key=_parse, default=None)
    if floor is None or highest is None or _suffices(floor, highest, needed):
        return highest
    return _find_lowest(floor, last, needed)


def _find_needed(found: Comparison) -> Bump:
    """Find the part that must be raised: none, unless a change by people raises one."""
    asked = max((change.bump for change in found.of_people), default=Bump.NONE)
    return Bump.NONE if asked is Bump.NONE else found.bump


def _read_floor(found: Comparison) -> str | None:
    before = found.version.before
    return before if is_semver(before) else None


def _suffices(floor: str, version: str, needed: Bump) -> bool:
    return compare_versions(floor, version).declared >= needed


def _find_lowest(floor: str, last: str | None, needed: Bump) -> str:
    """Find the lowest version that declares a bump and is past the last amendment."""
    lowest = bump_version(floor, needed)
    if last is None or _parse(lowest) > _parse(last):
        return lowest
    return bump_version(last, Bump.PATCH)


def _parse(version: str) -> semver.Version:
    return semver.Version.parse(version)
