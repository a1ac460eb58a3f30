"""Export contracts in the formats of others: all documents first, then all files or none."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, UsageError
from pvengine.graph.lint import suggest
from pvengine.ledger.files import create_file
from pvengine.project.discovery import show_path
from pvengine.project.exports.prml import Registration, export_prml, read_time
from pvengine.project.exports.test_result import export_test_result
from pvengine.project.surveying import read_views
from pvengine.project.verifying import verify_contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.models.report import DiagnosticEntry
    from pvengine.project.exports.account import Document, ExportedContract
    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = ["FORMATS", "Export", "ExportRequest", "export_contracts", "write_export"]

FORMATS = ("in-toto-test-result", "prml")
"""Names of the formats."""

_STOPPING = frozenset({ExitCode.USAGE, ExitCode.TAMPERED, ExitCode.INVALID, ExitCode.NOTHING})
"""What `pv verify` may say that stops an export; what is stale or self-declared is exported as that."""


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """What to export: the format, and for PRML the tests (all where none is named), producer and time."""

    form: str
    tests: tuple[str, ...] = ()
    producer: str | None = None
    created: str | None = None


@dataclass(frozen=True, kw_only=True)
class Export:
    """What became of each contract, what kept all of them from being exported, and the exit code."""

    contracts: tuple[ExportedContract, ...] = ()
    diagnostics: tuple[DiagnosticEntry, ...] = ()
    exit_code: int = 0

    @property
    def documents(self) -> tuple[Document, ...]:
        """The files of the export."""
        return tuple(document for contract in self.contracts for document in contract.documents)


def export_contracts(project: Project, files: Sequence[Path], request: ExportRequest) -> Export:
    """Make the documents of an export; nothing is written.

    A contract that is invalid, or whose evidence was changed or is missing, refuses the whole export, with
    the exit code of `pv verify`. Exit code 11: a test or contract was refused; 14: nothing was exported.

    Raises
    ------
    UsageError
        An option does not belong to the format, no contract has a test that is named, or two contracts would
        be written to the same file.
    """
    registration = _check_request(request)
    verified = verify_contracts(project, files)
    if verified.exit_code in _STOPPING:
        errors = tuple(found for found in verified.diagnostics if found.severity == "error")
        return Export(diagnostics=errors, exit_code=int(verified.exit_code))
    views = [replace(view, reads_whole_chains=True) for view in read_views(project, files)[0]]
    _check_stems(views)
    _check_names(views, request.tests)
    contracts = tuple(
        _export(view, request, registration) for view in views if _is_wanted(view, request.tests)
    )
    is_empty = not any(contract.documents for contract in contracts)
    is_partial = any(contract.refused for contract in contracts)
    code = ExitCode.NOTHING if is_empty else ExitCode.GATE if is_partial else ExitCode.CLEAN
    return Export(contracts=contracts, exit_code=int(code))


def _check_request(request: ExportRequest) -> Registration:
    if request.form not in FORMATS:
        raise UsageError(
            f"there is no format {request.form!r}",
            why="a format decides what can be carried",
            fix=f"give one of {', '.join(FORMATS)}",
        )
    given = {"--test": request.tests, "--producer": request.producer, "--created": request.created}
    named = next((option for option, value in given.items() if value), None)
    if request.form != "prml" and named is not None:
        raise UsageError(
            f"{named} is given with the format {request.form}",
            why="a test-result statement speaks about a contract as a whole, as its evidence has it",
            fix="leave the option out, or export as prml",
        )
    created = None if request.created is None else read_time(request.created)
    if request.created is not None and created is None:
        raise UsageError(
            f"{request.created!r} is no time",
            why="a manifest states when its claim was registered, in UTC",
            fix="write it as 2026-11-23T12:00:00Z",
        )
    return Registration(request.producer, created)


def _check_stems(views: Sequence[ContractView]) -> None:
    """Refuse contracts whose files would take the place of each other."""
    seen: dict[str, ContractView] = {}
    for view in views:
        other = seen.setdefault(view.loaded.path.stem, view)
        if other is not view:
            raise UsageError(
                f"{other.loaded.display_path} and {view.loaded.display_path} would be exported to one file",
                why="an exported file has the name of its contract",
                fix="export them one by one, into folders of their own",
            )


def _check_names(views: Sequence[ContractView], tests: Sequence[str]) -> None:
    known = [name for view in views for name in view.loaded.tests]
    for name in tests:
        if name not in known:
            raise UsageError(
                f"no contract has a test {name!r}{suggest(name, known)}",
                why="--test takes the id of a test of the contracts that are exported",
                fix="run `pv status`, which lists the tests",
            )


def _is_wanted(view: ContractView, tests: Sequence[str]) -> bool:
    return not tests or any(name in view.loaded.tests for name in tests)


def _export(view: ContractView, request: ExportRequest, registration: Registration) -> ExportedContract:
    if request.form == "prml":
        chosen = [name for name in view.loaded.tests if not request.tests or name in request.tests]
        return export_prml(view, chosen, registration)
    return export_test_result(view)


def write_export(export: Export, folder: Path) -> tuple[Path, ...]:
    """Write the files of an export into a folder; return those that were not there yet.

    Every file is compared before one is written. An interrupt leaves whole files, which a second export of
    the same completes.

    Raises
    ------
    UsageError
        A file is there and differs, the folder is one of evidence, or the system refuses to write.
    """
    target = os.path.realpath(folder)
    for contract in export.contracts:
        if Path(target).is_relative_to(Path(os.path.realpath(contract.path)).parent / "evidence"):
            raise UsageError(
                f"cannot export into {show_path(folder)}: it is a folder of evidence",
                why="a file beside records would be taken for one",
                fix="name a folder outside of it",
            )
    missing = list(_iter_missing(export, folder))
    for path, content in missing:
        _create(path, content)
    return tuple(path for path, _ in missing)


def _iter_missing(export: Export, folder: Path) -> Iterator[tuple[Path, bytes]]:
    for document in export.documents:
        path = folder / document.name
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            yield path, document.content
            continue
        except OSError as error:
            raise UsageError(
                f"cannot write {show_path(path)}: {(error.strerror or str(error)).lower()}",
                why="an export is a folder of files",
                fix="name another folder",
            ) from error
        if found != document.content:
            raise UsageError(
                f"{show_path(path)} is there and differs from what would be exported",
                why="what was exported may have been signed or published, so it is never written over",
                fix="export into an empty folder, or delete the file",
            )


def _create(path: Path, content: bytes) -> None:
    try:
        create_file(path, content)
    except UsageError as error:
        raise UsageError(
            error.what,
            where=show_path(path),
            why="each file of an export is written whole or not at all",
            fix="check the permissions and the free space of the folder, then export again",
        ) from error
