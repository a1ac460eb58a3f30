"""What the inspection of one contract file gave, in a form that a cache can keep."""

from __future__ import annotations

import os
import stat
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import Diagnostic, Severity, SourceRange
from pvengine.lint.facts import FileFacts
from pvengine.lint.silencing.suppressions import Suppression
from pvengine.models.report import (
    ContractEntry,
    HypothesisEntry,
    MilestoneEntry,
    PackageChange,
    References,
    ScopedVerdictEntry,
    Summary,
    TestEntry,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["SOURCES", "FileOutcome", "restore_outcome", "sign_path"]

SOURCES = "/**/*.py"
"""End of a watched path that stands for the Python modules below a folder."""

_LEVELS = 2
"""Levels of an evidence store: the folders of the tests, and the records in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """The findings of one file, its entry in the report, and what other files need to know of it.

    ``entry`` and ``facts`` are None where the file could not be read, or is no contract. ``watched`` has the
    signature of every other file that the findings depend on: evidence, plug-in sources, models.
    """

    path: str
    findings: tuple[Diagnostic, ...] = ()
    entry: ContractEntry | None = None
    facts: FileFacts | None = None
    suppressions: tuple[Suppression, ...] = ()
    watched: tuple[tuple[str, str], ...] = ()
    is_unreadable: bool = False

    def is_current(self, sign: Callable[[str], str]) -> bool:
        """Whether everything that the outcome depends on is as it was; ``sign`` is `sign_path`."""
        return all(sign(path) == signature for path, signature in self.watched)

    def list_data(self) -> dict[str, Any]:
        """Return the outcome as data for JSON."""
        return asdict(self)


def sign_path(path: str) -> str:
    """Return a signature of a file or a folder that changes whenever something writes to it.

    Of a file it is its size and its times: that of the last change of the inode cannot be set back by a
    program. Of a folder it has the names in it and in its folders, links followed, with their signatures. A
    path that ends with `SOURCES` stands for the Python modules below a folder.
    """
    if path.endswith(SOURCES):
        return _digest(_iter_sources(path.removesuffix(SOURCES)))
    try:
        found = os.stat(path)  # noqa: PTH116 - one for each contract, at each start
    except OSError:
        return "absent"
    if stat.S_ISDIR(found.st_mode):
        return _digest(_iter_entries(path, _LEVELS))
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _digest(lines: Iterable[str]) -> str:
    digest = sha256()
    for line in lines:
        digest.update(f"{line}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _iter_entries(folder: str, levels: int) -> Iterator[str]:
    """Iterate over what a folder holds, with signatures, down to some levels of folders."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - as above
    except OSError as error:
        yield f"refused {error.errno}"
        return
    for name in names:
        below = os.path.join(folder, name)  # noqa: PTH118 - as above
        if levels > 1 and os.path.isdir(below):  # noqa: PTH112 - as above
            yield f"{name}/"
            yield from _iter_entries(below, levels - 1)
        else:
            yield f"{name} {_sign_entry(below)}"


def _sign_entry(path: str) -> str:
    return "folder" if os.path.isdir(path) else sign_path(path)  # noqa: PTH112 - as above


def _iter_sources(folder: str) -> Iterator[str]:
    """Iterate over the modules below a folder, as the registry finds them; environments are left out."""
    for current, folders, names in os.walk(folder):
        if "pyvenv.cfg" in names and current != folder:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if name.isidentifier() and name != "__pycache__")
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(current, name)  # noqa: PTH118 - as above
                yield f"{path} {sign_path(path)}"


def restore_outcome(data: dict[str, Any]) -> FileOutcome:
    """Make the outcome from what `FileOutcome.list_data` gave.

    Raises
    ------
    LookupError, TypeError, ValueError
        The data is not of this form.
    """
    facts, entry = data["facts"], data["entry"]
    return FileOutcome(
        path=data["path"],
        findings=tuple(map(restore_finding, data["findings"])),
        entry=None if entry is None else _restore_entry(entry),
        facts=None if facts is None else FileFacts.restore(facts),
        suppressions=tuple(map(_restore_suppression, data["suppressions"])),
        watched=tuple((path, signature) for path, signature in data["watched"]),
        is_unreadable=data["is_unreadable"],
    )


def restore_finding(data: dict[str, Any]) -> Diagnostic:
    """Make a finding from its data."""
    place = data["place"]
    return Diagnostic(
        **{
            **data,
            "severity": Severity(data["severity"]),
            "place": None if place is None else SourceRange(**place),
        }
    )


def _restore_suppression(data: dict[str, Any]) -> Suppression:
    return Suppression.restore(data)


def _restore_entry(data: dict[str, Any]) -> ContractEntry:
    return ContractEntry(
        **{
            **data,
            "summary": Summary(**data["summary"]),
            "tests": tuple(_restore_test(test) for test in data["tests"]),
            "hypotheses": tuple(map(_restore_hypothesis, data["hypotheses"])),
            "milestones": tuple(MilestoneEntry(**each) for each in data["milestones"]),
            "references": References(**data["references"]),
        }
    )


def _restore_test(data: dict[str, Any]) -> TestEntry:
    packages = tuple(PackageChange(**each) for each in data["packages"])
    return TestEntry(**{**data, "reasons": tuple(data["reasons"]), "packages": packages})


def _restore_hypothesis(data: dict[str, Any]) -> HypothesisEntry:
    verdicts: Iterable[dict[str, Any]] = data["verdicts"]
    return HypothesisEntry(**{**data, "verdicts": tuple(ScopedVerdictEntry(**each) for each in verdicts)})
