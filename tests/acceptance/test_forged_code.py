"""Each edit of a falsifier, its subject, its planted faults or a kernel makes evidence stale.

The shipped falsifiers are copied into a project of their own, and its contract is discharged with them. Then
one node of one module's syntax tree is changed at a time. Which tests must be stale follows from import
statements, read here without the engine. Comments, docstrings and layout do not count.
"""

from __future__ import annotations

import ast
import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from code_mutations import Mutant, draw_mutants, edit_harmlessly
from forgery import write

import pvrecheck
from pvengine import open_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Scratch

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = ROOT / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
PACKAGE = "copied"
SELECTED = ("006", "007", "011", "012", "013")
"""Tests that rest on every module but the other falsifiers, and one module that no falsifier imports."""


@dataclass(frozen=True)
class Copied:
    """The project with the copied package: module name to path, and the modules that each test rests on."""

    root: Path
    modules: dict[str, Path]
    rests_on: dict[str, frozenset[str]]

    def find_stale(self) -> tuple[int, dict[str, str]]:
        """Verify in a project that was never read; return the exit code and the reason of each stale test."""
        report = open_project(self.root).verify()
        tests = report.contracts[0].tests
        assert {test.standing for test in tests} <= {"verified", "stale"}
        return report.exit_code, {
            test.id: "; ".join(test.reasons) for test in tests if test.standing == "stale"
        }

    def find_stale_with(self, module: str, source: str) -> tuple[int, dict[str, str]]:
        """Do it with another source of one module."""
        path = self.modules[module]
        before = path.read_bytes()
        try:
            path.write_text(source, encoding="utf-8")
            return self.find_stale()
        finally:
            path.write_bytes(before)

    def list_resting_on(self, module: str) -> set[str]:
        return {test for test, modules in self.rests_on.items() if module in modules}


def make_contract() -> dict[str, Any]:
    """Make a contract of the bound tests of the shipped one, as nobody has discharged them."""
    data = pvrecheck.read_yaml(FLAGSHIP.read_bytes())
    tests = [test for test in data["falsification_tests"] if test["id"].endswith(SELECTED)]
    for test in tests:
        test["falsifier"] = f"{PACKAGE}.{test['falsifier']}"
        for key in ("status", "verdict", "evidence", "depends_on"):
            test.pop(key, None)
    for hypothesis in data["hypotheses"]:
        hypothesis.pop("status")
    metadata = {"id": "C-COPIED", "version": "1.0.0"}
    return {"metadata": metadata, "hypotheses": data["hypotheses"], "falsification_tests": tests}


def copy_package(root: Path, names: list[str]) -> dict[str, Path]:
    """Copy the shipped package under another name, and its falsifiers under other names."""
    shutil.copytree(
        ROOT / "falsifiers" / "pvfalsifiers", root / PACKAGE, ignore=shutil.ignore_patterns("*.pyc")
    )
    modules = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        text = path.read_text(encoding="utf-8").replace("pvfalsifiers", PACKAGE)
        for name in names:
            text = text.replace(f'"{name}"', f'"{PACKAGE}.{name}"')
        path.write_text(text, encoding="utf-8")
        parts = path.relative_to(root).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


def find_reach(module: str, modules: dict[str, Path]) -> frozenset[str]:
    """Find the modules of the package that importing one of them can run, itself among them."""
    found, queue = set(), [module]
    while queue:
        name = queue.pop()
        if name not in modules or name in found:
            continue
        found.add(name)
        queue += [".".join(name.split(".")[:length]) for length in range(1, name.count(".") + 1)]
        for node in ast.walk(ast.parse(modules[name].read_bytes())):
            if isinstance(node, ast.ImportFrom):
                queue += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return frozenset(found)


@pytest.fixture(scope="module")
def copied(make_scratch: Callable[[], Scratch]) -> Copied:
    scratch = make_scratch()
    data = make_contract()
    names = {test["falsifier"]: test["id"] for test in data["falsification_tests"]}
    modules = copy_package(scratch.root, [name.removeprefix(f"{PACKAGE}.") for name in names])
    scratch.write("pv.toml", f'contracts = ["contracts"]\nfalsifiers = ["{PACKAGE}.cascade"]\n')
    path = scratch.write("contracts/x-v1.yaml", write(data))
    done = scratch.call("discharge", path)
    assert done.code == 0, done.shown
    rests_on = {}
    for module, source in modules.items():
        for name in re.findall(
            rf'^    "({PACKAGE}\.[\w.-]+)",$', source.read_text(encoding="utf-8"), re.MULTILINE
        ):
            if name in names:
                rests_on[names[name]] = find_reach(module, modules)
    assert len(rests_on) == len(names)
    return Copied(scratch.root, modules, rests_on)


MUTANTS = {
    "operators": 40, "comparisons": 20, "constants": 45, "calls": 40, "defaults": 20, "imports": 20,
    "statements": 35,
}  # fmt: skip
"""How many mutants of each kind are tried; they are drawn from all that there are."""


def iter_mutants(copied: Copied) -> Iterator[Mutant]:
    """Draw mutants of the modules that some test rests on, each time the same ones."""
    covered = sorted(frozenset().union(*copied.rests_on.values()))
    sources = {module: copied.modules[module].read_text(encoding="utf-8") for module in covered}
    rng = random.Random(11)  # noqa: S311 - a sample, no secret
    for kind, count in MUTANTS.items():
        yield from draw_mutants(kind, count, sources, rng)


def test_a_changed_node_makes_what_rests_on_it_stale(copied: Copied, tally: Callable[..., None]) -> None:
    assert copied.find_stale() == (0, {})
    said = re.compile(
        r"the code of falsifier '[^']+' changed: its digest was sha256:\w{12}, is sha256:\w{12}"
        r"|falsifier '[^']+' is not installed, so its code cannot be compared"
    )
    missed, cases = [], 0
    for mutant in iter_mutants(copied):
        code, stale = copied.find_stale_with(mutant.module, mutant.source)
        is_said = all(said.fullmatch(reason) for reason in stale.values())
        cases += 1
        if (code, set(stale), is_said) != (11, copied.list_resting_on(mutant.module), True):
            missed.append((mutant.kind, mutant.module, mutant.line, code, stale))
    assert not missed, missed
    tally(
        group="Changed code",
        row="a node of a falsifier, a subject, a planted fault or a kernel is changed",
        cases=cases,
        missed=len(missed),
        at_least=200,
    )


def test_comments_docstrings_and_layout_do_not_count(copied: Copied, tally: Callable[..., None]) -> None:
    covered = sorted(frozenset().union(*copied.rests_on.values()))
    sources = {module: copied.modules[module].read_text(encoding="utf-8") for module in covered}
    assert all(edit_harmlessly(source) != source for source in sources.values())
    flagged = [
        module
        for module, source in sources.items()
        if copied.find_stale_with(module, edit_harmlessly(source)) != (0, {})
    ]
    assert not flagged, flagged
    tally(
        group="Harmless edits",
        row="comments, docstrings and layout of a module, not stale",
        cases=len(covered),
        missed=len(flagged),
        at_least=20,
    )


def test_a_module_that_no_falsifier_imports_does_not_count(copied: Copied) -> None:
    assert copied.list_resting_on("copied.kernels.dot") == set()
    assert copied.find_stale_with("copied.kernels.dot", "raise RuntimeError\n") == (0, {})
