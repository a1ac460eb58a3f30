"""Make the mutants of a falsifier's subject: sources in which one node was changed.

What cannot matter, or would only crash, is left as it is: docstrings, annotations, decorators, the text of
messages, `raise` and `assert` statements, and conditions that do nothing but raise. Equal sources count once.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pvengine.registry.mutation.changes import iter_changes
from pvengine.registry.mutation.reachable import find_reachable
from pvengine.registry.sources import parse_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.registry.catalogue import FalsifierSource
    from pvengine.registry.mutation.reachable import Region
    from pvengine.registry.sources import ModuleSource

__all__ = ["DEPTH", "Mutant", "choose_mutants", "list_mutants"]

DEPTH = 2
"""Calls below the subject whose functions are mutated, too."""

_WIDTH = 60
"""Longest piece of code that a mutant is described by, in characters."""

_Path = tuple[tuple[str, int | None], ...]
"""Where a node is in a tree: the field, and the index in a list, of each step from the top."""


@dataclass(frozen=True)
class Mutant:
    """One change of one node; line and column, which count from 1, are those of the node."""

    kind: str
    module: ModuleSource
    function: str
    line: int
    column: int
    before: str
    after: str
    path: _Path
    changed: ast.AST

    @cached_property
    def source(self) -> ModuleSource:
        """The module with the change; layout and comments are gone, because nothing reads them."""
        tree = ast.parse(self.module.source)
        *steps, (field, index) = self.path
        parent: ast.AST = tree
        for name, number in steps:
            parent = _follow(parent, name, number)
        if index is None:
            setattr(parent, field, self.changed)
        else:
            getattr(parent, field)[index] = self.changed
        return replace(self.module, source=ast.unparse(ast.fix_missing_locations(tree)).encode())

    @property
    def identity(self) -> str:
        """What it is known by from run to run."""
        return f"{self.module.name}:{self.line}:{self.column}:{self.kind}:{self.before}:{self.after}"


def list_mutants(source: FalsifierSource, *, depth: int = DEPTH) -> tuple[Mutant, ...]:
    """List all mutants of a falsifier's subject and of what it calls, in the order of the text.

    Raises
    ------
    RegistrationError
        A module that the falsifier imports cannot be read.
    """
    modules = {module.name: module for module in source.closure.modules}
    regions = find_reachable(modules.values(), source.module, source.name, depth=depth)
    found: dict[tuple[str, str], Mutant] = {}
    for region in regions:
        for mutant in _iter_mutants(modules[region.module], region):
            found.setdefault((region.module, f"{mutant.path}{ast.dump(mutant.changed)}"), mutant)
    return tuple(sorted(found.values(), key=lambda each: (each.module.name, each.line, each.column)))


def choose_mutants(mutants: Sequence[Mutant], *, at_most: int, seed: int) -> tuple[Mutant, ...]:
    """Choose so many mutants by a seed, in the order of the text; the same on every machine.

    Each mutant has its own place in the lot, so that code which is added elsewhere moves no other.
    """
    drawn = sorted(mutants, key=lambda each: hashlib.sha256(f"{seed} {each.identity}".encode()).digest())
    chosen = set(map(id, drawn[:at_most]))
    return tuple(each for each in mutants if id(each) in chosen)


def _follow(node: ast.AST, field: str, index: int | None) -> ast.AST:
    value = getattr(node, field)
    found: ast.AST = value if index is None else value[index]
    return found


def _iter_mutants(module: ModuleSource, region: Region) -> Iterator[Mutant]:
    top = _find_path(parse_source(module.source), region.node)
    for path, node in _iter_nodes(region.node, top):
        for kind, changed in iter_changes(node):
            # A comprehension has no place of its own: that of its first part stands for it.
            placed = next(each for each in ast.walk(node) if isinstance(each, ast.expr | ast.stmt))
            line, column = placed.lineno, placed.col_offset + 1
            name = getattr(region.node, "name", "<expression>")
            yield Mutant(kind, module, name, line, column, _show(node), _show(changed), path, changed)


def _show(node: ast.AST) -> str:
    """Show a node on one line: of a statement with a body the first line."""
    text = ast.unparse(ast.fix_missing_locations(node)).strip().partition("\n")[0]
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."


def _find_path(tree: ast.AST, wanted: ast.AST) -> _Path:
    """Find the path of a node of a tree."""
    stack: list[tuple[_Path, ast.AST]] = [((), tree)]
    while stack:
        path, node = stack.pop()
        if node is wanted:
            return path
        stack += [((*path, step), child) for step, child in _iter_children(node)]
    msg = "the node is not of this tree"
    raise LookupError(msg)


def _iter_children(node: ast.AST) -> Iterator[tuple[tuple[str, int | None], ast.AST]]:
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield (field, None), value
        elif isinstance(value, list):
            yield from (
                ((field, index), item) for index, item in enumerate(value) if isinstance(item, ast.AST)
            )


def _iter_nodes(node: ast.AST, path: _Path) -> Iterator[tuple[_Path, ast.AST]]:
    """Iterate over the nodes below one, itself first, that may be changed."""
    if _is_inert(node):
        return
    yield path, node
    for step, child in _iter_children(node):
        if step[0] not in {"decorator_list", "annotation", "returns", "type_params"}:
            yield from _iter_nodes(child, (*path, step))


def _is_inert(node: ast.AST) -> bool:
    """Whether a node and what is below it stays: messages, docstrings, checks that do nothing but raise."""
    if isinstance(node, ast.If) and all(isinstance(each, ast.Raise) for each in (*node.body, *node.orelse)):
        return True
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom)
