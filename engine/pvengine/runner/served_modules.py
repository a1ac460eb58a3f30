"""Import exactly the bytes that the source digest covers, and refuse first-party modules that it does not.

No `.pyc` is read or written: a cached file is trusted by size and time, and an edit that keeps both would
run old code under a new digest.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
from importlib.readers import FileReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import types
    from collections.abc import Iterable, Sequence

    from pvengine.registry.sources import ModuleSource

__all__ = ["ServedFinder", "ServedLoader", "import_aside", "serve_modules"]


class ServedLoader(importlib.abc.ExecutionLoader):
    """Load one module from its bytes."""

    def __init__(self, module: ModuleSource) -> None:
        self.path = str(module.path)
        self._module = module

    def is_package(self, fullname: str) -> bool:  # noqa: ARG002 - one loader serves one module
        """Whether the module is a package."""
        return self._module.is_package

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - one loader serves one module
        """Return the path that the source was read from."""
        return self.path

    def get_source(self, fullname: str) -> str:  # noqa: ARG002 - one loader serves one module
        """Return the source as it was sent, whatever the file holds by now."""
        return importlib.util.decode_source(self._module.source)

    def get_code(self, fullname: str) -> types.CodeType:  # noqa: ARG002 - one loader serves one module
        """Compile the bytes as they were sent."""
        return compile(self._module.source, self.path, "exec", dont_inherit=True)

    def get_data(self, path: str) -> bytes:
        """Read a data file of the package from the disk; the digest does not cover data."""
        return Path(path).read_bytes()

    def get_resource_reader(self, fullname: str) -> FileReader:  # noqa: ARG002 - one loader serves one module
        """Read data files of the package through `importlib.resources`."""
        return FileReader(cast("Any", self))  # it reads `path` alone


class ServedFinder(importlib.abc.MetaPathFinder):
    """Find the modules that were sent; refuse the other first-party ones."""

    def __init__(self, modules: Iterable[ModuleSource], first_party: Iterable[str] = ()) -> None:
        self._modules = {module.name: module for module in modules}
        self._namespaces = {
            name[:position]
            for name in self._modules
            for position, character in enumerate(name)
            if character == "." and name[:position] not in self._modules
        }
        self._first_party = {name.partition(".")[0] for name in self._modules} | set(first_party)

    def has(self, fullname: str) -> bool:
        """Whether a name is that of a module that was sent, or of a namespace above one."""
        return fullname in self._modules or fullname in self._namespaces

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,  # noqa: ARG002 - part of the interface
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module that was sent.

        Raises
        ------
        ModuleNotFoundError
            The module is first party and was not sent.
        """
        module = self._modules.get(fullname)
        if module is not None:
            folder = [str(module.path.parent)] if module.is_package else None
            return importlib.util.spec_from_file_location(
                fullname, module.path, loader=ServedLoader(module), submodule_search_locations=folder
            )
        if fullname in self._namespaces:
            return importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        if fullname.partition(".")[0] in self._first_party and _is_there(fullname, path):
            raise ModuleNotFoundError(
                f"{fullname} is not covered by the source digest: no import statement of the falsifier's "
                f"modules names it; write `import {fullname}` where it is used",
                name=fullname,
            )
        return None


def _is_there(fullname: str, path: Sequence[str] | None) -> bool:
    """Whether a module is on the disk; a top-level one is named as first party only when it is."""
    return path is None or importlib.machinery.PathFinder.find_spec(fullname, path) is not None


def serve_modules(modules: Sequence[ModuleSource], first_party: Iterable[str]) -> None:
    """Serve modules to this process, before any other finder, tracebacks included.

    Raises
    ------
    ImportError
        The name of a module is taken by one that the worker has loaded itself.
    """
    taken = [module.name for module in modules if module.name in sys.modules]
    if taken:
        raise ImportError(f"the module name {taken[0]!r} is taken by a library of the worker", name=taken[0])
    for module in modules:
        try:
            lines = importlib.util.decode_source(module.source).splitlines(keepends=True)
        except (SyntaxError, UnicodeDecodeError):
            continue  # importing it says so
        linecache.cache[str(module.path)] = (len(module.source), None, lines, str(module.path))
    sys.meta_path.insert(0, ServedFinder(modules, first_party))


def import_aside(
    name: str,
    modules: Sequence[ModuleSource],
    changed: Sequence[ModuleSource],
    first_party: Iterable[str],
) -> types.ModuleType:
    """Import a served module once more, with modules of its own of which some have another source.

    Afterwards the names stand for the modules that they stood for before: nothing but what the second
    import made has seen the other source.
    """
    served = {module.name: module for module in (*modules, *changed)}
    finder = ServedFinder(served.values(), first_party)
    kept = {each: module for each, module in sys.modules.items() if finder.has(each)}
    for each in kept:
        del sys.modules[each]
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module(name)
    finally:
        sys.meta_path.remove(finder)
        for each in [each for each in sys.modules if finder.has(each)]:
            del sys.modules[each]
        sys.modules.update(kept)
