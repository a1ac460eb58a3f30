"""A project in a git repository, on a branch that began at `main`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.project.checking.check import check_change
from pvengine.project.checking.project_change import read_change
from pvengine.project.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.models.check import CheckReport
    from pvengine.project.checking.project_change import ProjectChange


@dataclass(frozen=True)
class Branch:
    """The project of `bench` in a repository; `main` is its base."""

    bench: Any
    git: Any

    @property
    def root(self) -> Path:
        """The top of the repository, which is the root of the project."""
        root: Path = self.bench.root
        return root

    def contract(self, *tests: str) -> None:
        """Write the contract."""
        head = "metadata: {id: C-X, version: 1.0.0, description: Some., references: [none]}\n"
        self.bench.write("contracts/x-v1.yaml", head + "falsification_tests:\n" + "".join(tests))

    def commit(self, message: str = "x") -> None:
        """Commit everything."""
        self.git(self.root, "add", "-A")
        self.git(self.root, "commit", "--quiet", "--allow-empty", "-m", message)

    def begin(self) -> None:
        """Commit everything to `main`, and leave it for a branch."""
        self.git(self.root, "init", "--quiet", "--initial-branch=main")
        self.commit("base")
        self.git(self.root, "checkout", "--quiet", "-b", "branch")

    def read(self) -> ProjectChange:
        """Read the change."""
        return read_change(self.bench.project, "main")

    def check(self) -> CheckReport:
        """Check the change, and measure nothing again."""
        return check_change(self.bench.project, base="main", rerun="none", progress=SilentProgress())

    def codes(self) -> list[tuple[str, str, int | None]]:
        """List code, path and line of the findings of a check."""
        return [(each.code, each.path, each.line) for each in self.check().diagnostics]


@pytest.fixture
def branch(bench: Any, git: Any) -> Branch:
    """Return a project in which nothing is committed yet."""
    return Branch(bench, git)
