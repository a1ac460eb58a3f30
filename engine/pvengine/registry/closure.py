"""Collect the first-party modules that a falsifier can run, by reading import statements.

First party is the falsifier's own top-level package, or, for a falsifier of the project, what lies below the
project's import roots; and in any case every importable module whose file lies below the project root, such
as a package that the project installs in editable mode. All import statements count, also those inside
functions, and so do the packages above each module, because importing a module runs them. `pvengine` never
counts: its version is part of the environment. What an import hides from reading (`importlib.import_module`
with a computed name) is refused by the worker.
"""

from __future__ import annotations

import ast
import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.errors import RegistrationError
from pvengine.registry.sources import (
    SourceSyntaxError,
    find_installed,
    find_module,
    iter_top_level_names,
    parse_source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pvengine.registry.sources import ModuleSource

__all__ = [
    "RESERVED_NAMES",
    "FirstParty",
    "collect_closure",
    "is_project_file",
    "iter_imported_names",
    "resolve_base",
]

RESERVED_NAMES = sys.stdlib_module_names | {"pvengine", "numpy", "pydantic", "pydantic_core"}
"""Top-level names that are never first party: a worker has loaded its own modules under them."""

_WHY = "the source digest covers every module that a falsifier runs"


@dataclass(frozen=True, slots=True)
class FirstParty:
    """The modules whose source belongs to a falsifier.

    Either an installed top-level package, or all that is below import roots of the project; besides, what
    can be imported from below the project root.
    """

    package: str | None
    roots: tuple[Path, ...] = ()
    project: Path | None = None

    def find(self, name: str) -> ModuleSource | None:
        """Find the source of a module that is first party; None for any other."""
        top = name.partition(".")[0]
        if top in RESERVED_NAMES:
            return None
        if self.package is None:
            own = find_module(name, self.roots)
        else:
            own = find_installed(name) if top == self.package else None
        return own or self._find_in_project(name)

    def _find_in_project(self, name: str) -> ModuleSource | None:
        source = find_installed(name) if self.project is not None else None
        return source if source is not None and is_project_file(source.path, self.project) else None

    def list_top_level_names(self) -> tuple[str, ...]:
        """List the top-level names that are first party."""
        if self.package is not None:
            return (self.package,)
        return tuple(name for name in iter_top_level_names(self.roots) if name not in RESERVED_NAMES)


def is_project_file(path: Path, project: Path | None) -> bool:
    """Whether a file lies below the project root and is none of an environment that lies there too."""
    if project is None or {"site-packages", "dist-packages"} & set(path.parts):
        return False
    return path.resolve().is_relative_to(project)


def collect_closure(module: ModuleSource, first_party: FirstParty) -> tuple[ModuleSource, ...]:
    """Collect a module and the first-party modules that it imports, directly or not, sorted by name.

    Raises
    ------
    RegistrationError
        A module of the closure cannot be read or parsed.
    """
    found: dict[str, ModuleSource | None] = {module.name: module}
    queue = [module, *_find_new(module.name, first_party, found)]
    while queue:
        current = queue.pop()
        for name in _list_imported_names(_parse(current), current.name, current.is_package):
            queue.extend(_find_new(name, first_party, found))
    modules = [source for source in found.values() if source is not None]
    return tuple(sorted(modules, key=lambda source: source.name))


def _parse(module: ModuleSource) -> ast.Module:
    try:
        return parse_source(module.source)
    except SourceSyntaxError as error:
        raise RegistrationError(
            f"the module {module.name} cannot be parsed: {error}",
            where=f"{module.path}:{error.line or 1}:{error.column or 1}",
            why=_WHY,
        ) from error


@functools.lru_cache(maxsize=1024)
def _list_imported_names(tree: ast.Module, module: str, is_package: bool) -> tuple[str, ...]:  # noqa: FBT001 - a key
    """List what a tree imports; falsifiers share modules, and the tree of a source is parsed once."""
    return tuple(iter_imported_names(tree, module, is_package=is_package))


def _find_new(
    name: str, first_party: FirstParty, found: dict[str, ModuleSource | None]
) -> Iterator[ModuleSource]:
    """Look up a name and the packages above it; remember every answer, yield the modules that are new."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        prefix = ".".join(parts[:length])
        if prefix in found:
            continue
        try:
            found[prefix] = source = first_party.find(prefix)
        except OSError as error:
            raise RegistrationError(
                f"the module {prefix} cannot be read: {error.strerror or error}",
                where=str(error.filename or prefix),
                why=_WHY,
            ) from error
        if source is not None:
            yield source


def iter_imported_names(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[str]:
    """Iterate over the absolute dotted names that a module's import statements can load.

    ``from a import b`` gives ``a`` and ``a.b``, because ``b`` may be a submodule.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_base(node, module, is_package=is_package)
            if base:
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*")


def resolve_base(node: ast.ImportFrom, module: str, *, is_package: bool) -> str | None:
    """Resolve the module that names are imported from; None for a relative import beyond the top."""
    if not node.level:
        return node.module
    package = module.split(".") if is_package else module.split(".")[:-1]
    if node.level > len(package):
        return None
    kept = package[: len(package) - node.level + 1]
    return ".".join([*kept, node.module] if node.module else kept)
