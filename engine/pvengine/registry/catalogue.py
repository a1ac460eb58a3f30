"""The falsifiers that a project can name, with their sources; nothing of them is run to find them."""

from __future__ import annotations

import difflib
import functools
import importlib
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, SourceRange, get_rule
from pvengine.registry.closure import FirstParty, collect_closure
from pvengine.registry.declarations import Declaration, DeclarationReader
from pvengine.registry.digest import source_digest
from pvengine.registry.entries import Entry, resolve_entry_points, resolve_project_entries
from pvengine.registry.sources import ModuleSource, SourceSyntaxError, parse_source, read_lines
from pvengine.registry.third_party import list_imported_modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Catalogue", "FalsifierSource", "SourceClosure", "discover"]


@dataclass(frozen=True, slots=True)
class SourceClosure:
    """The first-party modules that a falsifier can run, sorted by name, and the digest over them.

    ``first_party`` names the top-level modules that belong to the falsifier: a worker refuses those that
    are not among ``modules``, because the digest does not cover them. So are files below ``project``.
    """

    modules: tuple[ModuleSource, ...]
    digest: str
    first_party: tuple[str, ...] = ()
    project: Path | None = None


@dataclass(frozen=True)
class FalsifierSource:
    """A falsifier as its source declares it.

    Line and column count from 1 and are those of its name. ``planted_faults`` is None where the source does
    not spell their names out; a worker can then describe it.
    """

    name: str
    module: str
    path: Path
    line: int
    column: int
    summary: str
    planted_faults: tuple[str, ...] | None
    origin: str
    source: ModuleSource = field(repr=False)
    first_party: FirstParty = field(repr=False)

    @functools.cached_property
    def closure(self) -> SourceClosure:
        """The sources that it runs and their digest, read when first asked for.

        Raises
        ------
        RegistrationError
            A module that it imports cannot be read or parsed.
        """
        modules = collect_closure(self.source, self.first_party)
        return SourceClosure(
            modules, source_digest(modules), self.first_party.list_top_level_names(), self.first_party.project
        )

    @functools.cached_property
    def third_party(self) -> tuple[str, ...]:
        """The third-party modules that it imports, by their dotted names; raises what `closure` does."""
        return list_imported_modules(self.closure)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All falsifiers of a project by name, and what is wrong with those that are not among them.

    ``consulted`` has the files that were read and the folders that were looked through: what is found can
    change only when one of them does. ``toothless`` names falsifiers that are none: without a planted fault.
    """

    falsifiers: Mapping[str, FalsifierSource]
    diagnostics: tuple[Diagnostic, ...] = ()
    duplicates: frozenset[str] = frozenset()
    consulted: tuple[Path, ...] = ()
    toothless: frozenset[str] = frozenset()

    def find(self, name: str) -> FalsifierSource | None:
        """Find a falsifier by its name; None where there is none, or where two have the name."""
        return self.falsifiers.get(name)

    def suggest(self, name: str) -> str | None:
        """Suggest the name that a misspelt one was meant to be; None where nothing is near."""
        near = difflib.get_close_matches(name, self.falsifiers, n=1)
        return near[0] if near else None


def discover(project_root: Path, entries: Sequence[str] = ()) -> Catalogue:
    """Find the falsifiers of a project's own entries and of the installed packages.

    A source that cannot be read is a diagnostic and does not stop the others. A name that two falsifiers
    have is reported and belongs to neither.
    """
    importlib.invalidate_caches()
    root = project_root.resolve()
    search = _Search(root, [root / entry for entry in entries])
    search.add(resolve_project_entries(search.project_root, entries))
    search.add(resolve_entry_points())
    return search.finish()


class _Search:
    """What was found so far, by name."""

    def __init__(self, project_root: Path, roots: Sequence[Path]) -> None:
        self.project_root = project_root
        self._found: dict[str, list[tuple[FalsifierSource, SourceRange]]] = {}
        self._diagnostics: list[Diagnostic] = []
        self._seen: set[Path] = set()
        self._roots = roots
        self._toothless: set[str] = set()

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._diagnostics.extend(entry.diagnostics)
            for module in entry.modules:
                path = module.path.resolve()
                if path not in self._seen:
                    self._seen.add(path)
                    for declaration in self._read_module(module):
                        source = _make_source(declaration, module, entry, self.project_root)
                        self._found.setdefault(source.name, []).append((source, declaration.place))

    def finish(self) -> Catalogue:
        duplicates = frozenset(name for name, sources in self._found.items() if len(sources) > 1)
        for name in duplicates:
            self._diagnostics.extend(_report_duplicates(name, [place for _, place in self._found[name]]))
        usable = {name: self._found[name][0][0] for name in sorted(self._found.keys() - duplicates)}
        findings = tuple(sorted(self._diagnostics, key=lambda finding: finding.sort_key))
        return Catalogue(
            MappingProxyType(usable), findings, duplicates, self._list_consulted(), frozenset(self._toothless)
        )

    def _list_consulted(self) -> tuple[Path, ...]:
        folders = {path.parent for path in self._seen} | set(self._roots)
        return tuple(sorted(folders | self._seen))

    def _read_module(self, module: ModuleSource) -> Iterator[Declaration]:
        path = self._show_path(module.path)
        try:
            tree = parse_source(module.source)
        except SourceSyntaxError as error:
            self._diagnostics.append(_report_syntax(error, module.source, path))
            return
        reader = DeclarationReader(tree, module.source, path)
        yield from reader.iter_declarations()
        self._diagnostics.extend(reader.diagnostics)
        self._toothless |= reader.toothless

    def _show_path(self, path: Path) -> str:
        """Return a path relative to the project where it lies in it."""
        return str(path.relative_to(self.project_root) if path.is_relative_to(self.project_root) else path)


def _make_source(
    declaration: Declaration, module: ModuleSource, entry: Entry, project: Path
) -> FalsifierSource:
    return FalsifierSource(
        declaration.name,
        module.name,
        module.path,
        declaration.place.line,
        declaration.place.column,
        declaration.summary,
        declaration.planted_faults,
        entry.origin,
        module,
        replace(entry.first_party, project=project),
    )


def _report_syntax(error: SourceSyntaxError, source: bytes, path: str) -> Diagnostic:
    message = f"cannot be parsed: {error}"
    if error.line is None:
        return get_rule("PV405").report(message, path)
    lines = read_lines(source)
    line = min(max(error.line, 1), len(lines))
    column = max(error.column or 1, 1)
    place = SourceRange(path, line, column, line, column + 1, lines[line - 1])
    return get_rule("PV405").report(message, place)


def _report_duplicates(name: str, places: list[SourceRange]) -> Iterator[Diagnostic]:
    for place in places:
        others = ", ".join(str(other) for other in places if other is not place)
        yield get_rule("PV404").report(
            f"falsifier {name!r} is also defined at {others}",
            place,
            fix="rename one; until then the name belongs to neither",
        )
