"""Which project a path belongs to, and what its configuration says."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from pvengine import Project, open_project
from pvengine.cli.table import COMMANDS
from pvengine.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Scratch


def test_the_nearest_configuration_wins(scratch: Scratch) -> None:
    scratch.write("pyproject.toml", "[tool.pv]\n")
    scratch.write("inner/pyproject.toml", '[tool.pv]\ncontracts = ["claims"]\n')
    scratch.write("inner/other/pyproject.toml", "[tool.ruff]\n")
    (scratch.root / "inner" / "other" / "deep").mkdir()
    assert open_project(scratch.root).configuration_file == scratch.root / "pv.toml"
    inner = open_project(scratch.root / "inner" / "other" / "deep")
    assert inner.root == scratch.root / "inner"
    assert inner.configuration.contracts == ("claims",)


def test_without_a_configuration_the_git_root_and_the_folder_of_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "repo" / "deep"
    folder.mkdir(parents=True)
    (folder / "x.yaml").write_text("metadata: {id: X, version: 1.0.0}\n")
    (folder.parent / "y.yaml").write_text("metadata: {id: Y, version: 1.0.0}\n")
    alone = open_project(folder / "x.yaml")
    assert alone.root == folder
    (folder.parent / ".git").mkdir()
    project = open_project(folder / "x.yaml")
    assert project.root == folder.parent
    assert project.contract_files() == [folder / "x.yaml"]


def test_a_command_in_a_folder_below_finds_the_project(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    (scratch.root / "notes").mkdir()
    report = scratch.json("validate", str(scratch.path))
    assert report["summary"]["declared"] == 1
    below = type(scratch).__new__(type(scratch))
    below.root = scratch.root / "notes"
    assert below.json("status")["summary"]["declared"] == 1
    assert below.pv("run", "../contracts/x-v1.yaml").code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'contract = ["x"]\n',
            "unknown configuration key 'contract'\n  why: a misspelt key would change nothing",
        ),
        ('contract = ["x"]\n', "\n  fix: did you mean 'contracts'?\n"),
        ("[limits]\nsecond = 3\n", "unknown configuration key 'limits.second'"),
        ("[limits]\nsecond = 3\n", "fix: did you mean 'seconds'?"),
        ("zzz = 1\n", "fix: known keys: contracts, falsifiers, statuses, limits, jobs, models"),
        ('contracts = "x"\n', "configuration key 'contracts': input should be a list, got 'x'"),
        ("jobs = 0\n", "configuration key 'jobs': input should be greater than or equal to 1, got 0"),
        ("[limits]\nmebibytes = 1\n", "configuration key 'limits.mebibytes': input should be greater than"),
        ('[statuses]\nDONE = "FINISHED"\n', "configuration key 'statuses.DONE': input should be 'NEW', "),
        ("contracts = [\n", "pv.toml: the configuration is no TOML: "),
    ],
)
def test_a_broken_configuration(scratch: Scratch, text: str, message: str) -> None:
    scratch.write("pv.toml", text)
    scratch.contract(scratch.test())
    result = scratch.call("status")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"pv: {scratch.root}/pv.toml: ")
    assert message in result.err


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\npv = 3\n"])
def test_a_project_file_with_another_shape(scratch: Scratch, text: str) -> None:
    (scratch.root / "pv.toml").unlink()
    scratch.write("pyproject.toml", text)
    scratch.contract(scratch.test())
    result = scratch.pv("validate", "contracts/x-v1.yaml")
    assert "Traceback" not in result.err
    assert result.code == (2 if "pv" in text else 0)


def test_contracts_come_from_the_configuration(scratch: Scratch) -> None:
    scratch.write("pv.toml", 'contracts = ["a", "b/one.yaml"]\n')
    for name in (
        "a/x.yaml",
        "a/deep/y.yml",
        "a/.hidden/z.yaml",
        "a/evidence/x/e.yaml",
        "b/one.yaml",
        "b/two.yaml",
    ):
        scratch.write(name, "metadata: {id: X, version: 1.0.0}\n")
    paths = [entry["path"] for entry in scratch.json("status")["contracts"]]
    assert paths == ["a/x.yaml", "a/deep/y.yml", "b/one.yaml"]


def test_a_configured_folder_that_is_not_there_is_noticed(scratch: Scratch) -> None:
    scratch.write("pv.toml", 'contracts = ["contracts", "contrcts"]\n')
    scratch.contract(scratch.test())
    result = scratch.pv("validate")
    assert (result.code, result.out) == (2, "")
    assert "there is no contrcts, which the configuration names under `contracts`" in result.err
    assert scratch.pv("validate", "contracts/x-v1.yaml").code == 0


def test_status_words_of_other_tools(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="status: ERLEDIGT"))
    assert "PV203" in {found["code"] for found in scratch.json("validate")["diagnostics"]}
    scratch.write("pv.toml", 'falsifiers = ["probe.py"]\nstatuses = {ERLEDIGT = "DISCHARGED"}\n')
    codes = [found["code"] for found in scratch.json("validate")["diagnostics"]]
    assert "PV203" not in codes
    assert "PV501" in codes


def test_defaults_of_the_configuration_limit_a_trial(scratch: Scratch) -> None:
    scratch.edit("seconds = 20", "seconds = 0.5", "pv.toml")
    scratch.contract(scratch.test(mode="hang"))
    result = scratch.discharge()
    assert result.code == 12
    assert "took longer than 0.5 s" in result.out


def test_contracts_of_two_projects_at_once_are_refused(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.write("other/pv.toml", "")
    scratch.write("other/contracts/y.yaml", "metadata: {id: Y, version: 1.0.0}\n")
    result = scratch.pv("validate", "contracts", "other/contracts")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("pv: contracts and other/contracts belong to different projects\n")


def test_a_project_has_one_method_for_each_command() -> None:
    methods = {name for name, _ in inspect.getmembers(Project, inspect.isfunction)}
    assert {"merge" if name == "merge-driver" else name for name in COMMANDS} <= methods
    assert "check_falsifier" in methods


def test_the_methods_say_what_the_commands_say(scratch: Scratch) -> None:
    project = open_project(scratch.root)
    scratch.contract(scratch.test())
    assert project.validate([scratch.path]).exit_code == 0
    assert project.discharge(scratch.path, dry_run=True).version.to == "1.1.0"
    assert project.discharge(scratch.path, tests=["FT-001"], jobs=1).written
    assert project.run(scratch.path).trials[0].outcome == "survived"
    assert project.status([scratch.path], gate=True).exit_code == 0
    assert project.verify([scratch.path]).exit_code == 0
    assert [node.name for node in project.graph(scratch.path).nodes] == ["x-v1", "FT-001"]
    with pytest.raises(UsageError, match="there is no "):
        open_project(scratch.root / "nowhere")
