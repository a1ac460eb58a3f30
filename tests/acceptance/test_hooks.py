"""The hooks of `.pre-commit-hooks.yaml` in commits and pushes, run by pre-commit itself."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from repositories import Git, Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

HOOKS = Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml"
PRE_COMMIT = "pre-commit==4.7.0"
UNREACHABLE = (
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "No route to host",
    "Network is unreachable",
    "Connection refused",
    "timed out",
)
TYPED = ("lt: 10.0}\n", "lt: 10.0}\n  status: DISCHARGED\n")

pytestmark = pytest.mark.slow


class Hooked(Repository):
    """A repository whose hooks are those of the project, in the present environment."""

    def __init__(self, scratch: Scratch, program: Path) -> None:
        super().__init__(scratch)
        self.program = program

    def configure(self, hook: str, **changes: Any) -> None:
        """Take one hook with changes, as a project writes them into its configuration."""
        (found,) = (each for each in yaml.safe_load(HOOKS.read_text(encoding="utf-8")) if each["id"] == hook)
        found |= {"language": "system", **changes}
        config = {"repos": [{"repo": "local", "hooks": [found]}]}
        self.scratch.write(".pre-commit-config.yaml", yaml.safe_dump(config))
        done = self.git("add", ".pre-commit-config.yaml")
        assert done.code == 0, done.out

    def install(self, stage: str) -> None:
        """Let git call the hooks of a stage."""
        done = subprocess.run(  # noqa: S603 - the program of the fixture
            [self.program, "install", "--hook-type", stage], cwd=self.root, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def try_commit(self, *words: str) -> Git:
        """Commit what is in the index, past the hooks."""
        return self.git("commit", "--quiet", "--message", "Try", *words)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return pre-commit in an environment of its own; skip where no registry answers."""
    folder = tmp_path_factory.mktemp("pre-commit")
    venv.create(folder)
    command = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    done = subprocess.run(  # noqa: S603 - pip, with a pinned package
        [*command, "--disable-pip-version-check", PRE_COMMIT], capture_output=True, text=True, check=False
    )
    if done.returncode and any(sign in done.stderr for sign in UNREACHABLE):
        pytest.skip("no package registry answers")
    assert done.returncode == 0, done.stderr
    return folder / "bin" / "pre-commit"


@pytest.fixture
def repository(make_scratch: Callable[[], Scratch], program: Path, monkeypatch: pytest.MonkeyPatch) -> Hooked:
    """Return a repository with a contract on `main`, whose commits run the hook `pv-check`."""
    path = [str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(program.parents[1] / "store"))
    scratch = make_scratch()
    repository = Hooked(scratch, program)
    assert repository.git("init", "--quiet", "--initial-branch=main").code == 0
    assert scratch.call("init").code == 0
    scratch.contract(scratch.test(), head="  description: Bounds.\n  references: [none]\n")
    repository.configure("pv-check")
    repository.commit("Begin")
    repository.install("pre-commit")
    return repository


def test_a_commit_is_checked_against_the_one_before_it(repository: Hooked) -> None:
    assert repository.scratch.call("discharge", "contracts/x-v1.yaml").code == 0
    repository.git("add", "--all")
    done = repository.try_commit()
    assert (done.code, "pv check" in done.out, "Passed" in done.out) == (0, True, True), done.out
    repository.scratch.edit("description: Bounds.", "description: Some bounds.")
    repository.git("add", "--all")
    done = repository.try_commit()
    assert (done.code, "- exit code: 11" in done.out) == (1, True), done.out
    assert repository.git("log", "--oneline", "main").out.count("\n") == 2


def test_what_is_not_in_the_index_is_not_in_the_commit(repository: Hooked) -> None:
    repository.scratch.write("other.py", "")
    repository.git("add", "other.py")
    repository.scratch.edit(*TYPED)
    done = repository.try_commit()
    assert (done.code, "- exit code: 14" in done.out) == (1, True), done.out
    assert "status: DISCHARGED" in repository.read()


def test_a_commit_beside_the_contracts_is_let_through(repository: Hooked) -> None:
    repository.scratch.write("README.md", "Bounds.\n")
    repository.git("add", "--all")
    done = repository.try_commit()
    assert (done.code, "Skipped" in done.out) == (0, True), done.out
    repository.scratch.edit(
        'contracts = ["contracts"]\n', 'contracts = ["contracts"]\ncheck.nothing = "pass"\n', "pv.toml"
    )
    repository.git("add", "--all")
    assert repository.try_commit().code == 0
    repository.scratch.write("other.py", "")
    repository.git("add", "--all")
    done = repository.try_commit()
    assert (done.code, "Passed" in done.out) == (0, True), done.out


def test_a_push_is_checked_against_the_branch_that_it_goes_to(repository: Hooked, tmp_path: Path) -> None:
    remote = tmp_path / "remote"
    assert repository.git("init", "--quiet", "--bare", str(remote)).code == 0
    assert repository.git("remote", "add", "origin", str(remote)).code == 0
    assert repository.git("push", "--quiet", "origin", "main").code == 0
    repository.branch("change")
    (repository.root / ".git" / "hooks" / "pre-commit").unlink()
    repository.configure("pv-check", stages=["pre-push"], args=["--base", "origin/main"])
    repository.scratch.edit(*TYPED)
    repository.commit("Claim it")
    repository.install("pre-push")
    done = repository.git("push", "origin", "change")
    assert (done.code, "- exit code: 11" in done.out) == (1, True), done.out
    repository.scratch.edit(*reversed(TYPED))
    repository.discharge()
    done = repository.git("push", "origin", "change")
    assert (done.code, "Passed" in done.out) == (0, True), done.out


def test_contracts_are_validated_at_a_commit(repository: Hooked) -> None:
    repository.configure("pv-validate")
    repository.scratch.edit("description: Bounds.", "description: [Bounds.")
    repository.git("add", "--all")
    done = repository.try_commit()
    assert (done.code, "- exit code: 1" in done.out) == (1, True), done.out
    assert "contracts/x-v1.yaml:" in done.out
