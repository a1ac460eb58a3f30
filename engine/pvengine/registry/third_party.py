"""Find the distributions that a falsifier's code imports, and the versions that are installed.

What is imported is read from import statements at any place, those in functions and behind conditions
included; nothing is run. Third party is what is neither in the standard library nor first party nor
`pvengine`.
"""

from __future__ import annotations

import sys
from functools import cached_property
from importlib import metadata
from typing import TYPE_CHECKING

from pvengine.models.report import PackageChange
from pvengine.registry.closure import iter_imported_names
from pvengine.registry.sources import parse_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pvengine.registry.catalogue import SourceClosure

__all__ = ["InstalledPackages", "list_imported_modules"]

_NEVER = sys.stdlib_module_names | {"pvengine", "__main__"}


def list_imported_modules(closure: SourceClosure) -> tuple[str, ...]:
    """List the third-party modules that a closure imports, by their dotted names, sorted.

    ``from a import b`` gives ``a.b`` whether or not that is a module; ``a`` alone is left out where a longer
    name has it.
    """
    own = {module.name for module in closure.modules}
    first_party: set[str] = set()
    foreign: set[str] = set()
    for module in closure.modules:
        tree = parse_source(module.source)
        for name in iter_imported_names(tree, module.name, is_package=module.is_package):
            top = name.partition(".")[0]
            if top not in _NEVER:
                is_own = top in closure.first_party or not own.isdisjoint(_iter_prefixes(name))
                (first_party if is_own else foreign).add(name)
    above = {prefix for name in (*first_party, *foreign) for prefix in _iter_prefixes(name) if prefix != name}
    return tuple(sorted(foreign - above))


def _iter_prefixes(name: str) -> Iterator[str]:
    """Iterate over a dotted name and the names of the packages above it, the longest first."""
    while name:
        yield name
        name = name.rpartition(".")[0]


class InstalledPackages:
    """The distributions of an environment, as they are when first asked about.

    ``path`` has the folders that are looked into; None stands for those of this interpreter.
    """

    def __init__(self, path: Sequence[str] | None = None) -> None:
        self._path = list(sys.path if path is None else path)
        self._versions: dict[str, str | None] = {}
        self._paths: dict[str, frozenset[str]] = {}

    def find_packages(self, modules: Iterable[str]) -> dict[str, str | None]:
        """Find the versions of the distributions that modules belong to, by the name of each.

        A module that no distribution has, such as a loose file or one that is not installed, stands there
        with the first part of its own name and None.
        """
        found: dict[str, str | None] = {}
        loose = []
        for module in modules:
            names = self.find_distributions(module)
            found |= {name: self.find_version(name) for name in names}
            loose += [] if names else [module.partition(".")[0]]
        return {**dict.fromkeys(loose), **found}

    def find_version(self, distribution: str) -> str | None:
        """Find the version of a distribution; None where it is not installed."""
        if distribution not in self._versions:
            found = self._find(distribution)
            self._versions[distribution] = None if found is None else _read(found, "Version") or "unknown"
        return self._versions[distribution]

    def find_distributions(self, module: str) -> tuple[str, ...]:
        """Find the distributions that a module belongs to; several may share its top-level name.

        Of these, those count that hold the longest part of the dotted name, because distributions share a
        namespace package, such as `google`, and not what is below it.
        """
        sharing = self._providers.get(module.partition(".")[0], ())
        if len(sharing) > 1:
            for prefix in _iter_prefixes(module):
                holding = tuple(name for name in sharing if prefix in self._list_paths(name))
                if holding and "." in prefix:
                    return holding
        return sharing

    def list_changes(self, recorded: Mapping[str, str | None]) -> tuple[PackageChange, ...]:
        """List what has another version now than `find_packages` gave once, in the order of the names."""
        found = ((name, was, self._find_again(name, was)) for name, was in sorted(recorded.items()))
        return tuple(PackageChange(name=name, was=was, now=now) for name, was, now in found if now != was)

    def _find_again(self, name: str, was: str | None) -> str | None:
        """Find the version of a distribution, or which distributions have a module that none had."""
        if was is not None:
            return self.find_version(name)
        found = self.find_packages([name])
        return ", ".join(f"{each} {version}" for each, version in found.items() if version) or None

    @cached_property
    def _providers(self) -> dict[str, tuple[str, ...]]:
        """The distributions that have each top-level module."""
        found: dict[str, list[str]] = {}
        for name, distribution in self._distributions.items():
            for top in _list_top_level(distribution):
                found.setdefault(top, []).append(name)
        return {top: tuple(names) for top, names in found.items()}

    @cached_property
    def _distributions(self) -> dict[str, metadata.Distribution]:
        """All distributions by their names; of two with one name the first of the path counts."""
        found: dict[str, metadata.Distribution] = {}
        for distribution in metadata.distributions(path=self._path):
            name = _read(distribution, "Name")
            if name:
                found.setdefault(name, distribution)
        return found

    def _find(self, name: str) -> metadata.Distribution | None:
        """Find a distribution by the name of its folder, else among all: some folders have unusual names."""
        found = next(iter(metadata.distributions(name=name, path=self._path)), None)
        return found or self._distributions.get(name)

    def _list_paths(self, name: str) -> frozenset[str]:
        """List the dotted names of the modules and packages whose files a distribution holds."""
        if name not in self._paths:
            found = self._find(name)
            modules = (_name_module(file.parts) for file in (found.files if found else None) or ())
            self._paths[name] = frozenset(
                prefix for module in modules if module for prefix in _iter_prefixes(module)
            )
        return self._paths[name]


def _read(distribution: metadata.Distribution, key: str) -> str:
    """Read a key of the metadata; empty where a broken installation lacks it."""
    return str(distribution.metadata[key]) if key in distribution.metadata else ""


def _list_top_level(distribution: metadata.Distribution) -> set[str]:
    """List the top-level modules of a distribution: those that it declares, else those of its files."""
    declared = (distribution.read_text("top_level.txt") or "").split()
    if declared:
        return set(declared)
    names = {_name_module(file.parts) for file in distribution.files or ()}
    return {name.partition(".")[0] for name in names if name}


def _name_module(parts: Sequence[str]) -> str | None:
    """Return the dotted name of the module that a file is; None for a file that is none."""
    stem, dot, suffix = parts[-1].partition(".")
    *folders, last = parts[:-1] if stem == "__init__" and len(parts) > 1 else (*parts[:-1], stem)
    names = [*folders, last]
    is_module = bool(dot) and suffix.rpartition(".")[2] in {"py", "so", "pyd"}
    return ".".join(names) if is_module and all(name.isidentifier() for name in names) else None
