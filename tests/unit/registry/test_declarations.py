"""Declarations are read from the syntax tree, with the place of everything that is wrong."""

from __future__ import annotations

import ast
import inspect
import textwrap
import typing

import pytest

from pvengine.registry.declarations import Declaration, DeclarationReader, _walk_statements

if typing.TYPE_CHECKING:
    from types import ModuleType

GOOD = '''
from pvengine.plugin import Trial, falsifier

@falsifier("a.b", subject=s, planted_faults={"one": f, "two": g})
def measure(trial, p):
    """Measure it.

    At length.
    """
'''


def read(source: str) -> tuple[list[Declaration], list[str]]:
    encoded = source.encode()
    reader = DeclarationReader(ast.parse(encoded), encoded, "plug.py")
    declarations = list(reader.iter_declarations())
    return declarations, [
        f"{finding.place}: {finding.code} {finding.message}" for finding in reader.diagnostics
    ]


def test_a_declaration_is_read() -> None:
    declarations, findings = read(GOOD)
    assert findings == []
    (found,) = declarations
    assert (found.name, found.summary, found.planted_faults) == ("a.b", "Measure it.", ("one", "two"))
    assert str(found.place) == "plug.py:4:12"


@pytest.mark.parametrize(
    ("statement", "decorator"),
    [
        ("from pvengine.plugin import falsifier as f", "f"),
        ("import pvengine.plugin", "pvengine.plugin.falsifier"),
        ("import pvengine.plugin as pl", "pl.falsifier"),
        ("from pvengine import plugin", "plugin.falsifier"),
        ("from pvengine import plugin as pl", "pl.falsifier"),
        ("from pvengine.plugin.registration import falsifier", "falsifier"),
        ("from pvengine.plugin import *", "falsifier"),
        ("try:\n    from pvengine.plugin import falsifier\nexcept ImportError:\n    raise", "falsifier"),
    ],
)
def test_the_decorator_is_known_under_any_alias(statement: str, decorator: str) -> None:
    source = (
        f'{statement}\n@{decorator}("x", subject=s, planted_faults={{"f": f}})\ndef m(t, p):\n    "Doc."\n'
    )
    assert [found.name for found in read(source)[0]] == ["x"]


@pytest.mark.parametrize(
    "statement", ["from other import falsifier", "from .plugin import falsifier", "import other as pvengine"]
)
def test_another_decorator_of_that_name_is_none(statement: str) -> None:
    source = f'{statement}\n@falsifier("x")\n@pvengine.plugin.falsifier("y")\ndef m(t, p): ...\n'
    assert read(source) == ([], [])


def change(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (change('"a.b"', "NAME"), "plug.py:4:12: PV403 the name of this falsifier is `NAME`, not"),
        (change('"a.b"', 'f"{a}"'), "plug.py:4:12: PV403 the name of this falsifier is"),
        (change('"a.b"', '"A b"'), "plug.py:4:12: PV403 'A b' is no name for a falsifier"),
        (change('"a.b", ', ""), "plug.py:4:2: PV403 a falsifier without a name"),
        (change('("a.b", subject=s, planted_faults={"one": f, "two": g})', ""), "plug.py:4:2: PV403 a fal"),
        (change("(trial, p)", "(trial)"), "plug.py:5:1: PV403 falsifier 'a.b' does not take exactly a"),
        (change("(trial, p)", "(trial, p, q)"), "plug.py:5:1: PV403 falsifier 'a.b' does not take"),
        (change("(trial, p)", "(trial, *p)"), "plug.py:5:1: PV403 falsifier 'a.b' does not take"),
        (change("(trial, p)", "(trial, p, **q)"), "plug.py:5:1: PV403 falsifier 'a.b' does not take"),
        (change("(trial, p)", "(trial, p, *, q)"), "plug.py:5:1: PV403 falsifier 'a.b' does not take"),
        (change("def measure", "async def measure"), "plug.py:5:1: PV403 falsifier 'a.b' is a coroutine"),
        (GOOD.partition('"""')[0] + "pass", "plug.py:5:1: PV403 falsifier 'a.b' has no docstring"),
        (GOOD.partition('"""')[0] + '"""  """', "plug.py:5:1: PV403 falsifier 'a.b' has no docstring"),
        (change(', planted_faults={"one": f, "two": g}', ""), "plug.py:4:2: PV403 falsifier 'a.b' has no"),
        (change('{"one": f, "two": g}', "{}"), "plug.py:4:45: PV403 falsifier 'a.b' has no planted fault"),
        (change('"two"', '"one"'), "plug.py:4:56: PV403 planted fault 'one' of 'a.b' is there twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_is_reported_at_its_place(source: str, expected: str) -> None:
    declarations, findings = read(source)
    assert declarations == []
    assert len(findings) == 1
    assert findings[0].startswith(expected)


@pytest.mark.parametrize("head", ["def make():\n", "class C:\n"])
def test_a_declaration_below_the_top_level_is_reported(head: str) -> None:
    source = (
        "from pvengine.plugin import falsifier\n" + head + textwrap.indent(GOOD.partition("\n\n")[2], "    ")
    )
    assert read(source)[1] == ["plug.py:4:5: PV403 falsifier 'a.b' is not at the top level of its module"]


def test_a_declaration_under_a_condition_counts() -> None:
    source = "from pvengine.plugin import falsifier\nif True:\n" + textwrap.indent(
        GOOD.partition("\n\n")[2], "    "
    )
    assert len(read(source)[0]) == 1


@pytest.mark.parametrize(
    ("faults", "names"),
    [("FAULTS", ("x", "y")), ("TWICE", None), ("{**FAULTS}", None), ("{k: f}", None), ("dict(a=f)", None)],
)
def test_fault_names_are_known_where_the_source_spells_them_out(
    faults: str, names: tuple[str, ...] | None
) -> None:
    source = 'FAULTS: dict = {"x": f, "y": g}\nTWICE = {"a": f}\nTWICE = {"b": f}\n'
    source += change('{"one": f, "two": g}', faults)
    (found,) = read(source)[0]
    assert found.planted_faults == names


def test_columns_count_characters() -> None:
    source = change('"a.b", subject=s', 'subject="ääää", name="B"')
    assert read(source)[1][0].startswith("plug.py:4:33: PV403 'B' is no name")


def test_a_byte_order_mark_is_no_column() -> None:
    source = (
        '\ufefffrom pvengine.plugin import falsifier as f\n@f("B", planted_faults={"a": b})\ndef m(t, p): "D"'
    )
    assert read(source)[1][0].startswith("plug.py:2:4:")


@pytest.mark.parametrize("module", [ast, inspect, textwrap, typing])
def test_statements_are_walked_in_the_order_of_the_standard_library(module: ModuleType) -> None:
    blocks = "try:\n  x\nexcept* E:\n  y\nelse:\n  z\nfinally:\n  f\n"
    blocks += "match m:\n  case 1:\n    async def g(): pass\n"
    tree = ast.parse(inspect.getsource(module) + blocks)
    holders = (ast.Module, ast.stmt, ast.ExceptHandler, ast.match_case)
    assert list(_walk_statements(tree)) == [node for node in ast.walk(tree) if isinstance(node, holders)]
