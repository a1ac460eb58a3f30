"""Where a project is, and which files are its contracts."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from pvengine.errors import UsageError
from pvengine.project.configuration import Configuration
from pvengine.project.workspace import Workspace, open_workspace, open_workspace_of, say_nothing


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def test_without_a_project_the_folder_alone_is_searched(tmp_path: Path) -> None:
    make(tmp_path, "a.yaml", "deep/b.yaml")
    workspace = open_workspace(tmp_path)
    assert workspace.configuration_file is None
    assert workspace.contract_files() == [tmp_path / "a.yaml"]
    assert workspace.contract_files([tmp_path]) == [tmp_path / "a.yaml", tmp_path / "deep" / "b.yaml"]


def test_of_configured_folders_one_that_is_gone_is_a_mistake(tmp_path: Path) -> None:
    make(tmp_path, "pv.toml", "one/a.yaml")
    workspace = Workspace(tmp_path, Configuration(contracts=("one", "two")), tmp_path / "pv.toml")
    with pytest.raises(UsageError) as caught:
        workspace.find_contracts()
    assert str(caught.value.what).endswith("/two, which the configuration names under `contracts`")
    new = Workspace(tmp_path, Configuration(contracts=("two", "three")), tmp_path / "pv.toml")
    assert new.contract_files() == [], "a new project has none yet"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    make(tmp_path, "contracts/a.yaml")
    with pytest.raises(UsageError) as caught:
        open_workspace(tmp_path / "contracts" / "aa.yaml")
    assert caught.value.fix == f"did you mean {tmp_path}/contracts/a.yaml?"


def test_the_paths_of_a_run_belong_to_one_project(tmp_path: Path) -> None:
    make(tmp_path, "one/pv.toml", "one/a.yaml", "one/deep/b.yaml", "two/pv.toml", "two/c.yaml")
    with contextlib.chdir(tmp_path):
        one = open_workspace_of([Path("one/a.yaml"), Path("one/deep/b.yaml")])
        assert one.root == tmp_path / "one"
        with pytest.raises(UsageError, match=r"one/a.yaml and two/c.yaml belong to different projects"):
            open_workspace_of([Path("one/a.yaml"), Path("two/c.yaml")])
    with contextlib.chdir(tmp_path / "two"):
        assert open_workspace_of([]).root == tmp_path / "two"


def test_nothing_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        error = say_nothing(Workspace(tmp_path, Configuration(contracts=("a", "b")), tmp_path / "pv.toml"))
        none = say_nothing(Workspace(tmp_path, Configuration(contracts=())))
    assert (error.what, error.where) == (
        "no contract was found; those of the project are looked for in a, b",
        "pv.toml",
    )
    assert "are looked for in no folder" in none.what
