"""The closure holds every first-party module that a falsifier can run, and no other."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from pvengine.errors import RegistrationError
from pvengine.registry.closure import FirstParty, collect_closure, iter_imported_names
from pvengine.registry.sources import find_installed, find_module

if TYPE_CHECKING:
    from pathlib import Path


def close(root: Path, name: str) -> list[str]:
    module = find_module(name, [root])
    assert module is not None
    return [source.name for source in collect_closure(module, FirstParty(None, (root,)))]


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "is_package", "source", "expected"),
    [
        ("a.b", False, "import x.y", ["x.y"]),
        ("a.b", False, "from x import y, z", ["x", "x.y", "x.z"]),
        ("a.b", False, "from . import c", ["a", "a.c"]),
        ("a.b", False, "from .c import d", ["a.c", "a.c.d"]),
        ("a.b", True, "from . import c", ["a.b", "a.b.c"]),
        ("a.b.c", False, "from .. import d", ["a", "a.d"]),
        ("a", False, "from .. import d", []),
        ("a", False, "from x import *", ["x"]),
        ("a", False, "def f():\n    import x", ["x"]),
        (
            "a",
            False,
            "if __debug__:\n    try:\n        import x\n    except ImportError:\n        import y",
            ["x", "y"],
        ),
    ],
)
def test_imports_are_read(module: str, is_package: bool, source: str, expected: list[str]) -> None:  # noqa: FBT001 - a case of the table
    assert list(iter_imported_names(ast.parse(source), module, is_package=is_package)) == expected


def test_the_closure_is_transitive_with_packages_above_and_cycles(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.py": "def f():\n    from pack.deep import leaf\nimport numpy, os\n",
            "pack/__init__.py": "from . import side",
            "pack/side.py": "import main",
            "pack/deep/__init__.py": "",
            "pack/deep/leaf.py": "",
            "pack/unused.py": "",
        },
    )
    assert close(tmp_path, "main") == ["main", "pack", "pack.deep", "pack.deep.leaf", "pack.side"]


def test_the_engine_never_counts(tmp_path: Path) -> None:
    write(
        tmp_path, {"main.py": "import pvengine.plugin", "pvengine/__init__.py": "", "pvengine/plugin.py": ""}
    )
    assert close(tmp_path, "main") == ["main"]


def test_the_standard_library_is_never_shadowed(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "import queue, numpy.linalg", "queue.py": "", "numpy/linalg.py": ""})
    assert close(tmp_path, "main") == ["main"]


def test_an_installed_package_is_closed_over_itself_alone() -> None:
    module = find_installed("pvfalsifiers.cascade")
    assert module is not None
    names = [source.name for source in collect_closure(module, FirstParty("pvfalsifiers"))]
    assert "pvfalsifiers" in names
    assert all(name.split(".")[0] == "pvfalsifiers" for name in names)


def test_a_broken_module_in_the_closure_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "import broken", "broken.py": "x = ("})
    with pytest.raises(RegistrationError, match="broken cannot be parsed") as caught:
        close(tmp_path, "main")
    assert caught.value.where == f"{tmp_path / 'broken.py'}:1:5"


def test_top_level_names_leave_out_plain_folders_and_the_engine(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.py": "", "b/__init__.py": "", "docs/x.py": "", "pvengine/__init__.py": "", "queue.py": ""},
    )
    assert FirstParty(None, (tmp_path,)).list_top_level_names() == ("a", "b")
    assert FirstParty("pack").list_top_level_names() == ("pack",)
