from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pvfalsifiers

MODULES = [
    module.name
    for module in pkgutil.walk_packages(pvfalsifiers.__path__, "pvfalsifiers.")
    if not module.name.endswith(".cascade")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    found = {
        name: sum(bool(test.examples) for test in finder.find(importlib.import_module(name)))
        for name in MODULES
    }
    assert all(found[f"pvfalsifiers.kernels.{name}"] for name in ("fold", "lanes", "q4_k", "q8_k", "fused"))
