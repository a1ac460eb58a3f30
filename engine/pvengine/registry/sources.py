"""Find and read the source of modules without importing them, or anything above them."""

from __future__ import annotations

import ast
import functools
import re
import sys
import threading
import tokenize
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "ModuleSource",
    "SourceSyntaxError",
    "find_installed",
    "find_module",
    "iter_folder_modules",
    "iter_modules",
    "iter_top_level_names",
    "parse_source",
    "read_lines",
]

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_parse_lock = threading.Lock()


class SourceSyntaxError(Exception):
    """A source that is no Python: the message, and the line and column (counted from 1) where known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """A module by its dotted name, with the bytes of its file as they were read."""

    name: str
    path: Path
    source: bytes
    is_package: bool


@functools.lru_cache(maxsize=1024)
def parse_source(source: bytes) -> ast.Module:
    """Parse the bytes of a module, in the encoding that they declare (PEP 263).

    Raises
    ------
    SourceSyntaxError
        The bytes are no Python source of this interpreter's version, or not in their encoding.
    """
    try:
        # A warning about the source, such as an invalid escape, is the author's business, not a failure.
        with _parse_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        raise SourceSyntaxError(error.msg, error.lineno, error.offset) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise SourceSyntaxError(str(error) or type(error).__name__) from error


def read_lines(source: bytes) -> list[str]:
    """Return the lines of a source as the parser counts them, without their line breaks.

    A form feed or a Unicode separator does not end a line. Bytes outside the encoding are replaced.
    """
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
    except SyntaxError:
        encoding = "utf-8"
    return _LINE_BREAK.split(source.decode(encoding, errors="replace"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a module is: its file (None for a namespace package) and where its submodules are."""

    file: Path | None
    folders: tuple[Path, ...] = ()

    def read(self, name: str) -> ModuleSource | None:
        """Read the module's file; None for a namespace package, which has none."""
        if self.file is None:
            return None
        return ModuleSource(name, self.file, self.file.read_bytes(), is_package=bool(self.folders))


def _find_part(part: str, folders: Sequence[Path]) -> _Place | None:
    portions: list[Path] = []
    for folder in folders:
        package = folder / part
        if (package / "__init__.py").is_file():
            return _Place(package / "__init__.py", (package,))
        if (folder / f"{part}.py").is_file():
            return _Place(folder / f"{part}.py")
        if package.is_dir():
            portions.append(package)
    return _Place(None, tuple(portions)) if portions else None


def _walk_parts(parts: Sequence[str], folders: Sequence[Path]) -> _Place | None:
    place: _Place | None = None
    for part in parts:
        place = _find_part(part, folders) if part.isidentifier() else None
        if place is None:
            return None
        folders = place.folders
    return place


def _find_top_level(name: str) -> _Place | None:
    """Ask the import system where a top-level name is; for a top-level name that imports nothing."""
    for finder in sys.meta_path:
        find_spec = getattr(finder, "find_spec", None)
        spec = find_spec(name, None) if find_spec is not None else None
        if spec is None:
            continue
        folders = tuple(Path(folder) for folder in spec.submodule_search_locations or ())
        file = (
            Path(spec.origin) if spec.has_location and spec.origin and spec.origin.endswith(".py") else None
        )
        return _Place(file, folders) if file or folders else None
    return None


def _find_installed_place(name: str) -> _Place | None:
    top, *rest = name.split(".")
    place = _find_top_level(top)
    return _walk_parts(rest, place.folders) if place is not None and rest else place


def find_module(name: str, folders: Sequence[Path]) -> ModuleSource | None:
    """Find a module below folders that are import roots; None where there is no source file."""
    place = _walk_parts(name.split("."), folders)
    return place.read(name) if place else None


def find_installed(name: str) -> ModuleSource | None:
    """Find a module of the installed environment; None where there is no source file.

    Works for regular and namespace packages and for editable installs of both kinds (a path file, or a
    finder that redirects a top-level name).
    """
    place = _find_installed_place(name)
    return place.read(name) if place else None


def iter_modules(name: str, roots: Sequence[Path] | None = None) -> Iterator[ModuleSource]:
    """Iterate over a module and, where it is a package, all modules below it, in order of their names.

    ``roots`` are the import roots that it is looked for in; None stands for the installed environment.
    Nothing is yielded where there is no such module.
    """
    place = _find_installed_place(name) if roots is None else _walk_parts(name.split("."), roots)
    if place is not None:
        yield from _iter_below(name, place)


def _iter_below(name: str, place: _Place) -> Iterator[ModuleSource]:
    module = place.read(name)
    if module is not None:
        yield module
    for part in sorted(_iter_parts(place.folders)):
        below = _find_part(part, place.folders)
        if below is not None:
            yield from _iter_below(f"{name}.{part}", below)


def _iter_parts(folders: Sequence[Path]) -> set[str]:
    """Collect the names of modules and sub-packages directly below folders."""
    parts: set[str] = set()
    for folder in folders:
        for child in folder.iterdir():
            is_folder = child.is_dir() and not child.is_symlink() and not (child / "pyvenv.cfg").exists()
            part = child.name if is_folder else child.stem
            is_module = is_folder or (child.suffix == ".py" and child.is_file())
            if is_module and part.isidentifier() and part not in ("__init__", "__pycache__"):
                parts.add(part)
    return parts


def iter_folder_modules(folder: Path) -> Iterator[ModuleSource]:
    """Iterate over all modules below a folder that is an import root itself, in order of their names."""
    for part in sorted(_iter_parts([folder])):
        place = _find_part(part, [folder])
        if place is not None:
            yield from _iter_below(part, place)


def iter_top_level_names(folders: Sequence[Path]) -> Iterator[str]:
    """Iterate over the top-level modules and regular packages that import roots hold, sorted."""
    for part in sorted(_iter_parts([folder for folder in folders if folder.is_dir()])):
        place = _find_part(part, folders)
        if place is not None and place.file is not None:
            yield part
