"""A project as a library: one method for each command, with the same words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.project import drawing, falsifiers, scaffold, status, validating, verifying
from pvengine.project.discharge import discharge_contract, run_contract
from pvengine.project.discovery import (
    find_project,
    iter_contract_files,
    list_contract_files,
    report_missing_path,
    show_path,
)
from pvengine.project.progress import Progress, SilentProgress
from pvengine.project.view import ContractView, open_view
from pvengine.registry.catalogue import Catalogue, discover

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pvengine.models.report import Report
    from pvengine.project.configuration import Configuration
    from pvengine.project.drawing import Drawing
    from pvengine.project.falsifiers import FaultCheck, Listing

__all__ = ["Project", "open_project"]

PathLike = str | Path


def open_project(path: PathLike = ".") -> Project:
    """Open the project that a file or folder belongs to.

    Raises
    ------
    UsageError
        The path does not exist, or the configuration cannot be read.
    """
    start = Path(path)
    if not (start.exists() or start.is_symlink()):
        raise report_missing_path(start)
    root, configuration, file = find_project(start)
    return Project(root, configuration, file)


@dataclass(frozen=True)
class Project:
    """The root of a project and its configuration."""

    root: Path
    configuration: Configuration
    configuration_file: Path | None = None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The falsifiers that contracts of this project can name, found without running them."""
        return discover(self.root, self.configuration.falsifiers)

    def contract_files(self, paths: Iterable[PathLike] = ()) -> list[Path]:
        """List the contracts at the paths; those of the configuration where none is given.

        Raises
        ------
        UsageError
            A path does not exist. Of configured ones only where others do: a new project has none yet.
        """
        given = [Path(path) for path in paths]
        if given:
            return list_contract_files(given)
        if self.configuration_file is None:  # no project said so: do not walk through a whole home folder
            folders = [self.root / path for path in self.configuration.contracts]
            return [file for folder in folders for file in iter_contract_files(folder, is_deep=False)]
        configured = [self.root / path for path in self.configuration.contracts]
        missing = [path for path in configured if not path.exists()]
        if missing and len(missing) < len(configured):
            raise UsageError(
                f"there is no {show_path(missing[0])}, which the configuration names under `contracts`",
                where=show_path(self.configuration_file) if self.configuration_file else None,
                why="contracts that are not found would not be checked, and nobody would notice",
                fix="correct the entry or delete it",
            )
        return list_contract_files(path for path in configured if path not in missing)

    def view(self, contract: PathLike) -> ContractView:
        """Load one contract with its evidence; UsageError or ContractError where it cannot be read."""
        return open_view(Path(contract), self.catalogue, self.configuration, self.root)

    def validate(self, paths: Iterable[PathLike] = ()) -> Report:
        """Check contracts and report every finding (``pv validate``)."""
        return validating.validate_contracts(self, self.contract_files(paths))

    def discharge(
        self,
        contract: PathLike,
        *,
        tests: Sequence[str] = (),
        dry_run: bool = False,
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Measure what needs it and record the result (``pv discharge``)."""
        return discharge_contract(
            self.view(contract),
            tests=tests,
            dry_run=dry_run,
            jobs=jobs,
            progress=progress or SilentProgress(),
        )

    def run(
        self,
        contract: PathLike,
        *,
        tests: Sequence[str] = (),
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Measure every bound test and record nothing (``pv run``)."""
        return run_contract(
            self.view(contract), tests=tests, jobs=jobs, progress=progress or SilentProgress()
        )

    def status(self, paths: Iterable[PathLike] = (), *, gate: bool = False) -> Report:
        """Tell where contracts, tests, hypotheses and milestones stand (``pv status``)."""
        return status.report_status(self, self.contract_files(paths), gate=gate)

    def verify(self, paths: Iterable[PathLike] = ()) -> Report:
        """Derive every status again from its evidence and report what does not follow (``pv verify``)."""
        return verifying.verify_contracts(self, self.contract_files(paths))

    def graph(self, contract: PathLike) -> Drawing:
        """Build the dependency graph of a contract (``pv graph``)."""
        return drawing.draw_contract(self.view(contract))

    def falsifiers(self) -> Listing:
        """Describe every falsifier with its params and planted faults (``pv falsifiers``)."""
        return falsifiers.describe_falsifiers(self)

    def check_falsifier(self, name: str) -> tuple[FaultCheck, ...]:
        """Run the planted faults of a falsifier for each test bound to it (``pv falsifiers check``)."""
        return falsifiers.check_falsifier(self, name)

    def new(self, contract_id: str) -> list[Path]:
        """Write a commented contract and a falsifier that run at once (``pv new``).

        Where the project has no configuration yet, `init` is done first.
        """
        scaffold.check_contract_id(contract_id)
        written = [] if self.configuration_file else self.init()
        project = open_project(self.root) if written else self
        return [*written, *scaffold.write_contract(project, contract_id)]

    def init(self) -> list[Path]:
        """Write configuration, folders and `.gitattributes` (``pv init``)."""
        return scaffold.write_project(self.root)
