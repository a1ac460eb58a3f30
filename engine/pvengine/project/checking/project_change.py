"""A change of a project, as git tells it: its base, its files, its contracts, and what rests on them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pvengine.project.checking.affected import Causes, find_causes, find_dependents, list_reasons
from pvengine.project.checking.concerns import CheckedView
from pvengine.project.checking.configured import read_configured
from pvengine.project.checking.findings import find_record
from pvengine.project.checking.listing import list_contracts
from pvengine.project.checking.sides import list_contract_changes
from pvengine.project.git_changes import find_base, find_top, list_changed_files
from pvengine.project.plan import find_blocked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.project.checking.sides import ContractChange
    from pvengine.project.configuration import CheckPolicy
    from pvengine.project.git_changes import Base, ChangedFiles
    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = ["ProjectChange", "read_change"]


@dataclass(frozen=True)
class ProjectChange:
    """A change of a project.

    Attributes
    ----------
    contracts
        All contracts that the project has now, see `list_contracts`.
    changes
        What the change did to contracts, those among them that are gone.
    causes
        What changed that other contracts can rest on.
    """

    project: Project
    base: Base
    files: ChangedFiles
    contracts: Mapping[str, str]
    changes: tuple[ContractChange, ...]
    causes: Causes
    table_before: Mapping[str, Any] | None
    """The table `[tool.pv]` of the base; None where the base has no configuration."""

    @property
    def top(self) -> Path:
        """Top folder of the repository."""
        return self.files.top

    @property
    def policy(self) -> CheckPolicy:
        """What the project asks of a change."""
        return self.project.configuration.check

    def path_of(self, contract: str) -> Path:
        """Return the path of a contract from anywhere."""
        return self.top / contract

    @cached_property
    def looked_at(self) -> tuple[str, ...]:
        """The contracts that are there and that the change touched, or can have touched."""
        changed = {str(each.file) for each in self.changes if each.state != "deleted"}
        own = [path for path in self.contracts if str(self.path_of(path)) in changed]
        others = {str(self.path_of(path)): path for path in self.contracts if path not in own}
        resting = find_dependents([Path(path) for path in others], self.causes)
        stores = {(str(PurePosixPath(path).parents[2]), record[0]) for path, record in self._iter_records()}
        touched = {*own, *(others[str(file.path)] for file in resting)}
        touched |= {path for path in others.values() if stores and self._find_store(path) in stores}
        return tuple(path for path in self.contracts if path in touched)

    def _iter_records(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for path in self.files.every:
            record = find_record(path)
            if record is not None:
                yield path, record

    def _find_store(self, contract: str) -> tuple[str, str]:
        """Return the folder of evidence of a contract, from the top, and the name of its store there."""
        held = PurePosixPath(self.contracts[contract])
        return str(held.parent / "evidence"), held.stem

    def look_at(self, view: ContractView) -> CheckedView:
        """Put beside a contract what the change did to it, and to what it rests on."""
        present = (each for each in self.changes if each.state != "deleted")
        own = next((each for each in present if os.path.realpath(each.file) == str(view.loaded.path)), None)
        reasons = list_reasons(view, self.causes, own)
        return CheckedView(view, own, reasons, find_blocked(view, view.assessments))


def read_change(project: Project, ref: str | None) -> ProjectChange:
    """Read what differs between the working tree and where it left a base.

    Raises
    ------
    UsageError
        The project is in no git repository, or there is no such base.
    """
    top = find_top(project.root)
    base = find_base(top, ref)
    files = list_changed_files(top, base.fork)
    configured = read_configured(project, top, base, files)
    contracts = list_contracts(files, configured)
    changes = tuple(list_contract_changes(base, files, configured, contracts))
    causes = find_causes(project, base, files, changes)
    return ProjectChange(project, base, files, contracts, changes, causes, configured.table_before)
