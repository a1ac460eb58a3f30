"""The changes that make mutants: each turns one node of a syntax tree into another one.

A change is small enough to be a slip of a person: a comparison or an operator taken for its neighbour, a
constant or a bound that is off by one, a condition negated, a statement forgotten, two arguments swapped.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["KINDS", "iter_changes"]

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
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mod,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_MIN_ARGUMENTS = 2


def _compare(node: ast.AST) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops if isinstance(node, ast.Compare) else ()):
        changed: Any = copy.deepcopy(node)
        changed.ops[index] = _COMPARISONS[type(operator)]()
        yield changed


def _operate(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
        changed: Any = copy.deepcopy(node)
        changed.op = _OPERATORS[type(node.op)]()
        yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        changed = copy.deepcopy(node)
        changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield changed


def _move_constant(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return
    if isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node.value, float):
        if node.value:
            yield ast.Constant(node.value * 2)
        yield ast.Constant(node.value + 1)


def _shift_bound(node: ast.AST) -> Iterator[ast.AST]:
    """Move the end of a slice or of a range by one; a constant end is moved as a constant."""
    changed: Any = copy.deepcopy(node)
    if isinstance(node, ast.Slice):
        if node.upper is None:
            changed.upper = ast.Constant(-1)
            yield changed
        elif not _is_constant(node.upper):
            changed.upper = _subtract_one(node.upper)
            yield changed
        if node.lower is None:
            changed = copy.deepcopy(node)
            changed.lower = ast.Constant(1)
            yield changed
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        index = min(len(node.args), 2) - 1
        if index >= 0 and not _is_constant(node.args[index]):
            changed.args[index] = _subtract_one(node.args[index])
            yield changed


def _is_constant(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant)


def _subtract_one(node: ast.expr) -> ast.expr:
    return ast.BinOp(copy.deepcopy(node), ast.Sub(), ast.Constant(1))


def _negate(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        changed: Any = copy.deepcopy(node)
        changed.test = _invert(node.test)
        yield changed
    elif isinstance(node, ast.comprehension):
        for index, test in enumerate(node.ifs):
            changed = copy.deepcopy(node)
            changed.ifs[index] = _invert(test)
            yield changed


def _invert(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), copy.deepcopy(test))


def _remove(node: ast.AST) -> Iterator[ast.AST]:
    """Remove a statement whose absence leaves a program: none that binds a name, and no return."""
    is_call = isinstance(node, ast.Expr) and not isinstance(
        node.value, ast.Constant | ast.Yield | ast.YieldFrom
    )
    is_store = isinstance(node, ast.Assign) and not any(_binds(target) for target in node.targets)
    if is_call or is_store or isinstance(node, ast.AugAssign | ast.For | ast.While | ast.If):
        yield ast.Pass()


def _binds(target: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) for node in ast.walk(target))


def _swap_arguments(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call) or len(node.args) < _MIN_ARGUMENTS:
        return
    first, second = node.args[:2]
    is_starred = isinstance(first, ast.Starred) or isinstance(second, ast.Starred)
    if not is_starred and ast.dump(first) != ast.dump(second):
        changed = copy.deepcopy(node)
        changed.args[:2] = changed.args[1], changed.args[0]
        yield changed


KINDS: dict[str, Callable[[ast.AST], Iterator[ast.AST]]] = {
    "comparison": _compare,
    "operator": _operate,
    "constant": _move_constant,
    "bound": _shift_bound,
    "condition": _negate,
    "statement": _remove,
    "arguments": _swap_arguments,
}
"""The kinds of change by name; each gives the nodes that a node may be replaced by."""


def iter_changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Iterate over the changes of one node: the kind, and the node that takes its place."""
    for kind, change in KINDS.items():
        for changed in change(node):
            yield kind, changed
