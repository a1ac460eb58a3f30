"""Read one contract file: bytes, YAML nodes, models and complaints."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.loading.claims import Claim, extract_claim, list_statements
from pvengine.loading.lint import iter_contract_issues
from pvengine.loading.reading import read_contract_bytes
from pvengine.loading.validation import offer_quotes, validate_data
from pvengine.yamldoc import Document, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pvengine.diagnostics import SourceRange
    from pvengine.models.contract import Contract, FalsificationTest
    from pvengine.models.issue import Issue

__all__ = ["LoadedContract", "load_contract", "load_document"]


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
        statements = list_statements(self.data)
        return {
            name: extract_claim(self.data, int(path[1]), statements) for name, path in self.test_paths.items()
        }

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
    return load_document(path, read_document(raw, display_path))


def load_document(path: Path, document: Document) -> LoadedContract:
    """Load a contract from its document; what is wrong with it is among its issues."""
    contract, indexes, issues = validate_data(document.data)
    issues = [offer_quotes(issue, document) for issue in issues]
    issues += iter_contract_issues(contract, document.data, indexes)
    return LoadedContract(path, document, contract, indexes, tuple(issues))
