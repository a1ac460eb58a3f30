"""Each kind of change, and that it leaves the node as it was."""

from __future__ import annotations

import ast

import pytest

from pvengine.registry.mutation.changes import KINDS, iter_changes


def list_changes(source: str) -> list[str]:
    """List the changes of all nodes of a piece of code, as `kind: code`."""
    tree = ast.parse(source)
    before = ast.dump(tree)
    found = [
        f"{kind}: {ast.unparse(ast.fix_missing_locations(changed))}"
        for node in ast.walk(tree)
        for kind, changed in iter_changes(node)
    ]
    assert ast.dump(tree) == before
    return found


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("y = a < b <= c", ["comparison: a <= b <= c", "comparison: a < b < c"]),
        ("y = a is None", ["comparison: a is not None"]),
        ("y = a not in b", ["comparison: a in b"]),
        ("y = a + b", ["operator: a - b"]),
        ("y = a / b", ["operator: a * b"]),
        ("y = a @ b", []),
        ("a += b", ["operator: a -= b", "statement: pass"]),
        ("y = -a", ["operator: a"]),
        ("y = not a", []),
        ("y = a and b", ["operator: a or b"]),
        ("x = 3", ["constant: 4", "constant: 2"]),
        ("x = 0.5", ["constant: 1.0", "constant: 1.5"]),
        ("x = 0.0", ["constant: 1.0"]),
        ("x = True", []),
        ("x = 'text'", []),
        ("x[:n]", ["statement: pass", "bound: :n - 1", "bound: 1:n"]),
        ("y = x[a:]", ["bound: a:-1"]),
        ("y = x[:-1]", ["bound: 1:-1", "operator: 1", "constant: 2", "constant: 0"]),
        ("y = range(n)", ["bound: range(n - 1)"]),
        ("y = range(a, n)", ["bound: range(a, n - 1)", "arguments: range(n, a)"]),
        ("y = range(3)", ["constant: 4", "constant: 2"]),
        ("y = a if b else c", ["condition: a if not b else c"]),
        ("y = [a for a in b if not c]", ["condition:  for a in b if c"]),
        ("y = f(a, b, c)", ["arguments: f(b, a, c)"]),
        ("y = f(a, a)", []),
        ("y = f(*a, b)", []),
        ("x[i] = a", ["statement: pass"]),
        ("x.y = a", ["statement: pass"]),
        ("f(a)", ["statement: pass"]),
    ],
)
def test_the_changes_of_a_piece_of_code(source: str, changes: list[str]) -> None:
    assert list_changes(source) == changes


def test_statements_with_a_body() -> None:
    assert list_changes("if a:\n    b = c") == ["condition: if not a:\n    b = c", "statement: pass"]
    assert list_changes("while a:\n    b = c") == ["condition: while not a:\n    b = c", "statement: pass"]
    assert list_changes("for a in b:\n    c = a") == ["statement: pass"]
    assert list_changes("def f():\n    return a") == []


def test_every_kind_is_shown() -> None:
    source = "for i in range(n):\n    if a < b:\n        x[i] = f(-1, c) + 2.0\n"
    assert {change.partition(":")[0] for change in list_changes(source)} == set(KINDS)
