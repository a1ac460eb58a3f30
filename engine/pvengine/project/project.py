"""A project as a library: one method for each command, with the same words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.project import (
    bumping,
    diffing,
    drawing,
    explaining,
    exporting,
    falsifiers,
    history,
    model_listing,
    reopening,
    scaffold,
    status,
    telling,
    validating,
    verifying,
)
from pvengine.project.cache import Cache
from pvengine.project.checking.check import check_change
from pvengine.project.cores import count_cores
from pvengine.project.discharge import WAIT_S, discharge_contract, run_contract
from pvengine.project.discovery import show_path
from pvengine.project.landscape.landscape import survey_landscape
from pvengine.project.merging.files import merge_files
from pvengine.project.mutating import MutationOptions
from pvengine.project.progress import Progress, SilentProgress
from pvengine.project.replaying import replay_point
from pvengine.project.setting_aside import find_baseline
from pvengine.project.signing import choose_policy, open_key
from pvengine.project.view import ContractView, open_view
from pvengine.project.workshop import Workshop
from pvengine.project.workspace import PathLike, open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pvengine.models.check import CheckReport
    from pvengine.models.comparison import ComparisonReport
    from pvengine.models.landscape import LandscapeReport
    from pvengine.models.model_listing import ModelListing
    from pvengine.models.report import Report
    from pvengine.models.search_entry import PointName
    from pvengine.project.bumping import RecordedEdit
    from pvengine.project.checking.check import RerunChoice
    from pvengine.project.drawing import Drawing
    from pvengine.project.explaining import Explanation
    from pvengine.project.exporting import Export
    from pvengine.project.falsifiers import FaultCheck, Listing
    from pvengine.project.history import History
    from pvengine.project.merging.contracts import ContractMerge
    from pvengine.project.telling import Story

__all__ = ["Project", "open_project"]


def open_project(path: PathLike = ".") -> Project:
    """Open the project that a file or folder belongs to.

    Raises
    ------
    UsageError
        The path does not exist, or the configuration cannot be read.
    """
    found = open_workspace(path)
    return Project(found.root, found.configuration, found.configuration_file)


@dataclass(frozen=True)
class Project(Workshop):
    """A workshop with every use case."""

    def view(self, contract: PathLike) -> ContractView:
        """Load one contract with its evidence; UsageError or ContractError where it cannot be read."""
        return open_view(Path(contract), self)

    def validate(self, paths: Iterable[PathLike] = ()) -> Report:
        """Check contracts and report every finding (``pv validate``)."""
        given = list(paths)
        checking = validating.Validation(
            workspace=self,
            cache=Cache.open(is_on=False),
            baseline=find_baseline(self),
            is_partial=bool(given),
        )
        return validating.validate_contracts(checking, self.find_contracts(given))

    def discharge(  # noqa: PLR0913 - keyword-only, the options of the command
        self,
        contract: PathLike,
        *,
        tests: Sequence[str] = (),
        dry_run: bool = False,
        sign: PathLike | None = None,
        wait_s: float = WAIT_S,
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Measure what needs it and record the result (``pv discharge``).

        ``sign`` is the file of the private key that signs the records; ``wait_s`` are the seconds to wait at
        most for another discharge of the contract.
        """
        key = None if sign is None else open_key(sign)
        return discharge_contract(
            self.view(contract),
            tests=tests,
            dry_run=dry_run,
            wait_s=wait_s,
            key=key,
            jobs=jobs,
            progress=progress or SilentProgress(),
        )

    def reopen(  # noqa: PLR0913 - keyword-only, the options of the command
        self,
        contract: PathLike,
        *,
        tests: Sequence[str],
        reason: str,
        dry_run: bool = False,
        wait_s: float = WAIT_S,
        progress: Progress | None = None,
    ) -> Report:
        """Take tests back to NEW, with the reason on record (``pv reopen``)."""
        return reopening.reopen_tests(
            self.view(contract),
            tests=tests,
            reason=reason,
            dry_run=dry_run,
            wait_s=wait_s,
            progress=progress or SilentProgress(),
        )

    def bump(  # noqa: PLR0913 - keyword-only, the options of the command
        self,
        contract: PathLike,
        *,
        base: str = "HEAD",
        reason: str | None = None,
        dry_run: bool = False,
        wait_s: float = WAIT_S,
        progress: Progress | None = None,
    ) -> RecordedEdit:
        """Record an edit since a commit: the version that follows, in an amendment (``pv bump``)."""
        return bumping.bump_contract(
            self.view(contract),
            base=base,
            reason=reason,
            dry_run=dry_run,
            wait_s=wait_s,
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

    def replay(self, contract: PathLike, test: str, digest: str, *, point: PointName = "worst") -> Report:
        """Measure one point of a record again, by itself, and compare (``pv run --replay``)."""
        return replay_point(self.view(contract), test, digest, point)

    def status(self, paths: Iterable[PathLike] = (), *, gate: bool = False) -> Report:
        """Tell where contracts, tests, hypotheses and milestones stand (``pv status``)."""
        return status.report_status(self, self.contract_files(paths), gate=gate)

    def landscape(self, contract: PathLike) -> LandscapeReport:
        """Tell what is decided about each hypothesis and what attributions come to (``pv landscape``)."""
        return survey_landscape(self.view(contract))

    def verify(  # noqa: PLR0913 - keyword-only, the options of the command
        self,
        paths: Iterable[PathLike] = (),
        *,
        trusted: Sequence[PathLike] = (),
        require_signature: bool = False,
        rerun: bool = False,
        tests: Sequence[str] = (),
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Derive every status again from its evidence and report what does not follow (``pv verify``).

        ``trusted`` are files or folders of public keys; each envelope is then checked, and with
        ``require_signature`` each status needs one. With ``rerun`` the tests that have records are measured
        again, all or those in ``tests``.
        """
        policy = choose_policy(self, trusted, require=require_signature)
        again = verifying.Rerunning(progress or SilentProgress(), tuple(tests), jobs) if rerun else None
        return verifying.verify_contracts(self, self.contract_files(paths), again, policy, jobs)

    def diff(self, before: PathLike, after: PathLike) -> ComparisonReport:
        """Compare two versions of a contract, each a file or REF:path (``pv diff``).

        REF is looked up in the repository of the project, also where it is not that of the working folder.
        """
        return diffing.diff_contracts(before, after, folder=self.root)

    def check(
        self,
        *,
        base: str | None = None,
        rerun: RerunChoice = "auto",
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> CheckReport:
        """Check what differs between the working tree and a base (``pv check``)."""
        return check_change(self, base=base, rerun=rerun, jobs=jobs, progress=progress or SilentProgress())

    def why(self, test: str, contract: PathLike | None = None) -> Story:
        """Tell the story of one test, looked for in a contract or in all of them (``pv why``)."""
        return telling.tell_story(self, test, self.contract_files([] if contract is None else [contract]))

    def log(self, contract: PathLike | None = None) -> History:
        """List the amendments of a contract, or of all of them, the newest first (``pv log``)."""
        return history.list_history(self, self.contract_files([] if contract is None else [contract]))

    def export(
        self,
        paths: Iterable[PathLike] = (),
        *,
        form: str,
        tests: Sequence[str] = (),
        producer: str | None = None,
        created: str | None = None,
    ) -> Export:
        """Make the documents of contracts in a format of others; nothing is written (``pv export``)."""
        request = exporting.ExportRequest(form=form, tests=tuple(tests), producer=producer, created=created)
        return exporting.export_contracts(self, self.contract_files(paths), request)

    def explain(self, codes: Sequence[str] = ()) -> list[Explanation]:
        """Explain rules by their codes; all of them where none is given (``pv explain``)."""
        return explaining.explain_rules(codes)

    def graph(self, contract: PathLike) -> Drawing:
        """Build the dependency graph of a contract (``pv graph``)."""
        return drawing.draw_contract(self.view(contract))

    def falsifiers(self) -> Listing:
        """Describe every falsifier with its params and planted faults (``pv falsifiers``)."""
        return falsifiers.describe_falsifiers(self)

    def check_falsifier(
        self, name: str, *, mutants: bool = False, at_most: int | None = None, seed: int = 0
    ) -> tuple[FaultCheck, ...]:
        """Run the planted faults of a falsifier for each test bound to it (``pv falsifiers check``).

        With ``mutants``, so many mutants of its subject, chosen by the seed, are tried, too.
        """
        teeth = self.configuration.teeth
        options = MutationOptions(
            at_most or teeth.mutants, seed, self.configuration.jobs or count_cores(), teeth.minimum_score
        )
        return falsifiers.check_falsifier(self, name, mutation=options if mutants else None)

    def models(self, paths: Iterable[PathLike] = (), *, sha256: bool = False) -> ModelListing:
        """List the models that contracts require or that are known, and where each is (``pv models``).

        With ``sha256`` every file is hashed, not only those whose content is compared with something.
        """
        return model_listing.list_models(self, self.contract_files(paths), hashes_all=sha256)

    def find_model(self, name: str) -> Path:
        """Return the file of a model; UsageError, with how to get it, where it is not at hand or damaged."""
        return model_listing.find_model(self.model_search, name)

    def new(self, contract_id: str) -> list[Path]:
        """Write a commented contract and a falsifier that run at once (``pv new``).

        Where the project has no configuration yet, `init` is done first.
        """
        scaffold.check_contract_id(contract_id)
        written = [] if self.configuration_file else self.init()
        project = open_project(self.root) if written else self
        return [*written, *scaffold.write_contract(project, contract_id)]

    def init(self, *, git: bool = False) -> list[Path]:
        """Write configuration, folders and `.gitattributes` (``pv init``).

        With ``git`` the repository gets the merge driver of contracts, too.
        """
        return scaffold.write_project(self.root, git=git)

    def merge(self, base: PathLike, ours: PathLike, theirs: PathLike, *, path: PathLike) -> ContractMerge:
        """Merge two versions of the contract at ``path``, into ``ours`` (``pv merge-driver``)."""
        files = (Path(each) for each in (base, ours, theirs))
        return merge_files(*files, path=show_path(Path(path)))
