"""What two versions of a contract say about their own distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import semver

from pvengine.ledger.transitions import Bump, bump_version
from pvengine.loading.lint import is_semver

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VersionProblem", "VersionStep", "compare_versions", "read_version"]

VersionProblem = str
"""``lower``: the version goes down. ``not semver``: a version cannot be read. ``missing``: there is none."""


@dataclass(frozen=True, slots=True)
class VersionStep:
    """The versions before and after, as written, and which part was raised.

    ``problem`` is ``lower`` where the version goes down, and ``missing`` or ``not semver`` where it cannot be
    told; then ``declared`` is no bump.
    """

    before: str | None
    after: str | None
    declared: Bump = Bump.NONE
    problem: VersionProblem | None = None

    @property
    def is_lost(self) -> bool:
        """Whether a version that could be read cannot be read any more, or went down."""
        return self.problem is not None and is_semver(self.before)

    def suggest(self, bump: Bump) -> str | None:
        """Return the lowest version that declares a bump; None where the version before cannot be read."""
        return bump_version(self.before, bump) if is_semver(self.before) and self.before else None


def read_version(data: Mapping[str, Any]) -> str | None:
    """Return the version of a contract as written, under `metadata` or at the top; None where it has none."""
    metadata = data.get("metadata")
    version = metadata.get("version") if isinstance(metadata, dict) else None
    version = data.get("version") if version is None else version
    return None if version is None else str(version)


def compare_versions(before: str | None, after: str | None) -> VersionStep:
    """Compare two versions.

    A version whose MAJOR.MINOR.PATCH stays and whose pre-release part rises declares a patch.

    Examples
    --------
    >>> compare_versions("1.7.0", "1.9.2").declared
    <Bump.MINOR: 2>
    >>> compare_versions("1.7.0", "1.6.9").problem
    'lower'
    """
    if before == after and before is not None and not is_semver(before):
        return VersionStep(before, after, problem="not semver")
    if before is None or after is None:
        return VersionStep(before, after, problem="missing")
    if not is_semver(before) or not is_semver(after):
        return VersionStep(before, after, problem="not semver")
    old, new = semver.Version.parse(before), semver.Version.parse(after)
    if new < old:
        return VersionStep(before, after, problem="lower")
    for bump, part in ((Bump.MAJOR, "major"), (Bump.MINOR, "minor"), (Bump.PATCH, "patch")):
        if getattr(new, part) != getattr(old, part):
            return VersionStep(before, after, bump)
    return VersionStep(before, after, Bump.PATCH if new > old else Bump.NONE)
