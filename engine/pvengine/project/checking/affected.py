"""What a change can have made another result of: the contracts and tests that rest on what changed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import PvError, RegistrationError
from pvengine.graph.references import parse_contract_reference
from pvengine.ledger.transitions import Bump
from pvengine.lint.facts import gather_facts
from pvengine.project.contract_bytes import read_all
from pvengine.project.git_objects import read_git_file
from pvengine.registry.declarations import DeclarationReader
from pvengine.registry.sources import SourceSyntaxError, parse_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pvengine.project.checking.sides import ContractChange
    from pvengine.project.contract_bytes import ContractBytes
    from pvengine.project.git_changes import Base, ChangedFiles
    from pvengine.project.view import ContractView
    from pvengine.project.workshop import Workshop

__all__ = ["Causes", "find_causes", "find_dependents", "list_reasons"]

_SOURCE = ".py"


@dataclass(frozen=True)
class Causes:
    """What changed that contracts can rest on, by the names that they use for it.

    Attributes
    ----------
    falsifiers
        Names of falsifiers, each with the changed file that it runs.
    models
        Names of inputs, each with its changed file.
    contracts
        Stems of contracts whose claims changed, or that are gone, each with what happened to it.
    """

    falsifiers: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    contracts: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, as a contract would write them."""
        return (*self.falsifiers, *self.models, *self.contracts)


def find_causes(
    workshop: Workshop, base: Base, files: ChangedFiles, changes: Sequence[ContractChange]
) -> Causes:
    """Find what changed that contracts can rest on."""
    return Causes(
        dict(_iter_falsifiers(workshop, base, files)),
        dict(_iter_models(workshop, files)),
        dict(_iter_contracts(changes)),
    )


def _iter_falsifiers(workshop: Workshop, base: Base, files: ChangedFiles) -> Iterator[tuple[str, str]]:
    """Iterate over falsifiers that run a changed file, and those that a file no longer declares."""
    sources = {path for path in files.every if path.endswith(_SOURCE)}
    if not sources:
        return
    top = os.path.realpath(files.top)
    for name, source in workshop.catalogue.falsifiers.items():
        try:
            paths = [module.path for module in source.closure.modules]
        except RegistrationError:  # that it cannot be read is said by those who want to run it
            paths = [source.path]
        inside = (Path(os.path.relpath(os.path.realpath(path), top)).as_posix() for path in paths)
        changed = next((path for path in inside if path in sources), None)
        if changed is not None:
            yield name, changed
    for path in sorted(sources - files.added):
        for name in _list_declared(files.top, base, path):
            if workshop.catalogue.find(name) is None:
                yield name, path


def _list_declared(top: Path, base: Base, path: str) -> list[str]:
    """List the falsifiers that a source of the base declares; none where it cannot be read."""
    try:
        source = read_git_file(top, base.tip, path)
        reader = DeclarationReader(parse_source(source), source, path)
    except (PvError, SourceSyntaxError):
        return []
    return [declaration.name for declaration in reader.iter_declarations()]


def _iter_models(workshop: Workshop, files: ChangedFiles) -> Iterator[tuple[str, str]]:
    top = os.path.realpath(files.top)
    search = workshop.model_search
    names = {*search.names, *(Path(path).stem for path in files.every)}
    names |= {Path(path).name for path in files.every}
    for name in sorted(names):
        for place in search.iter_places(name):
            inside = Path(os.path.relpath(os.path.realpath(place.path), top)).as_posix()
            if inside in files.every:
                yield name, inside
                break


def _iter_contracts(changes: Iterable[ContractChange]) -> Iterator[tuple[str, str]]:
    for change in changes:
        if change.state == "deleted":
            yield change.file.stem, "was taken away"
        elif change.state == "renamed" and change.before is not None:
            yield Path(change.before.path).stem, f"is {change.shown} now"
        elif change.comparison is not None:
            bump = max((each.bump for each in change.comparison.of_people), default=Bump.NONE)
            if bump >= Bump.MINOR:
                yield change.file.stem, f"changed ({bump.name.lower()})"


def find_dependents(files: Sequence[Path], causes: Causes) -> list[ContractBytes]:
    """Find the contracts that write one of the names somewhere, by their bytes; who reads them decides."""
    wanted = [name.encode() for name in causes.names]
    read = read_all(files)[0] if wanted else []
    return [file for file in read if any(name in file.raw for name in wanted)]


def list_reasons(
    view: ContractView, causes: Causes, change: ContractChange | None
) -> dict[str, tuple[str, ...]]:
    """List why each test of a contract may have another result now; tests without a reason are left out."""
    reasons: dict[str, list[str]] = {}
    around = [*_iter_contract_reasons(view, causes)]
    for name, test in view.loaded.tests.items():
        found = [*_iter_own_reasons(view, name, change), *around]
        if test.falsifier is not None and test.falsifier in causes.falsifiers:
            found.append(f"its falsifier runs {causes.falsifiers[test.falsifier]}, which changed")
        found += [
            f"its input {causes.models[required.model]} changed"
            for required in test.requires or ()
            if required.model in causes.models
        ]
        if found:
            reasons[name] = found
    _follow_dependencies(view, reasons)
    return {name: tuple(found) for name, found in reasons.items()}


def _iter_contract_reasons(view: ContractView, causes: Causes) -> Iterator[str]:
    for mention in gather_facts(view.loaded.document).depends_on:
        stem = parse_contract_reference(mention.name).stem
        if stem in causes.contracts:
            yield f"its contract depends on {stem}, which {causes.contracts[stem]}"


def _iter_own_reasons(view: ContractView, name: str, change: ContractChange | None) -> Iterator[str]:
    if change is None:
        return
    old = change.before.loaded if change.before is not None else None
    if old is None or name not in old.tests:
        yield "it is new"
        return
    claims = view.loaded.claims[name], old.claims[name]
    if any(claim.issues for claim in claims) or claims[0].digest != claims[1].digest:
        yield "its claim changed"
    if old.tests[name].evidence != view.loaded.tests[name].evidence:
        yield "it has new evidence"
    if old.id != view.loaded.id:
        yield "its contract has another id"


def _follow_dependencies(view: ContractView, reasons: dict[str, list[str]]) -> None:
    """Add the tests that depend on one with a reason, directly or not."""
    waiting = list(reasons)
    while waiting:
        name = waiting.pop()
        for other, test in view.loaded.tests.items():
            if name in (test.depends_on or ()):
                if other not in reasons:
                    waiting.append(other)
                reasons.setdefault(other, []).append(f"it depends on {name}")
