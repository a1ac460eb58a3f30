"""What a closure imports of others, which distributions have it, and which versions they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.models.report import PackageChange
from pvengine.registry.catalogue import SourceClosure
from pvengine.registry.closure import FirstParty, collect_closure
from pvengine.registry.sources import find_module
from pvengine.registry.third_party import InstalledPackages, list_imported_modules

if TYPE_CHECKING:
    from pathlib import Path


def list_modules(root: Path, files: dict[str, str], main: str = "main") -> tuple[str, ...]:
    """List what a module of some files imports of others, directly or not."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    module = find_module(main, [root])
    assert module is not None
    first_party = FirstParty(None, (root,))
    modules = collect_closure(module, first_party)
    return list_imported_modules(SourceClosure(modules, "", first_party.list_top_level_names()))


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import numpy as np", ["numpy"]),
        ("import scipy.linalg, yaml", ["scipy.linalg", "yaml"]),
        ("from numpy import linalg\nimport numpy", ["numpy.linalg"]),
        ("import os, sys, __future__, queue.x, _thread\nimport __main__", []),
        ("import pvengine.plugin\nfrom pvengine import open_project", []),
        ("def f():\n    import scipy", ["scipy"]),
        ("try:\n    import fast\nexcept ImportError:\n    import slow", ["fast", "slow"]),
        ("if TYPE_CHECKING:\n    from shapes import Square", ["shapes.Square"]),
        ("from yaml import *", ["yaml"]),
        ("class A:\n    if x:\n        from google.protobuf import message", ["google.protobuf.message"]),
        ("from . import other\nfrom .. import beyond", []),
        ("x = 1", []),
        ("importlib.import_module('hidden')", []),
    ],
)
def test_what_is_neither_standard_nor_first_party_is_listed(
    tmp_path: Path, source: str, modules: list[str]
) -> None:
    assert list(list_modules(tmp_path, {"main.py": source})) == modules


def test_the_modules_that_it_imports_count_and_those_that_it_does_not_do_not(tmp_path: Path) -> None:
    files = {
        "main.py": "import pack.deep\nfrom space import part",
        "pack/__init__.py": "import above",
        "pack/deep.py": "import scipy\nimport main",
        "pack/unused.py": "import pandas",
        "space/part.py": "import within",
    }
    assert list_modules(tmp_path, files) == ("above", "scipy", "within")


def test_what_hides_behind_a_name_of_the_standard_library_is_not_first_party(tmp_path: Path) -> None:
    files = {"main.py": "import queue, numpy", "queue.py": "import x", "numpy/__init__.py": "import y"}
    assert list_modules(tmp_path, files) == ("numpy",)


def install(place: Path, name: str, version: str | None, files: list[str], declared: str = "") -> None:
    """Lay out a distribution as an installer leaves it."""
    about = place / f"{name}-{version}.dist-info"
    about.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", *([f"Version: {version}"] if version else [])]
    (about / "METADATA").write_text("\n".join(lines) + "\n")
    (about / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    if declared:
        (about / "top_level.txt").write_text(declared)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder of distributions, three of which share a namespace package."""
    install(
        tmp_path, "Arrays", "2.4.6", ["arrays/__init__.py", "arrays/core/_fast.cpython-311.so", "../../bin/a"]
    )
    install(tmp_path, "PyMark", "6.0", ["mark/__init__.py"], declared="mark\n_mark\n")
    install(tmp_path, "grid-storage", "1.0", ["grid/cloud/storage/__init__.py", "grid/cloud/storage/blob.py"])
    install(tmp_path, "grid-auth", "2.0", ["grid/auth/__init__.py", "grid/cloud/common.py"])
    install(tmp_path, "grid-proto", "3.0", ["grid/_proto.abi3.so", "grid_proto-3.0.dist-info/METADATA"])
    install(tmp_path, "broken", None, ["broken.py"])
    return tmp_path


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("arrays", ["Arrays"]),
        ("arrays.core.fast.Thing", ["Arrays"]),
        ("mark.Reader", ["PyMark"]),
        ("_mark", ["PyMark"]),
        ("grid.cloud.storage.Client", ["grid-storage"]),
        ("grid.cloud.common", ["grid-auth"]),
        ("grid.cloud", ["grid-auth", "grid-storage"]),
        ("grid._proto", ["grid-proto"]),
        ("grid.nothing", ["grid-auth", "grid-proto", "grid-storage"]),
        ("grid", ["grid-auth", "grid-proto", "grid-storage"]),
        ("bin", []),
        ("nowhere.at.all", []),
    ],
)
def test_the_distributions_of_a_module(place: Path, module: str, names: list[str]) -> None:
    assert sorted(InstalledPackages([str(place)]).find_distributions(module)) == names


def test_versions_stand_by_distribution_and_loose_modules_by_their_own_name(place: Path) -> None:
    packages = InstalledPackages([str(place)])
    modules = ["arrays.core", "grid.auth", "grid._proto", "loose.part", "broken"]
    assert packages.find_packages(modules) == {
        "Arrays": "2.4.6",
        "grid-auth": "2.0",
        "grid-proto": "3.0",
        "loose": None,
        "broken": "unknown",
    }
    assert packages.find_version("ARRAYS") == "2.4.6"
    assert packages.find_version("scipy") is None


def test_an_environment_is_looked_up_once(place: Path) -> None:
    packages = InstalledPackages([str(place)])
    assert packages.find_packages(["arrays"]) == {"Arrays": "2.4.6"}
    (place / "Arrays-2.4.6.dist-info" / "METADATA").write_text("Name: Arrays\nVersion: 9\n")
    assert packages.find_packages(["arrays"]) == {"Arrays": "2.4.6"}
    assert InstalledPackages([str(place)]).find_packages(["arrays"]) == {"Arrays": "9"}


def test_this_environment_is_the_default() -> None:
    import numpy as np  # noqa: PLC0415 - what this interpreter says of itself, beside its metadata

    assert InstalledPackages().find_packages(["numpy.linalg", "yaml"]).keys() == {"numpy", "PyYAML"}
    assert InstalledPackages().find_version("numpy") == np.__version__


def test_changes_are_listed_by_name(place: Path) -> None:
    recorded = {"scipy": "1.17.0", "PyMark": "6.0", "Arrays": "2.4.5", "grid-auth": "2.0", "loose": None}
    assert InstalledPackages([str(place)]).list_changes(recorded) == (
        PackageChange(name="Arrays", was="2.4.5", now="2.4.6"),
        PackageChange(name="scipy", was="1.17.0", now=None),
    )


def test_a_loose_module_that_distributions_have_now_is_a_change(place: Path) -> None:
    (change,) = InstalledPackages([str(place)]).list_changes({"_mark": None, "Arrays": "2.4.6"})
    assert change == PackageChange(name="_mark", was=None, now="PyMark 6.0")
