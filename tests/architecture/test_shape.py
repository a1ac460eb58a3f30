"""The shape that the code keeps: small files, short functions, imports that point down and stand on top."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (ROOT / "engine" / "pvengine", ROOT / "falsifiers" / "pvfalsifiers")
FILES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))
ALLOWED_TOP_LEVEL = {
    "action.yml",
    "pyproject.toml",
    "engine",
    "contracts",
    "schemas",
    "falsifiers",
    "tests",
    "docs",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "constraints.txt",
}


def count_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def list_functions() -> list[tuple[str, int]]:
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found += [(f"{path.name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)]
    return found


def test_files_are_small() -> None:
    sizes = {path: count_lines(path) for path in FILES}
    assert {str(path): size for path, size in sizes.items() if size > 500} == {}
    assert statistics.median(sizes.values()) <= 150


def test_test_files_are_not_huge() -> None:
    sizes = {str(path): count_lines(path) for path in (ROOT / "tests").rglob("*.py")}
    assert {path: size for path, size in sizes.items() if size > 500} == {}


def test_functions_are_short() -> None:
    functions = list_functions()
    long = [name for name, size in functions if size > 40]
    assert len(long) <= 0.1 * len(functions), long


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager"])
def test_modules_are_named_by_what_they_hold(word: str) -> None:
    assert [path for path in FILES if word in path.stem] == []


def test_first_party_imports_stand_on_top() -> None:
    allowed = {
        "engine/pvengine/__init__.py",  # the public names are loaded when they are asked for (PEP 562)
        "engine/pvengine/cli/output.py",  # the command imports what it prints with on use
        "engine/pvengine/runner/searches.py",  # NumPy is loaded behind the fork, see runner/worker.py
    }
    found = {
        str(path.relative_to(ROOT))
        for path in FILES
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom | ast.Import) and imports_first_party(node)
    }
    assert found <= allowed


def imports_first_party(node: ast.Import | ast.ImportFrom) -> bool:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
    return any(name.split(".")[0] in ("pvengine", "pvfalsifiers") for name in names)


def test_error_classes_are_named_so() -> None:
    wrong = [
        node.name
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(
            isinstance(base, ast.Name) and base.id.endswith(("Error", "Exception")) for base in node.bases
        )
        and not node.name.endswith("Error")
    ]
    assert wrong == []


def test_layers_hold_and_there_is_no_import_cycle() -> None:
    done = subprocess.run(  # noqa: S603 - the project's own linter
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_module_graph_has_no_cycle() -> None:
    import grimp  # noqa: PLC0415 - builds the graph of the whole package, for this test alone

    graph = grimp.build_graph("pvengine", exclude_type_checking_imports=True)
    for package in sorted(graph.modules):
        imported = graph.find_upstream_modules(package)
        if package == "pvengine" or "pvengine" in imported:
            continue
        assert package not in imported, package


def test_the_top_level_has_only_what_the_layout_names() -> None:
    command = ["git", "ls-files"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - git
    names = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    assert {name for name in names if not name.startswith(".")} <= ALLOWED_TOP_LEVEL
    assert not (ROOT / "engine" / "__init__.py").exists()
    assert not (ROOT / "falsifiers" / "__init__.py").exists()


def test_no_lock_file_names_the_address_of_a_registry() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text
