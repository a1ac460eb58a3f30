"""The hook `pv-validate`, called as pre-commit calls it: its entry with a list of files."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Scratch

REPOSITORY = Path(__file__).resolve().parents[2]
GOOD = "metadata: {id: C-GOOD, version: 1.0.0, kind: pattern, description: Good., references: [none]}\n"
BAD = GOOD.replace("C-GOOD", "[C-BAD]")
REGISTRY = "version: 1.0.0\nbindings:\n- {contract: good-v1.yaml, equation: e, module_path: a::b}\n"


@pytest.fixture(scope="module")
def hook() -> dict[str, Any]:
    text = (REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (hook,) = (each for each in yaml.safe_load(text) if each["id"] == "pv-validate")
    assert isinstance(hook, dict)
    return hook


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def select(hook: dict[str, Any], names: list[str]) -> list[str]:
    """Select the files that the hook is given: by pattern, and by the endings that the type `yaml` has."""
    return [name for name in names if re.search(hook["files"], name) and name.endswith((".yaml", ".yml"))]


def commit(scratch: Scratch, hook: dict[str, Any], *names: str) -> tuple[int, str]:
    """Call the hook for a commit of these files; return the exit code and what it printed."""
    program, *words = shlex.split(hook["entry"])
    command = [str(Path(sys.executable).with_name(program)), *words, *select(hook, list(names))]
    done = subprocess.run(  # noqa: S603 - this project's command
        command, cwd=scratch.root, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_hook_says_what_pre_commit_wants(hook: dict[str, Any]) -> None:
    assert hook["id"] == "pv-validate"
    assert (hook["language"], hook["types"], hook["pass_filenames"]) == ("python", ["yaml"], True)
    scripts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert shlex.split(hook["entry"])[0] in scripts
    assert {type(hook[name]) for name in ("id", "name", "description", "entry", "files")} == {str}


def test_one_process_gets_all_files(hook: dict[str, Any]) -> None:
    assert hook["require_serial"] is True


def test_contracts_are_taken_at_any_depth_and_nothing_else(hook: dict[str, Any]) -> None:
    wanted = ["contracts/a-v1.yaml", "contracts/old/b-v1.yml", "kernels/contracts/c-v1.yaml"]
    other = [
        "pv.toml",
        ".github/workflows/contracts.yaml",
        "contracts.yaml",
        "subcontracts/a.yaml",
        "contracts/evidence/a-v1/FT-001/0.json",
        "contracts/README.md",
    ]
    assert select(hook, [*wanted, *other]) == wanted


def test_a_good_commit_goes_through(scratch: Scratch, hook: dict[str, Any]) -> None:
    scratch.write("contracts/good-v1.yaml", GOOD)
    code, out = commit(scratch, hook, "contracts/good-v1.yaml", "pv.toml")
    assert code == 0
    assert re.fullmatch(r"0 tests: .*; 0 errors, 0 warnings\n", out)


def test_a_bad_contract_among_good_ones_stops_the_commit(scratch: Scratch, hook: dict[str, Any]) -> None:
    scratch.write("contracts/good-v1.yaml", GOOD)
    scratch.write("contracts/sub/bad-v1.yml", BAD)
    code, out = commit(scratch, hook, "contracts/good-v1.yaml", "contracts/sub/bad-v1.yml")
    assert code == 1
    assert out.startswith("contracts/sub/bad-v1.yml:1:16: error[PV202]: ")


def test_what_the_commit_does_not_change_is_looked_up_and_not_checked(
    scratch: Scratch, hook: dict[str, Any]
) -> None:
    scratch.write("contracts/bad-v1.yaml", BAD)
    depends = GOOD.replace("version", "depends_on: [other-v1], version")
    scratch.write("contracts/good-v1.yaml", depends)
    code, out = commit(scratch, hook, "contracts/good-v1.yaml")
    assert code == 0
    assert re.findall(r"\[(PV\d+)\]", out) == ["PV304"]
    scratch.write("contracts/other-v1.yaml", GOOD.replace("C-GOOD", "C-OTHER"))
    assert "PV304" not in commit(scratch, hook, "contracts/good-v1.yaml")[1]


def test_a_baseline_speaks_only_about_the_files_of_the_commit(scratch: Scratch, hook: dict[str, Any]) -> None:
    scratch.write("pv.toml", 'baseline = "known.json"\n[severities]\nPV204 = "error"\n')
    scratch.write("contracts/a-v1.yaml", f"{GOOD}odd: 1\n")
    scratch.write("contracts/good-v1.yaml", GOOD.replace("C-GOOD", "C-B"))
    assert scratch.call("validate", "--write-baseline").code == 0
    code, out = commit(scratch, hook, "contracts/good-v1.yaml")
    assert (code, "PV009" in out) == (0, False)
    code, out = commit(scratch, hook, "contracts/a-v1.yaml")
    assert code == 0
    assert out.endswith("left out: 1 finding in the baseline\n")


def test_a_commit_of_a_registry_alone_checks_nothing_and_says_so(
    scratch: Scratch, hook: dict[str, Any]
) -> None:
    scratch.write("contracts/good-v1.yaml", GOOD)
    scratch.write("contracts/bindings.yaml", REGISTRY)
    code, out = commit(scratch, hook, "contracts/bindings.yaml")
    assert code == 14
    assert "note[PV226]" in out
    code, out = commit(scratch, hook, "contracts/bindings.yaml", "contracts/good-v1.yaml")
    assert code == 0
    assert "note[PV226]" in out


def test_files_of_two_projects_are_refused(scratch: Scratch, hook: dict[str, Any]) -> None:
    scratch.write("contracts/good-v1.yaml", GOOD)
    scratch.write("sub/pv.toml", "")
    scratch.write("sub/contracts/good-v1.yaml", GOOD)
    code, out = commit(scratch, hook, "contracts/good-v1.yaml", "sub/contracts/good-v1.yaml")
    assert code == 2
    assert "belong to different projects" in out
