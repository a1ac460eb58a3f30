"""Change one node of a module's syntax tree, and what does not count: comments, docstrings and layout."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["KINDS", "Mutant", "draw_mutants", "edit_harmlessly"]

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mod,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    """A module's source with one node changed."""

    kind: str
    module: str
    line: int
    source: str


def _change_operator(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
        node.op = _OPERATORS[type(node.op)]()
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.USub()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    else:
        return False
    return True


def _change_comparison(node: ast.AST) -> bool:
    if not isinstance(node, ast.Compare):
        return False
    node.ops[0] = _COMPARISONS[type(node.ops[0])]()
    return True


def _change_constant(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant) or node.value is None or node.value is ...:
        return False
    value = node.value
    if isinstance(value, bool):
        node.value = not value
    elif isinstance(value, str):
        node.value = f"{value} x"
    elif isinstance(value, int | float):
        node.value = value + 1
    else:
        return False
    return True


def _change_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if len(node.args) > 1 and ast.dump(node.args[0]) != ast.dump(node.args[-1]):
        node.args.reverse()
    elif node.keywords:
        node.keywords.pop()
    elif isinstance(node.func, ast.Attribute):
        node.func.attr = f"{node.func.attr}_"
    else:
        node.args.append(ast.Constant(1))
    return True


def _change_default(node: ast.AST) -> bool:
    """Change the default of a parameter, or of a field of a class."""
    if isinstance(node, ast.arguments) and (node.defaults or any(node.kw_defaults)):
        node.defaults = [ast.Constant(None) for _ in node.defaults]
        node.kw_defaults = [each and ast.Constant(17) for each in node.kw_defaults]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        node.value = ast.Constant(17)
    elif isinstance(node, ast.FunctionDef) and node.args.args and not node.args.defaults:
        node.args.defaults = [ast.Constant(17)]
    else:
        return False
    return True


def _change_import(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module != "__future__":
        if len(node.names) > 1:
            node.names.pop()
        else:
            node.names[0].name += "_"
    elif isinstance(node, ast.Import):
        node.names[0].name = "math"
    else:
        return False
    return True


def _delete_statement(node: ast.AST) -> bool:
    """Delete the last statement of a body that has others: never the docstring, which does not count."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or len(body) < 2 or isinstance(body[-1], ast.Pass):
        return False
    body.pop()
    return True


KINDS: dict[str, tuple[Callable[[ast.AST], bool], tuple[type[ast.AST], ...]]] = {
    "operators": (_change_operator, (ast.BinOp, ast.AugAssign, ast.UnaryOp, ast.BoolOp)),
    "comparisons": (_change_comparison, (ast.Compare,)),
    "constants": (_change_constant, (ast.Constant,)),
    "calls": (_change_call, (ast.Call,)),
    "defaults": (_change_default, (ast.arguments, ast.AnnAssign, ast.FunctionDef)),
    "imports": (_change_import, (ast.Import, ast.ImportFrom)),
    "statements": (_delete_statement, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.If, ast.For, ast.With)),
}
"""What changes a node in place and says whether it did, and the types of node that it may be asked about."""


def draw_mutants(kind: str, count: int, sources: Mapping[str, str], rng: random.Random) -> Iterator[Mutant]:
    """Draw so many mutants of one kind from all nodes of some modules, no node twice."""
    change, types = KINDS[kind]
    trees = {module: ast.parse(source) for module, source in sources.items()}
    places = []
    for module, tree in trees.items():
        inert = _list_inert(tree)
        nodes = enumerate(ast.walk(tree))
        places += [(module, at) for at, node in nodes if isinstance(node, types) and node not in inert]
    rng.shuffle(places)
    drawn = 0
    for module, index in places:
        if drawn == count:
            return
        tree = ast.parse(sources[module])
        node = list(ast.walk(tree))[index]
        if change(node):
            drawn += 1
            yield Mutant(kind, module, getattr(node, "lineno", 0), ast.unparse(tree))


def _list_inert(tree: ast.AST) -> set[ast.AST]:
    """List what a mutation would not change as a module: docstrings, and the parts of f-strings."""
    inert: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inert |= set(node.values)
        elif _has_docstring(node):
            inert |= {node.body[0], node.body[0].value}  # type: ignore[attr-defined]  # a docstring: an expression of a constant
    return inert


def _has_docstring(node: ast.AST) -> bool:
    is_documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    return is_documented and ast.get_docstring(node) is not None


def edit_harmlessly(source: str) -> str:
    """Edit every docstring and the whole layout, and put comments and blank lines between the statements."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if _has_docstring(node):
            node.body[0].value.value = "Say something else."  # type: ignore[attr-defined]  # a docstring: an expression of a constant
    laid_out = ast.unparse(tree)
    starts = {node.lineno - 1 for node in ast.parse(laid_out).body[1:]}
    lines = enumerate(laid_out.splitlines(keepends=True))
    return "".join(f"\n\n# another comment\n{line}" if number in starts else line for number, line in lines)
