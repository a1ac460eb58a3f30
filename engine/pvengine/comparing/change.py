"""One change between two versions of a contract, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pvengine.ledger.transitions import Bump

if TYPE_CHECKING:
    from pvengine.comparing.versions import VersionStep
    from pvengine.diagnostics import SourceRange
    from pvengine.yamldoc import Path

__all__ = ["Change", "ChangeKind", "Comparison", "Spot"]


class ChangeKind(StrEnum):
    """What a change does; of a weakened or changed claim nobody may rely on what the claim said before."""

    WEAKENED = "weakened"
    STRENGTHENED = "strengthened"
    CHANGED = "changed"
    """Another value, and neither is weaker; of a claim it counts as weakened."""
    REWORDED = "reworded"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"

    @property
    def mirrored(self) -> ChangeKind:
        """The kind that the same change has when the two versions are swapped."""
        return _MIRRORED.get(self, self)


_MIRRORED = {
    ChangeKind.WEAKENED: ChangeKind.STRENGTHENED,
    ChangeKind.STRENGTHENED: ChangeKind.WEAKENED,
    ChangeKind.ADDED: ChangeKind.REMOVED,
    ChangeKind.REMOVED: ChangeKind.ADDED,
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A value of one version: its path in the data, the value, and where it stands in the text.

    ``place`` is None where the data comes from no file.
    """

    path: Path
    value: Any
    place: SourceRange | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one field.

    Attributes
    ----------
    kind, row
        What it does, and the name of the row in the table of classes that says so.
    what
        The field by the contract's own names, such as ``FALSIFY-X-001 accept[0].lt``.
    before, after
        The value in each version; None where it is not there.
    bump
        Which part of the version it raises.
    why
        What was found, and the reason of the class.
    is_engine_owned
        Whether the engine's commands write this field, and people do not.
    """

    kind: ChangeKind
    row: str
    what: str
    before: Spot | None
    after: Spot | None
    bump: Bump
    why: str
    is_engine_owned: bool


@dataclass(frozen=True)
class Comparison:
    """All changes between two versions, the highest class first, and what they do to the version."""

    changes: tuple[Change, ...]
    version: VersionStep

    @cached_property
    def bump(self) -> Bump:
        """Which part of the version follows from all changes: the highest."""
        return max((change.bump for change in self.changes), default=Bump.NONE)

    @property
    def of_people(self) -> tuple[Change, ...]:
        """The changes that people make."""
        return tuple(change for change in self.changes if not change.is_engine_owned)

    @property
    def of_engine(self) -> tuple[Change, ...]:
        """The changes that only the engine's commands make: statuses, verdicts, evidence, versions."""
        return tuple(change for change in self.changes if change.is_engine_owned)

    @property
    def is_bumped_enough(self) -> bool:
        """Whether the version was raised at least as the changes demand.

        Where that cannot be told, only if they demand nothing and the version was no better before.
        """
        if self.version.problem is None:
            return self.version.declared >= self.bump
        return self.bump is Bump.NONE and not self.version.is_lost
