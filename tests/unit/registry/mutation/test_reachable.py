"""Which code the subject of a falsifier runs, as far as reading tells."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pvengine.registry.mutation.reachable import find_reachable
from pvengine.registry.sources import ModuleSource

if TYPE_CHECKING:
    from pathlib import Path

FALSIFIER = """
@falsifier("a.b", subject={subject}, planted_faults={{"f": broken}})
def measure(trial, p):
    '''Measure.'''
    only_measured()
"""


def find(
    tmp_path: Path, text: str, subject: str = "run", depth: int = 2, **files: str
) -> list[tuple[str, str, int]]:
    sources = {"main": text + FALSIFIER.format(subject=subject), **files}
    modules = [
        ModuleSource(name.replace("__", "."), tmp_path / f"{name}.py", source.encode(), is_package=False)
        for name, source in sources.items()
    ]
    return [
        (region.module, getattr(region.node, "name", None) or ast.unparse(region.node), region.depth)
        for region in find_reachable(modules, "main", "a.b", depth=depth)
    ]


def test_the_subject_and_what_it_calls(tmp_path: Path) -> None:
    text = """
def run(x): return first(x)
def first(x): return second(x)
def second(x): return third(x)
def third(x): return x
def only_measured(): pass
def broken(x): return unused(x)
"""
    assert find(tmp_path, text, depth=0) == [("main", "run", 0), ("main", "run", 0)]
    assert find(tmp_path, text) == [
        ("main", "run", 0),  # the expression after `subject=`
        ("main", "run", 0),
        ("main", "first", 1),
        ("main", "second", 2),
    ]


def test_names_are_followed_through_imports(tmp_path: Path) -> None:
    text = "from pack.middle import run\nimport pack.other as other\n"
    files = {
        "pack__middle": "from .deep import run\n",
        "pack__deep": "import pack.other\ndef run(x): return pack.other.go(x) + np.abs(x)\n",
        "pack__other": "LIMIT = 3\ndef go(x): return x + LIMIT\n",
    }
    assert find(tmp_path, text, **files)[1:] == [
        ("pack.deep", "run", 0),
        ("pack.other", "go", 1),
        ("pack.other", "3", 2),
    ]
    assert find(tmp_path, text, subject="other.go", **files)[1:] == [
        ("pack.other", "go", 0),
        ("pack.other", "3", 1),
    ]


def test_an_expression_is_looked_into(tmp_path: Path) -> None:
    text = "def run(x): return x\nclass Model:\n    def go(self, x): return run(x)\n"
    assert find(tmp_path, text, subject="partial(run, 2)")[1:] == [("main", "run", 0)]
    assert find(tmp_path, text, subject="lambda x: run(x)")[1:] == [("main", "run", 0)]
    assert find(tmp_path, text, subject="Model(3).go")[1:] == [("main", "Model", 0), ("main", "run", 1)]
    named = text + "bound = partial(run, 3)\n"
    assert find(tmp_path, named, subject="bound")[1:] == [("main", "partial(run, 3)", 0), ("main", "run", 0)]


def test_what_does_not_run_with_it_is_left_out(tmp_path: Path) -> None:
    text = """
@decorate
def run(x: Shape, y=DEFAULT) -> Result: return x
DEFAULT = 7
class Shape: pass
class Result: pass
def decorate(f): return f
"""
    assert find(tmp_path, text)[1:] == [("main", "run", 0), ("main", "7", 1)]


def test_recursion_ends_and_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert find(tmp_path, "def run(x): return run(x - 1) if x else gone(x)\n")[1:] == [("main", "run", 0)]
    assert find(tmp_path, "from main import run\n")[1:] == []
    assert find(tmp_path, "import numpy as np\n", subject="np.sort")[1:] == []
    module = ModuleSource("main", tmp_path / "main.py", b"x = 1\n", is_package=False)
    assert find_reachable([module], "main", "a.b", depth=2) == ()
