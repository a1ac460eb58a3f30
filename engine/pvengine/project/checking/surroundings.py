"""What stands around the contracts of a change: evidence that git has not, and the policy itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import get_rule
from pvengine.ledger.grounding import Standing
from pvengine.project.checking.loosened_policy import iter_loosened_keys
from pvengine.project.discovery import show_path
from pvengine.project.git_changes import list_tracked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.diagnostics import Diagnostic
    from pvengine.project.checking.concerns import CheckedView
    from pvengine.project.checking.project_change import ProjectChange

__all__ = ["iter_policy_findings", "iter_untracked", "list_lost"]


def list_lost(checked: Sequence[CheckedView]) -> set[tuple[str, str]]:
    """List the folders of contract and test whose evidence is told to be lost or changed."""
    return {
        (each.view.store.folder.name, each.view.store.folder_of(name).name)
        for each in checked
        for name, state in each.view.assessments.items()
        if state.standing in (Standing.MISSING, Standing.TAMPERED)
    }


def iter_untracked(change: ProjectChange, checked: Sequence[CheckedView]) -> Iterator[Diagnostic]:
    """Iterate over contracts whose amendments pin records that git does not have (PV710)."""
    for each in checked:
        store = each.view.store
        pinned = {
            _from_top(change, store.path_of(name, digest))
            for name, state in each.view.assessments.items()
            for digest in state.chain
        }
        missing = pinned - list_tracked(change.top, [_from_top(change, store.folder)]) if pinned else set()
        if missing:
            what = f"git does not have {len(missing)} of {len(pinned)} records"
            fix = f"run `git add {show_path(store.folder)}`"
            yield get_rule("PV710").report(what, each.view.loaded.display_path, fix=fix)


def _from_top(change: ProjectChange, path: Path) -> str:
    return Path(os.path.relpath(path, os.path.realpath(change.top))).as_posix()


def iter_policy_findings(change: ProjectChange) -> Iterator[Diagnostic]:
    """Iterate over keys of the policy that are looser than in the base (PV711)."""
    if change.table_before is not None:
        place = show_path(change.project.configuration_file or change.project.root)
        for said in iter_loosened_keys(change.project.configuration, change.table_before):
            yield get_rule("PV711").report(said, place)
