"""When a check looked at nothing, which is no success unless the project says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.errors import NothingToCheckError
from pvengine.project.discovery import show_path
from pvengine.project.workspace import say_nothing

if TYPE_CHECKING:
    from pvengine.project.checking.project_change import ProjectChange
    from pvengine.project.rerunning import Rerun

__all__ = ["say_untouched"]


def say_untouched(change: ProjectChange, again: Rerun | None) -> list[NothingToCheckError]:
    """Say that the project has no contract, or that the change touches none; else an empty list.

    Where everything was measured again, that is not nothing.
    """
    if not change.contracts and not change.changes:
        return [say_nothing(change.project)]
    has_run = again is not None and any(entry.state != "not run" for entry in again.entries)
    if change.looked_at or change.changes or has_run or change.policy.nothing == "pass":
        return []
    count = len(change.contracts)
    touched = f"touches none of {count} contracts, nor anything that one rests on"
    if count == 1:
        touched = "does not touch the only contract, nor anything that it rests on"
    return [
        NothingToCheckError(
            f"the change {touched}",
            where=show_path(change.project.configuration_file or change.project.root),
            why="zero checked is never green, unless the project says so",
            fix='write `nothing = "pass"` into [tool.pv.check] where changes without contracts are expected',
        )
    ]
