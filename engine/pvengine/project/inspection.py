"""Inspect one contract file: read it, run every rule that looks at it alone, and say where it stands.

This module loads the models and the YAML reader. A run whose files are all in the cache never imports it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import ContractError, Diagnostic, get_rule
from pvengine.errors import RegistrationError
from pvengine.graph.lint import Suggester
from pvengine.lint.checks import iter_lint_issues
from pvengine.lint.facts import FileFacts, gather_facts
from pvengine.lint.kinds import recognise_foreign
from pvengine.lint.rules.invocations import TestReference, count_references
from pvengine.lint.rules.status_words import iter_status_words
from pvengine.lint.silencing.suppressions import find_suppressions
from pvengine.loading.complaints import shorten
from pvengine.loading.contract_file import load_document
from pvengine.models.report import ContractEntry, References
from pvengine.project.landscape.attributions import find_attribution_findings
from pvengine.project.limiting import limit_findings
from pvengine.project.outcome import SOURCES, FileOutcome, sign_path
from pvengine.project.plan import find_blocked
from pvengine.project.reporting import describe_contract
from pvengine.project.view import ContractView, select_own_findings
from pvengine.project.workshop import Workshop
from pvengine.yamldoc import Document, format_path, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.project.workspace import Workspace
    from pvengine.registry.catalogue import FalsifierSource
    from pvengine.yamldoc import Path

__all__ = ["Inspector", "inspect_facts"]


_COUNTS = {
    TestReference.FALSIFIER: "falsifiers",
    TestReference.CARGO_TEST: "cargo_tests",
    TestReference.RUST_PATH: "rust_paths",
    TestReference.PYTEST_NODE: "pytest_nodes",
    TestReference.SHELL_COMMAND: "shell_commands",
    TestReference.SOURCE_CODE: "source_code",
    TestReference.PROSE: "prose",
    TestReference.NOTHING: "nothing",
}


class Inspector:
    """Inspects the files of one project."""

    def __init__(self, workspace: Workspace) -> None:
        self._workshop = Workshop(workspace.root, workspace.configuration, workspace.configuration_file)

    def inspect(self, path: FilePath, shown: str, raw: bytes) -> FileOutcome:
        """Inspect the bytes of one file; a broken contract is an outcome like any other."""
        try:
            document = read_document(raw, shown)
        except ContractError as error:
            return FileOutcome(path=shown, findings=error.diagnostics)
        foreign = recognise_foreign(document.data)
        if foreign is not None:
            note = get_rule("PV226").report(f"this is {foreign}, not a contract", document.place(()))
            return FileOutcome(path=shown, findings=(note,))
        real = os.path.realpath(path)
        outcome = self._inspect_contract(FilePath(real), document)
        if real != os.path.abspath(path):  # noqa: PTH100 - a link that leads elsewhere has other evidence
            outcome = replace(outcome, watched=(*outcome.watched, (str(path), sign_path(str(path)))))
        return outcome

    def _inspect_contract(self, path: FilePath, document: Document) -> FileOutcome:
        loaded = load_document(path, document)
        view = ContractView(loaded, self._workshop)
        found = [
            *view.diagnostics,
            *loaded.locate(iter_lint_issues(loaded)),
            *view.falsifier_diagnostics,
            *view.evidence_diagnostics,
            *_iter_status_findings(view),
            *find_attribution_findings(view),
        ]
        if any(test.is_bound for test in loaded.contract.tests):
            found += select_own_findings(view.catalogue, view.root)
        return FileOutcome(
            path=document.path,
            findings=limit_findings(found),
            entry=_describe(view),
            facts=gather_facts(document),
            suppressions=find_suppressions(document),
            watched=tuple((each, sign_path(each)) for each in dict.fromkeys(_iter_watched(view))),
        )


def _describe(view: ContractView) -> ContractEntry:
    counts = count_references(view.loaded)
    references = References(**{_COUNTS[kind]: count for kind, count in counts.items()})
    entry = describe_contract(view, find_blocked(view, view.assessments))
    # The tests of other sections, such as `falsification`, are declared, too.
    summary = replace(entry.summary, declared=max(entry.summary.declared, sum(counts.values())))
    return replace(entry, references=references, summary=summary)


def _iter_watched(view: ContractView) -> Iterator[str]:
    """Iterate over the other files that the findings depend on: evidence, plug-in sources, models."""
    yield str(view.store.folder)
    tests = view.loaded.contract.tests
    yield from _list_model_places(view, [each.model for test in tests for each in test.requires or ()])
    bound = dict.fromkeys(test.falsifier for test in tests if test.falsifier is not None)
    if not bound:
        return
    for path in (*view.catalogue.consulted, *_list_module_places(view)):
        yield f"{path}{SOURCES}" if path.is_dir() else str(path)
    for name in bound:
        source = view.catalogue.find(name)
        yield from map(str, _list_modules(source) if source else ())


def _list_model_places(view: ContractView, names: list[str]) -> list[str]:
    """List where required models would be, and the catalogues of installed packages that say so."""
    search = view.workshop.model_search
    places = [str(place.path) for name in names for place in search.iter_places(name)]
    return [*places, *map(str, search.catalogue.files)] if names else []


def _list_module_places(view: ContractView) -> list[FilePath]:
    """List where a falsifier module that the configuration names would be, were it in the project."""
    names = [text for text in view.configuration.falsifiers if all(map(str.isidentifier, text.split(".")))]
    places = [root / name.replace(".", "/") for root in (view.root, view.root / "src") for name in names]
    return [*places, *(place.with_name(f"{place.name}.py") for place in places)]


def _list_modules(source: FalsifierSource) -> list[FilePath]:
    try:
        return [module.path for module in source.closure.modules]
    except RegistrationError:
        return []


def _iter_status_findings(view: ContractView) -> Iterator[Diagnostic]:
    """Report status words that neither the engine nor the configuration knows."""
    known = ["NEW", "DISCHARGED", "FALSIFIED", *view.configuration.status_words]
    suggester = Suggester()
    for path, word in iter_status_words(view.loaded):
        if view.say_status_meaning(word) is None:
            hint = suggester.ask(word.upper(), known)
            message = f"{_name_owner(view.loaded.data, path)} has the unknown status {shorten(word)}{hint}"
            yield get_rule("PV203").report(message, view.loaded.document.place(path))


def _name_owner(data: Any, path: Path) -> str:
    """Name what has the value at a path: by its id, else as the contract."""
    if path in (("status",), ("metadata", "status")):
        return "the contract"
    for step in path[:-1]:
        data = data[step]
    name = data.get("id")
    return name if isinstance(name, str) and name.strip() else format_path(path[:-1])


def inspect_facts(shown: str, raw: bytes) -> FileFacts | None:
    """Read the facts of a file that is only looked up; None where it is no contract that can be read."""
    try:
        document = read_document(raw, shown)
    except ContractError:
        return None
    return None if recognise_foreign(document.data) else gather_facts(document)
