"""Resolve where falsifiers are looked for: the project's own entries, and the installed entry points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.registry.closure import RESERVED_NAMES, FirstParty
from pvengine.registry.sources import ModuleSource, iter_folder_modules, iter_modules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["GROUP", "Entry", "resolve_entry_points", "resolve_project_entries"]

GROUP = "pv.falsifiers"
"""Entry-point group through which installed packages offer falsifiers."""

_MODULE_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One place that falsifiers come from: the modules to search, and what counts as first party there."""

    origin: str
    modules: tuple[ModuleSource, ...]
    first_party: FirstParty
    diagnostics: tuple[Diagnostic, ...] = ()


def resolve_project_entries(project_root: Path, entries: Sequence[str]) -> Iterator[Entry]:
    """Resolve the entries of a project's configuration, in their order.

    Each is a `.py` file, a folder or a module name, relative to the project root. The import roots of all
    of them together are first party, so that the falsifiers of a project can share modules.
    """
    resolved: list[tuple[str, tuple[Path, ...], tuple[ModuleSource, ...]]] = []
    for text in entries:
        try:
            resolved.append((text, *_resolve_roots(project_root, text)))
        except OSError as error:
            yield _report_unreadable(f"project {text}", error)
    all_roots = tuple(dict.fromkeys(root for _, roots, _ in resolved for root in roots))
    for text, roots, modules in resolved:
        origin = f"project {text}"
        if not modules and (project_root / text).is_dir():
            yield Entry(origin, (), FirstParty(None))  # a new project: there is nothing wrong with it yet
        elif not modules:
            yield Entry(origin, (), FirstParty(None), (_report_missing(project_root, text),))
        elif roots:
            own_first = tuple(dict.fromkeys((*roots, *all_roots)))
            yield _make_entry(origin, modules, FirstParty(None, own_first))
        else:
            yield _make_entry(origin, modules, FirstParty(modules[0].name.partition(".")[0]))


def resolve_entry_points() -> Iterator[Entry]:
    """Resolve the installed entry points of the group, in order of their names."""
    found = {(point.name, point.module) for point in entry_points(group=GROUP)}
    for name, module in sorted(found):
        origin = f"entry point {name}"
        try:
            modules = tuple(iter_modules(module))
        except OSError as error:
            yield _report_unreadable(origin, error)
            continue
        if not modules:
            finding = get_rule("PV405").report(
                f"{origin} names the module {module}, which has no source here",
                origin,
                fix="reinstall the package that declares it, or remove that package",
            )
            yield Entry(origin, (), FirstParty(None), (finding,))
        else:
            yield _make_entry(origin, modules, FirstParty(module.partition(".")[0]))


def _resolve_roots(project_root: Path, text: str) -> tuple[tuple[Path, ...], tuple[ModuleSource, ...]]:
    """Return the import roots (none where it is installed) and the modules (none where it is missing)."""
    path = (project_root / text).resolve()
    if path.suffix == ".py" and path.is_file() and "." not in path.stem:
        source = ModuleSource(path.stem, path, path.read_bytes(), is_package=False)
        return (path.parent,), (source,)
    if path.is_dir():
        if (path / "__init__.py").is_file():
            return (path.parent,), tuple(iter_modules(path.name, [path.parent]))
        return (path,), tuple(iter_folder_modules(path))
    if not _MODULE_NAME.fullmatch(text):
        return (), ()
    for root in (project_root.resolve(), project_root.resolve() / "src"):
        modules = tuple(iter_modules(text, [root]))
        if modules:
            return (root,), modules
    return (), tuple(iter_modules(text))


def _make_entry(origin: str, modules: tuple[ModuleSource, ...], first_party: FirstParty) -> Entry:
    """Leave out modules whose names a worker has taken already: it would run the other one."""
    taken = [module for module in modules if module.name.partition(".")[0] in RESERVED_NAMES]
    diagnostics = tuple(
        get_rule("PV405").report(
            f"the module name {module.name!r} is taken by the standard library or the engine",
            str(module.path),
            fix="rename the file",
        )
        for module in taken
    )
    return Entry(origin, tuple(module for module in modules if module not in taken), first_party, diagnostics)


def _report_unreadable(origin: str, error: OSError) -> Entry:
    message = f"{origin} cannot be read: {error.strerror or error}"
    finding = get_rule("PV405").report(message, str(error.filename or origin))
    return Entry(origin, (), FirstParty(None), (finding,))


def _report_missing(project_root: Path, text: str) -> Diagnostic:
    path = project_root / text
    if _MODULE_NAME.fullmatch(text):
        message = (
            f"{text!r} of [tool.pv] falsifiers does not exist: looked for the folder {path}, "
            f"for a module of that name below {project_root} and {project_root / 'src'}, "
            "and in the installed packages"
        )
    else:
        message = f"{text!r} of [tool.pv] falsifiers does not exist: looked for the file or folder {path}"
    return get_rule("PV405").report(
        message,
        text,
        fix="correct the entry; it is a .py file, a folder or a module name, relative to the project",
    )
