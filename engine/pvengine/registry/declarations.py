"""Read the falsifiers that a module declares from its syntax tree."""

from __future__ import annotations

import ast
import inspect
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, SourceRange, get_rule
from pvengine.plugin.registration import NAME_PATTERN
from pvengine.registry.sources import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Declaration", "DeclarationReader"]

_DECORATORS = frozenset({"pvengine.plugin.falsifier", "pvengine.plugin.registration.falsifier"})
_STUB = '@falsifier("name", subject=subject, planted_faults={"what is broken": broken_subject})'

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = ("body", "cases", "handlers", "orelse", "finalbody")
"""Fields of statements that hold statements, in the order of their text."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A falsifier as its source declares it; the place is that of its name.

    ``planted_faults`` is None where the source does not spell their names out.
    """

    name: str
    place: SourceRange
    summary: str
    planted_faults: tuple[str, ...] | None


class DeclarationReader:
    """Read the declarations of one module; what is wrong with them is collected in ``diagnostics``."""

    def __init__(self, tree: ast.Module, source: bytes, path: str) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.toothless: set[str] = set()
        self._tree = tree
        self._path = path
        self._lines = read_lines(source)
        self._imported = _read_imported_names(tree)

    def iter_declarations(self) -> Iterator[Declaration]:
        """Iterate over the falsifiers that can be registered, in the order of the text."""
        at_module_level = {id(function) for function in _iter_module_level(self._tree.body)}
        for function in _walk_statements(self._tree):
            if not isinstance(function, _Function):
                continue
            for decorator in function.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if self._resolve(called) in _DECORATORS:
                    found = len(self.diagnostics)
                    declaration = self._read(
                        function, decorator, is_nested=id(function) not in at_module_level
                    )
                    if declaration is not None and len(self.diagnostics) == found:
                        yield declaration

    def locate(self, node: ast.expr | ast.stmt) -> SourceRange:
        """Return the place of a node, with columns that count characters."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return SourceRange(
            self._path,
            node.lineno,
            self._count_characters(node.lineno, node.col_offset) + 1,
            end_line,
            self._count_characters(end_line, end_column) + 1,
            self._lines[node.lineno - 1].lstrip("\ufeff"),
        )

    def _count_characters(self, line: int, offset_bytes: int) -> int:
        """Turn the parser's column, which counts bytes of UTF-8, into one that counts characters."""
        text = self._lines[line - 1].lstrip("\ufeff")
        return len(text.encode("utf-8", "surrogatepass")[:offset_bytes].decode("utf-8", "replace"))

    def _report(self, message: str, node: ast.expr | ast.stmt, fix: str) -> None:
        self.diagnostics.append(get_rule("PV403").report(message, self.locate(node), fix=fix))

    def _resolve(self, node: ast.expr) -> str | None:
        """Resolve a dotted expression to the absolute name that it was imported by."""
        if isinstance(node, ast.Name):
            return self._imported.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._resolve(node.value)
            return f"{base}.{node.attr}" if base else None
        return None

    def _read(self, function: _Function, decorator: ast.expr, *, is_nested: bool) -> Declaration | None:
        name_node = _find_argument(decorator, "name", position=0)
        if name_node is None or not isinstance(decorator, ast.Call):
            self._report("a falsifier without a name", decorator, f"write `{_STUB}`")
            return None
        if not (isinstance(name_node, ast.Constant) and isinstance(name_node.value, str)):
            self._report(
                f"the name of this falsifier is `{ast.unparse(name_node)}`, not a string literal",
                name_node,
                "write the name out: the engine reads it without running the module",
            )
            return None
        name = name_node.value
        if not NAME_PATTERN.fullmatch(name):
            self._report(
                f"{name!r} is no name for a falsifier",
                name_node,
                "use lower-case words joined by hyphens and dots, such as 'softmax.drift-amplification'",
            )
        self._check_function(name, function, is_nested=is_nested)
        faults = self._read_faults(name, decorator)
        doc = inspect.cleandoc(ast.get_docstring(function, clean=False) or "")
        return Declaration(name, self.locate(name_node), doc.partition("\n")[0].strip(), faults)

    def _check_function(self, name: str, function: _Function, *, is_nested: bool) -> None:
        signature = "write it as `def measure(trial: Trial, p: SomeParams) -> None`"
        arguments = function.args
        count = len(arguments.posonlyargs) + len(arguments.args)
        if is_nested:
            self._report(
                f"falsifier {name!r} is not at the top level of its module", function, "move it there"
            )
        if isinstance(function, ast.AsyncFunctionDef):
            self._report(f"falsifier {name!r} is a coroutine", function, signature)
        if count != 2 or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:  # noqa: PLR2004 - trial and params
            self._report(
                f"falsifier {name!r} does not take exactly a trial and its params", function, signature
            )
        if not (ast.get_docstring(function, clean=False) or "").strip():
            self._report(
                f"falsifier {name!r} has no docstring",
                function,
                "add a docstring whose first line names the quantity that is measured",
            )

    def _read_faults(self, name: str, decorator: ast.Call) -> tuple[str, ...] | None:
        """Read the names of the planted faults; None where they are not spelled out."""
        node = _find_argument(decorator, "planted_faults")
        if isinstance(node, ast.Name):
            node = _find_assigned(self._tree, node.id) or node
        has_unpacking = any(keyword.arg is None for keyword in decorator.keywords)
        if (node is None and not has_unpacking) or (isinstance(node, ast.Dict) and not node.keys):
            self.toothless.add(name)
            self._report(
                f"falsifier {name!r} has no planted fault",
                node if isinstance(node, ast.Dict) else decorator,
                "pass planted_faults={'what is broken': broken_subject}",
            )
            return None
        if not isinstance(node, ast.Dict):
            return None
        keys: list[str] = []
        for key in node.keys:
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            if key.value in keys:
                self._report(f"planted fault {key.value!r} of {name!r} is there twice", key, "rename one")
            keys.append(key.value)
        return tuple(keys)


def _read_imported_names(tree: ast.Module) -> dict[str, str]:
    """Map the names that import statements bind to the absolute names that they stand for."""
    names: dict[str, str] = {}
    for node in _walk_statements(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if alias.name != "*":
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                elif node.module == "pvengine.plugin":
                    names["falsifier"] = "pvengine.plugin.falsifier"
    return names


def _walk_statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Iterate over what `ast.walk` gives, in its order, without expressions: no statement lies in one."""
    queue: deque[ast.AST] = deque([tree])
    while queue:
        node = queue.popleft()
        yield node
        for field in _BLOCKS:
            queue.extend(getattr(node, field, ()))


def _iter_module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Iterate over the statements that importing runs, those inside `if`, `try` and `with` included."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _iter_module_level(getattr(statement, field, []))
        for handler in getattr(statement, "handlers", []):
            yield from _iter_module_level(handler.body)


def _find_argument(decorator: ast.expr, keyword: str, *, position: int | None = None) -> ast.expr | None:
    if not isinstance(decorator, ast.Call):
        return None
    if position is not None and len(decorator.args) > position:
        return decorator.args[position]
    return next((item.value for item in decorator.keywords if item.arg == keyword), None)


def _find_assigned(tree: ast.Module, name: str) -> ast.expr | None:
    """Return what a name stands for where the module assigns it once, at its top level."""
    values = [
        statement.value
        for statement in tree.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name) and target.id == name
    ]
    return values[0] if len(values) == 1 else None
