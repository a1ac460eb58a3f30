"""Modules are found and read without importing anything."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest

from pvengine.registry.sources import (
    SourceSyntaxError,
    find_installed,
    find_module,
    iter_folder_modules,
    iter_modules,
    parse_source,
    read_lines,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("pack/__init__.py", "pack/mod.py", "pack/sub/__init__.py", "space/inner.py", "single.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("raise AssertionError('imported')\n", encoding="utf-8")
    return tmp_path


def test_modules_packages_and_namespaces_are_found_below_a_root(tree: Path) -> None:
    module = find_module("pack.mod", [tree])
    package = find_module("pack.sub", [tree])
    assert module is not None
    assert (module.path, module.is_package) == (tree / "pack" / "mod.py", False)
    assert package is not None
    assert package.is_package
    assert find_module("space.inner", [tree]) is not None
    assert find_module("space", [tree]) is None
    assert find_module("pack.absent", [tree]) is None
    assert find_module("single.below", [tree]) is None
    assert find_module("pack..mod", [tree]) is None


def test_the_first_root_wins(tree: Path) -> None:
    (tree / "later").mkdir()
    (tree / "later" / "single.py").write_text("", encoding="utf-8")
    module = find_module("single", [tree, tree / "later"])
    assert module is not None
    assert module.path == tree / "single.py"


def test_a_package_is_walked_in_order(tree: Path) -> None:
    assert [module.name for module in iter_modules("pack", [tree])] == ["pack", "pack.mod", "pack.sub"]
    assert list(iter_modules("absent", [tree])) == []


def test_a_folder_is_walked_without_virtual_environments_and_links(tree: Path) -> None:
    (tree / "venv").mkdir()
    (tree / "venv" / "pyvenv.cfg").write_text("", encoding="utf-8")
    (tree / "venv" / "inside.py").write_text("", encoding="utf-8")
    (tree / "loop").symlink_to(tree)
    (tree / "not-a-name.py").write_text("", encoding="utf-8")
    names = [module.name for module in iter_folder_modules(tree)]
    assert names == ["pack", "pack.mod", "pack.sub", "single", "space.inner"]


def test_installed_modules_are_found_through_a_path_file_and_not_imported() -> None:
    before = set(sys.modules)
    module = find_installed("pvfalsifiers.kernels")
    assert module is not None
    assert module.is_package
    assert {name for name in set(sys.modules) - before if name.startswith("pvfalsifiers")} == set()


def test_a_redirecting_finder_is_asked_for_the_top_level_name_only(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Redirect:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> object:
            del path, target
            asked.append(name)
            if name != "redirected_pack":
                return None
            return importlib.util.spec_from_file_location(
                name, tree / "pack" / "__init__.py", submodule_search_locations=[str(tree / "pack")]
            )

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Redirect])
    module = find_installed("redirected_pack.mod")
    assert module is not None
    assert module.path == tree / "pack" / "mod.py"
    assert asked == ["redirected_pack"]
    assert "redirected_pack" not in sys.modules


@pytest.mark.parametrize("name", ["sys", "no_such_module_anywhere", "math.pi"])
def test_what_has_no_source_is_not_found(name: str) -> None:
    assert find_installed(name) is None


def test_a_syntax_error_has_its_place() -> None:
    with pytest.raises(SourceSyntaxError) as caught:
        parse_source(b"x = 1\ny = (\n")
    assert caught.value.line == 2


@pytest.mark.parametrize("source", [b"x = '\xff'\n", b"# coding: no-such-codec\n", b"a\x00b"])
def test_undecodable_sources_are_syntax_errors(source: bytes) -> None:
    with pytest.raises(SourceSyntaxError):
        parse_source(source)


def test_a_warning_of_the_parser_is_no_failure() -> None:
    assert parse_source(rb'pattern = "\d"' + b"\n")


def test_lines_are_those_of_the_parser() -> None:
    assert read_lines(b"a\r\nb\x0cc\rd\n") == ["a", "b\x0cc", "d", ""]
    assert read_lines("# coding: latin-1\nä = 1".encode("latin-1"))[1] == "ä = 1"
    assert read_lines(b"# coding: no-such-codec\nx")[1] == "x"
