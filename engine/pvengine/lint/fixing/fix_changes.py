"""Say what a replacement is meant to do to the data, so that it can be compared with what it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.diagnostics import Diagnostic
    from pvengine.yamldoc import Path
    from pvengine.yamldoc.splices import Splice

__all__ = ["Change", "Intent", "expect"]


class Intent(StrEnum):
    """What a replacement may change."""

    SPELLING = "spelling"
    TEXT = "text"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement that can be tried: the splice, and what it does to the data at a path."""

    splice: Splice
    intent: Intent
    path: Path
    value: str
    findings: list[Diagnostic] = field(default_factory=list)


@dataclass
class _Branch:
    """The changes below one value of the data: other values, other names of keys."""

    values: dict[str | int, str] = field(default_factory=dict)
    names: dict[str | int, str] = field(default_factory=dict)
    children: dict[str | int, _Branch] = field(default_factory=dict)

    def apply(self, data: Any) -> Any:
        """Return the data with the changes; what lies on no path is shared."""
        copy = data.copy()
        for step, child in self.children.items():
            copy[step] = child.apply(data[step])
        for step, value in self.values.items():
            copy[step] = value
        if self.names:
            copy = {self.names.get(key, key): value for key, value in copy.items()}
        return copy


def expect(data: Any, changes: Iterable[Change]) -> Any:
    """Return the data that the changes must give."""
    root = _Branch()
    for change in changes:
        if change.intent is Intent.SPELLING:
            continue
        branch = root
        for step in change.path[:-1]:
            branch = branch.children.setdefault(step, _Branch())
        changed = branch.names if change.intent is Intent.NAME else branch.values
        changed[change.path[-1]] = change.value
    return root.apply(data)
