"""Identify what source code does, whatever its layout: the source digest of a falsifier.

The digest is taken over a canonical form of the syntax tree. Comments, positions, quotes and docstrings are
outside; every other change of the tree changes the digest. The form is the same on every supported Python,
so what one version leaves out and another writes is normalised: empty fields are left out (a new version
adds fields, such as ``type_params``), fields are sorted by name, the ``u`` prefix of a string is ignored, and
the constant parts of an f-string are merged, because versions split them differently.

Needs the standard library alone, so that an interpreter without the engine's dependencies can compute it.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import struct
from typing import TYPE_CHECKING, Any

from pvengine.registry.sources import parse_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pvengine.registry.sources import ModuleSource

__all__ = ["canonical_form", "source_digest"]

FORMAT = b"pv source digest 1\n"
"""First bytes of what is hashed; another number stands for another canonical form."""

_IGNORED_FIELDS = frozenset({"kind", "type_comment", "type_ignores"})
_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def source_digest(modules: Iterable[ModuleSource]) -> str:
    """Compute the digest of a set of modules as ``sha256:`` and 64 hexadecimal digits.

    The order of the modules does not count, their names do, their paths do not.

    Raises
    ------
    SourceSyntaxError
        A module is no Python source.
    ValueError
        Two modules have one name.
    """
    forms: dict[str, bytes] = {}
    for module in modules:
        if module.name in forms:
            msg = f"two modules have the name {module.name!r}"
            raise ValueError(msg)
        forms[module.name] = _write_form(module.source)
    digest = hashlib.sha256(FORMAT)
    for name in sorted(forms):
        encoded = name.encode()
        digest.update(b"%d:%b %d:%b\n" % (len(encoded), encoded, len(forms[name]), forms[name]))
    return f"sha256:{digest.hexdigest()}"


@functools.lru_cache(maxsize=256)
def _write_form(source: bytes) -> bytes:
    """Write the form of a module; falsifiers share modules, so that each is written once a process."""
    return canonical_form(parse_source(source))


def canonical_form(tree: ast.AST) -> bytes:
    """Write a syntax tree as bytes that differ wherever the trees differ.

    A node is ``(Name field=value ...)``, a list ``[value ...]``, a constant its type, the length of its
    encoding and the encoding. Works without recursion, so that a long chain of operators is no limit.

    Examples
    --------
    >>> canonical_form(ast.parse("x  # a comment"))
    b'(Module body=[(Expr value=(Name ctx=(Load) id=str:1:x))])'
    """
    pieces: list[bytes] = []
    stack: list[Any] = [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, _Text):
            pieces.append(item)
        elif isinstance(item, ast.AST):
            stack.extend(reversed([*_iter_node(item)]))
        elif isinstance(item, list):
            stack.extend(reversed([*_iter_list(item)]))
        else:
            pieces.append(_encode_constant(item))
    return b"".join(pieces)


class _Text(bytes):
    """Bytes that are part of the form as they stand."""

    __slots__ = ()


def _iter_node(node: ast.AST) -> Iterator[Any]:
    yield _Text(b"(" + type(node).__name__.encode())
    for field in sorted(node._fields):
        if field in _IGNORED_FIELDS:
            continue
        value = _normalise_field(node, field, getattr(node, field, None))
        if value is None or (isinstance(value, list) and not value):
            continue
        yield _Text(b" " + field.encode() + b"=")
        yield value
    yield _Text(b")")


def _iter_list(values: list[Any]) -> Iterator[Any]:
    for index, value in enumerate(values):
        yield _Text(b" " if index else b"[")
        yield value
    yield _Text(b"]")


def _normalise_field(node: ast.AST, field: str, value: Any) -> Any:
    if field == "body" and isinstance(node, _DOCUMENTED) and value and _is_text(value[0]):
        return value[1:]
    if field == "values" and isinstance(node, ast.JoinedStr):
        return _merge_constants(value)
    return value


def _is_text(statement: ast.AST) -> bool:
    """Whether a statement is a bare string, which as the first one of a body is a docstring."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _merge_constants(values: list[Any]) -> list[Any]:
    """Merge neighbouring constant parts of an f-string and drop the empty ones."""
    merged: list[Any] = []
    for value in values:
        is_constant = isinstance(value, ast.Constant)
        if is_constant and value.value == "":
            continue
        if is_constant and merged and isinstance(merged[-1], ast.Constant):
            merged[-1] = ast.Constant(merged[-1].value + value.value)
        else:
            merged.append(value)
    return merged


def _encode_constant(value: object) -> bytes:
    if isinstance(value, (bool, int)):
        encoded = hex(value).encode() if type(value) is int else str(value).encode()
    elif isinstance(value, str):
        encoded = value.encode("utf-8", "surrogatepass")
    elif isinstance(value, bytes):
        encoded = value
    elif isinstance(value, float):
        encoded = struct.pack(">d", value).hex().encode()
    elif isinstance(value, complex):
        encoded = struct.pack(">dd", value.real, value.imag).hex().encode()
    elif value is None or value is Ellipsis:
        encoded = b""
    else:
        msg = f"a syntax tree as parsed has no constant of type {type(value).__name__}"
        raise TypeError(msg)
    return b"%b:%d:%b" % (type(value).__name__.encode(), len(encoded), encoded)
