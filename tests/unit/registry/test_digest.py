"""The source digest ignores layout and docstrings, notices all else, and is the same on every Python."""

from __future__ import annotations

import ast
import copy
import os
import shutil
import subprocess
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pvengine
from pvengine.registry.digest import canonical_form, source_digest
from pvengine.registry.sources import ModuleSource

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = textwrap.dedent('''
    """Module docstring."""
    from __future__ import annotations
    import a.b as c, d
    from . import e as f
    from .g import *
    X: int = 1_000; Y = 0xff; Z = -0.0, 1e400, 2j, True, None, ..., b"by\\xff", "te\\ud800xt", u"u"
    async def h(p, /, q=1, *r: int, s, t=2, **u) -> None:
        "Docstring."
        async with p as v, q: await v
        async for w in r: yield w
        return
    @c.decorated(1, *X, k=2, **Y)
    class K(object, metaclass=type):
        """Docstring."""
        def m(self):
            nonlocal_ = 1
            def inner():
                nonlocal nonlocal_
                global X
            return lambda x, *, y=0: x if y else (z := x)
    try:
        del X[1:2, ::3], Y.attribute
    except (ValueError, TypeError) as error:
        raise RuntimeError from error
    else: pass
    finally: assert X, "message"
    try: pass
    except* OSError: pass
    match X:
        case None | {"k": 1, **rest}: pass
        case K(1, a=[x, *_]) if x: pass
        case str() as s: pass
        case -1 | a.b: pass
    for i in range(3):
        if i: continue
        elif not i: break
    else: X += 1
    while X < 1 <= Y != 2 is None in Z: X @= Y
    L = [*X, {**Y, 1: 2}, {1, 2}, (k for k in X if k if 1), [k async for k in X], {k: v for k, v in X}]
    F = f"a{X!r:>{Y}}b{X=}" "c" f"{{}}{X:}" f"{X:%H:{Y}{Z}}"
    with (X, Y as Z): X = Y = ~-+X ** 2 // 3 % 4 << 1 >> 1 & 1 | 1 ^ 1 and 1 or not 1
''')

GOLDEN_SAMPLE = "sha256:4120686de54d38b7cb4b769a65335870c4b06782cec051e846069a983f7ac3f2"
GOLDEN_PAIR = "sha256:3d6b3c7c94cf5442727bb5ba5aae376848c22b5ed01c5151c95e568a5a88bb4f"


def form(source: str) -> bytes:
    return canonical_form(ast.parse(source))


def module(name: str, source: str) -> ModuleSource:
    return ModuleSource(name, Path(f"/{name}.py"), source.encode("utf-8", "surrogatepass"), is_package=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1 # comment", "x   =   1\n\n\n"),
        ("x = 'a'", 'x = """a"""'),
        ("x = u'a'", "x = 'a'"),
        ("x = 'a' 'b'", "x = 'ab'"),
        ("x = 16", "x = 0x1_0"),
        ("x = 0.1", "x = 0.1000000000000000055511151231257827"),
        ("x = (1)", "x = 1"),
        ("'doc'\nx = 1", "x = 1"),
        ("def f():\n    'one'\n    return 1", "def f():\n    'two'\n    return 1"),
        ("class C:\n    'one'\n    x = 1", "class C:\n    x = 1"),
        ("async def f():\n    'one'\n    return 1", "async def f(): return 1"),
        ("x = f'a' 'b'", "x = f'ab'"),
        ("if x: y", "if x:\n\ty"),
        ("x = 1  # type: int", "x = 1"),
    ],
)
def test_layout_comments_and_docstrings_do_not_count(one: str, other: str) -> None:
    assert form(one) == form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = 1", "x = '1'"),
        ("x = b'1'", "x = '1'"),
        ("x = 1j", "x = 1.0"),
        ("x = 0.0", "x = -0.0"),
        ("x = 0.1", "x = 0.10000000000000002"),
        ("x = None", "x = ..."),
        ("return_ = None", "return_ = 'None'"),
        ("x = '\\ud800'", "x = '\\udc00'"),
        ("x = 'a b'", "x = 'a', 'b'"),
        ("x = ['a', 'b']", "x = ['a b']"),
        ("def f(): pass", "def f(): 'doc'"),
        ("x = 1\n'late'", "x = 1"),
        ("{**a, 1: b}", "{1: a, **b}"),
        ("def f(*, a=1, b): pass", "def f(*, a, b=1): pass"),
        ("x = f'{a}'", "x = f'{a!s}'"),
        ("x = f'{a}b'", "x = f'b{a}'"),
        ("from .a import b", "from ..a import b"),
        ("match x:\n    case None: pass", "match x:\n    case True: pass"),
        ("(x): int = 1", "x: int = 1"),
        ("a < b < c", "(a < b) < c"),
    ],
)
def test_meaning_counts(one: str, other: str) -> None:
    assert form(one) != form(other)


def iter_mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Change every field of every node once: names and numbers, list elements, sub-trees."""
    count = sum(1 for _ in ast.walk(tree))
    for index in range(count):
        for field in [*ast.walk(tree)][index]._fields:
            if field in ("kind", "type_comment", "type_ignores"):
                continue
            mutant = copy.deepcopy(tree)
            node = [*ast.walk(mutant)][index]
            value = getattr(node, field, None)
            if is_docstring(mutant, node):
                continue
            if isinstance(value, bool) or value is None or value is ...:
                changed: object = "mutant"
            elif isinstance(value, int | float | complex):
                changed = value + 1 if value + 1 != value else 0.5
            elif isinstance(value, str):
                changed = value + "x"
            elif isinstance(value, bytes):
                changed = value + b"x"
            elif isinstance(value, list):
                changed = [*value, ast.Name("mutant", ast.Load())]
            else:
                changed = ast.Name("mutant", ast.Load())
            setattr(node, field, changed)
            yield f"{type(node).__name__}.{field}", mutant


def is_docstring(tree: ast.Module, node: ast.AST) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for owner in ast.walk(tree):
        if isinstance(owner, documented) and ast.get_docstring(owner) is not None:
            first = owner.body[0]
            if node is first or (isinstance(first, ast.Expr) and node is first.value):
                return True
    return False


def test_every_mutation_of_the_tree_changes_the_form() -> None:
    tree = ast.parse(SAMPLE)
    original = canonical_form(tree)
    forms = [(name, canonical_form(mutant)) for name, mutant in iter_mutants(tree)]
    assert len(forms) > 500
    assert [name for name, mutated in forms if mutated == original] == []


def test_removing_or_swapping_statements_changes_the_form() -> None:
    tree = ast.parse(SAMPLE)
    original = canonical_form(tree)
    for index in range(1, len(tree.body)):
        shorter = copy.copy(tree)
        shorter.body = [*tree.body[:index], *tree.body[index + 1 :]]
        assert canonical_form(shorter) != original


def test_a_long_chain_of_operators_is_no_limit() -> None:
    tree = ast.parse("x = 1")
    value: ast.expr = ast.Constant(1)
    for _ in range(20_000):
        value = ast.BinOp(value, ast.Add(), ast.Constant(1))
    assignment = tree.body[0]
    assert isinstance(assignment, ast.Assign)
    assignment.value = value
    assert canonical_form(tree).count(b"BinOp") == 20_000
    while isinstance(value, ast.BinOp):  # taken apart by hand: the interpreter frees a deep tree by recursion
        value = value.left


def test_an_unknown_constant_is_an_error() -> None:
    with pytest.raises(TypeError, match="frozenset"):
        canonical_form(ast.Constant(frozenset()))  # type: ignore[arg-type]


def test_order_and_paths_do_not_count_names_do() -> None:
    one, other = module("a", "x = 1"), module("b", "y = 2")
    moved = ModuleSource("a", Path("/elsewhere/a.py"), one.source, is_package=False)
    assert source_digest([one, other]) == source_digest([other, moved])
    assert source_digest([one]) != source_digest([module("c", "x = 1")])
    assert source_digest([one, other]) != source_digest([module("a", "y = 2"), module("b", "x = 1")])


def test_one_name_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="'a'"):
        source_digest([module("a", "x = 1"), module("a", "x = 1")])


GOLDEN_MODULES = {"sample": SAMPLE, "other": "# coding: utf-8\nä = 'ß'\n"}


def test_golden_digests() -> None:
    assert source_digest([module("sample", SAMPLE)]) == GOLDEN_SAMPLE
    assert source_digest([module(name, text) for name, text in GOLDEN_MODULES.items()]) == GOLDEN_PAIR


def find_interpreter(version: str) -> str | None:
    found = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    interpreter = str(found[-1]) if found else shutil.which(f"python{version}")
    # A name on the path may be a stand-in for a version that is not installed.
    works = interpreter and subprocess.run([interpreter, "-c", ""], capture_output=True, check=False)  # noqa: S603 - as below
    return interpreter if works and works.returncode == 0 else None


PROGRAM = """
import sys
from pathlib import Path
from pvengine.registry.digest import source_digest
from pvengine.registry.sources import ModuleSource
def read(path):
    return ModuleSource(Path(path).stem, Path(path), Path(path).read_bytes(), is_package=False)
print("%d.%d" % sys.version_info[:2])
print(source_digest([read(sys.argv[1])]))
print(source_digest(map(read, sys.argv[1:3])))
print(source_digest(map(read, sys.argv[3:])))
"""


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_golden_digests_are_the_same_on_other_interpreters(version: str, tmp_path: Path) -> None:
    interpreter = find_interpreter(version)
    if interpreter is None:
        pytest.skip(f"Python {version} is not on this machine")
    for name, text in GOLDEN_MODULES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    package = Path(pvengine.__file__).parent
    own = [str(path) for path in sorted((package / "registry").glob("[a-z]*.py"))]
    answer = subprocess.run(  # noqa: S603 - an interpreter of this machine and a fixed program
        [interpreter, "-B", "-c", PROGRAM, *(str(tmp_path / f"{name}.py") for name in GOLDEN_MODULES), *own],
        env={**os.environ, "PYTHONPATH": str(package.parent), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = source_digest(
        ModuleSource(Path(path).stem, Path(path), Path(path).read_bytes(), is_package=False) for path in own
    )
    assert answer.stdout.split() == [version, GOLDEN_SAMPLE, GOLDEN_PAIR, expected]
