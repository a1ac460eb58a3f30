"""Read one contract file: bytes, YAML nodes, models and complaints."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import ContractError, Diagnostic, get_rule
from pvengine.errors import UsageError
from pvengine.loading.claims import Claim, extract_claim
from pvengine.loading.lint import iter_contract_issues
from pvengine.loading.validation import validate_data
from pvengine.yamldoc import Document, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pvengine.diagnostics import SourceRange
    from pvengine.models.contract import Contract, FalsificationTest
    from pvengine.models.issue import Issue

__all__ = [
    "MAX_BYTES",
    "STDIN_NAME",
    "LoadedContract",
    "load_contract",
    "read_contract_bytes",
    "read_stdin_bytes",
]

MAX_BYTES = 16 * 2**20
"""Largest contract that is read, in bytes: hundreds of times the largest in use, and read within seconds."""
STDIN_NAME = "<stdin>"
"""What messages show for the standard input."""

_CHUNK_BYTES = 2**20
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
"""A pipe without a writer is opened at once, and no terminal comes to control the process."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "no regular file but a named pipe"),
    (stat.S_ISSOCK, "no regular file but a socket"),
    (stat.S_ISCHR, "no regular file but a device"),
    (stat.S_ISBLK, "no regular file but a device"),
)


@dataclass(frozen=True)
class LoadedContract:
    """A contract file that could be read, with its models and every complaint about them."""

    path: Path
    document: Document
    contract: Contract
    indexes: dict[str, tuple[int, ...]]
    issues: tuple[Issue, ...]

    @property
    def display_path(self) -> str:
        """The path that messages show."""
        return self.document.path

    @property
    def data(self) -> dict[str, Any]:
        """The data as written."""
        data: dict[str, Any] = self.document.data
        return data

    @property
    def id(self) -> str:
        """The contract's id; the file's stem where metadata has none."""
        return self.contract.metadata.id or self.path.stem

    @property
    def digest(self) -> str:
        """``sha256:`` and the SHA-256 of the file's bytes."""
        return "sha256:" + hashlib.sha256(self.document.raw).hexdigest()

    @cached_property
    def tests(self) -> dict[str, FalsificationTest]:
        """Tests by id, the first of each id, in the order of the text."""
        tests: dict[str, FalsificationTest] = {}
        for test in self.contract.tests:
            tests.setdefault(test.id, test)
        return tests

    @cached_property
    def test_paths(self) -> dict[str, tuple[str | int, ...]]:
        """Path of each test in the data, by id."""
        paths: dict[str, tuple[str | int, ...]] = {}
        for index, test in zip(self.indexes.get("falsification_tests", ()), self.contract.tests, strict=True):
            paths.setdefault(test.id, ("falsification_tests", index))
        return paths

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """Claim of each test, by id."""
        return {name: extract_claim(self.data, int(path[1])) for name, path in self.test_paths.items()}

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every complaint at its place, in the order of the text."""
        return self.locate(self.issues)

    def locate(self, issues: Iterable[Issue]) -> tuple[Diagnostic, ...]:
        """Turn issues into diagnostics at line and column."""
        found = [
            get_rule(issue.code).report(
                issue.message, self._place(issue), fix=issue.fix, replacement=issue.replacement
            )
            for issue in issues
        ]
        return tuple(sorted(found, key=lambda diagnostic: diagnostic.sort_key))

    def _place(self, issue: Issue) -> SourceRange:
        if issue.span is not None:
            return self.document.lines.place(*issue.span)
        return self.document.place(issue.path, key=issue.at_key)


def read_contract_bytes(path: Path, display_path: str) -> bytes:
    """Read the bytes of a regular file; it waits for nothing, and takes at most `MAX_BYTES` + 1 of them.

    Raises
    ------
    UsageError
        There is no such file, it is no regular file, or it cannot be read.
    ContractError
        It is larger than `MAX_BYTES` (PV113).
    """
    try:
        _check_kind(path.stat(), display_path)  # before opening: to open a device can start something
        descriptor = os.open(path, _FLAGS)
        try:
            status = os.fstat(descriptor)  # what was opened need not be what was looked at
            _check_kind(status, display_path)
            if status.st_size > MAX_BYTES:
                raise _refuse_size(display_path, f"{status.st_size:,} bytes")
            return _read_limited(lambda size: os.read(descriptor, size), display_path)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read {display_path}: {_say_reason(error)}",
            fix="check the path, or run `pv status` to see the contracts of the project",
        ) from error


def read_stdin_bytes(display_path: str = STDIN_NAME) -> bytes:
    """Read one contract from standard input, to its end but at most `MAX_BYTES` + 1 bytes.

    Raises
    ------
    UsageError
        Standard input is closed or cannot be read.
    ContractError
        It holds more than `MAX_BYTES` (PV113).
    """
    try:
        if sys.stdin is None:  # closed before the command began
            raise OSError(errno.EBADF, "It is closed")  # noqa: TRY301 - one message for all that fails here
        return _read_limited(sys.stdin.buffer.read, display_path)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read the standard input: {_say_reason(error)}",
            fix="pipe the contract into the command, or name its file",
        ) from error


def _check_kind(status: os.stat_result, display_path: str) -> None:
    """Raise UsageError for everything that is no regular file."""
    if not stat.S_ISREG(status.st_mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "no regular file")
        raise UsageError(
            f"{display_path} is {kind}", why="a contract is a regular file", fix="name the contract file"
        )


def _read_limited(read: Callable[[int], bytes | None], display_path: str) -> bytes:
    """Read to the end; a file that grows, or has no size to ask for, is cut off above the limit."""
    parts: list[bytes] = []
    left = MAX_BYTES + 1
    while part := read(min(left, _CHUNK_BYTES)):
        parts.append(part)
        left -= len(part)
        if left <= 0:
            raise _refuse_size(display_path, f"more than {MAX_BYTES:,} bytes")
    if part is None:  # what has come so far may be half a contract
        raise OSError(errno.EAGAIN, "No data is there, and it does not wait for any")
    return b"".join(parts)


def _refuse_size(display_path: str, size: str) -> ContractError:
    message = f"the file has {size}, and at most {MAX_BYTES:,} are read ({MAX_BYTES // 2**20} MiB)"
    return ContractError(
        "the file is too large", [get_rule("PV113").report(message, display_path)], where=display_path
    )


def _say_reason(error: OSError | ValueError) -> str:
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()


def load_contract(path: Path, display_path: str, raw: bytes | None = None) -> LoadedContract:
    """Load one contract.

    Raises
    ------
    UsageError
        The file cannot be read.
    ContractError
        It is too large, or no YAML document that can be a contract; carries every finding.
    """
    if raw is None:
        raw = read_contract_bytes(path, display_path)
    document = read_document(raw, display_path)
    contract, indexes, issues = validate_data(document.data)
    issues += iter_contract_issues(contract, document.data, indexes)
    return LoadedContract(path, document, contract, indexes, tuple(issues))
