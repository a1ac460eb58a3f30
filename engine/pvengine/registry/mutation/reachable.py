"""Find the first-party code that a falsifier's subject runs, by reading: the subject, and what it names.

A name is followed through imports and re-exports of the falsifier's modules. What only running would tell (a
method of an object that was passed in, a function from a table) is not found, and so not mutated.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pvengine.registry.closure import resolve_base
from pvengine.registry.sources import parse_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pvengine.registry.sources import ModuleSource

__all__ = ["Region", "find_reachable"]

_HOPS = 10
"""Re-exports that a name is followed through."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr


@dataclass(frozen=True, slots=True)
class Region:
    """A function, a class or an expression of a module; ``depth`` is 0 for the subject itself."""

    module: str
    node: _Definition
    depth: int


class _Module:
    """The names that a module binds at its top level."""

    def __init__(self, source: ModuleSource) -> None:
        self.name = source.name
        self.is_package = source.is_package
        self.tree = parse_source(source.source)

    @cached_property
    def definitions(self) -> dict[str, _Definition]:
        """Functions, classes and assigned expressions by name; of several of one name the last."""
        found: dict[str, _Definition] = {}
        for statement in _iter_top_level(self.tree.body):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[statement.name] = statement
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                found |= {each.id: statement.value for each in targets if isinstance(each, ast.Name)}
        return found

    @cached_property
    def imports(self) -> dict[str, str]:
        """The dotted names that imported names stand for."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    found[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom):
                base = resolve_base(node, self.name, is_package=self.is_package)
                if base:
                    found |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names}
        return found


def _iter_top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in ("body", "orelse", "finalbody"):
                yield from _iter_top_level(getattr(statement, part, []))
            for handler in getattr(statement, "handlers", []):
                yield from _iter_top_level(handler.body)


def find_reachable(
    modules: Iterable[ModuleSource], module: str, falsifier: str, *, depth: int
) -> tuple[Region, ...]:
    """Find what the subject of a falsifier runs, each definition once, the nearest first.

    Parameters
    ----------
    modules
        The modules of the falsifier's closure.
    module, falsifier
        The module that declares the falsifier, and its name.
    depth
        How many calls below the subject are looked at; 0 is the subject alone.
    """
    known = {source.name: _Module(source) for source in modules}
    subject = _find_subject(known[module].tree, falsifier)
    if subject is None:
        return ()
    found: dict[int, Region] = {}
    wanted = [Region(module, subject, 0)]
    while wanted:
        region = wanted.pop(0)
        if id(region.node) in found or region.depth > depth:
            continue
        found[id(region.node)] = region
        # An expression that names the code, such as `subject=partial(f, 2)`, is no call of its own.
        below = region.depth + (not isinstance(region.node, ast.expr))
        wanted += [Region(name, node, below) for name, node in _iter_named(region, known)]
    return tuple(found.values())


def _find_subject(tree: ast.Module, falsifier: str) -> ast.expr | None:
    """Find the expression that a falsifier is given as its subject."""
    for function in ast.walk(tree):
        for decorator in getattr(function, "decorator_list", ()):
            if isinstance(decorator, ast.Call):
                given = [
                    *decorator.args[:1],
                    *(each.value for each in decorator.keywords if each.arg == "name"),
                ]
                if any(isinstance(each, ast.Constant) and each.value == falsifier for each in given):
                    return next((each.value for each in decorator.keywords if each.arg == "subject"), None)
    return None


def _iter_named(region: Region, known: Mapping[str, _Module]) -> Iterator[tuple[str, _Definition]]:
    for expression in _iter_expressions(region.node):
        for node in ast.walk(expression):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                definition = _find(_write_dotted(node), known[region.module], known, _HOPS)
                if definition is not None:
                    yield definition


def _iter_expressions(node: ast.AST) -> Iterator[ast.AST]:
    """Iterate over the parts of a definition that run with it: without decorators and annotations."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from node.args.defaults
        yield from filter(None, node.args.kw_defaults)
        yield from node.body
    elif isinstance(node, ast.ClassDef):
        yield from node.bases
        for statement in node.body:
            yield from _iter_expressions(statement)
    elif isinstance(node, ast.AnnAssign):
        yield from filter(None, [node.value])
    else:
        yield node


def _write_dotted(node: ast.expr) -> str | None:
    """Write a name or a chain of attributes of a name as a dotted name; None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _find(
    dotted: str | None, module: _Module, known: Mapping[str, _Module], hops: int
) -> tuple[str, _Definition] | None:
    """Find the definition that a dotted name of a module stands for, in whatever first-party module it is."""
    if dotted is None or not hops:
        return None
    first, _, rest = dotted.partition(".")
    definition = module.definitions.get(first)
    if definition is not None:
        return (module.name, definition) if not rest else None
    if first not in module.imports:
        return None
    full = ".".join(filter(None, [module.imports[first], rest]))
    name, _, last = full.rpartition(".")
    if name not in known:
        return None
    return _find(last, known[name], known, hops - 1)
