from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pvengine.errors import UsageError
from pvengine.project.discovery import (
    find_project,
    iter_contract_files,
    list_contract_files,
    report_missing_path,
    show_path,
)


def test_without_anything_the_folder_itself_is_the_root(tmp_path: Path) -> None:
    root, configuration, file = find_project(tmp_path)
    assert (root, configuration.contracts, file) == (tmp_path, (".",), None)


def test_a_file_is_listed_once_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("")
    (tmp_path / "link.yaml").symlink_to("x.yaml")
    assert list_contract_files([tmp_path / "x.yaml", tmp_path]) == [tmp_path / "x.yaml"]


def test_folders_that_hold_no_contracts(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", ".hidden.yaml", "evidence/e.yaml", ".git/g.yaml", "c/d.yaml", "n.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = [str(path.relative_to(tmp_path)) for path in iter_contract_files(tmp_path)]
    assert found == ["a.yaml", "b.yml", "c/d.yaml"]


def test_a_folder_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied", "locked")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match="cannot list locked: permission denied") as caught:
        list(iter_contract_files(tmp_path))
    assert caught.value.why
    assert caught.value.fix


def test_links_and_folders_with_the_name_of_a_contract(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml" / "in.yaml").touch()
    (tmp_path / "a.yaml").touch()
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    (tmp_path / "dangling.yaml").symlink_to("nowhere")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "linked").symlink_to("folder.yaml")
    (tmp_path / "up").symlink_to(".")
    found = [path.relative_to(tmp_path).as_posix() for path in list_contract_files([tmp_path])]
    assert found == ["a.yaml", "dangling.yaml", "folder.yaml", "loop.yaml", "folder.yaml/in.yaml"]
    named = [tmp_path / "loop.yaml", tmp_path / "dangling.yaml"]
    assert list_contract_files(named) == named
    assert find_project(tmp_path / "loop.yaml" / "x.yaml")[2] is None


def test_a_folder_has_more_levels_than_python_has_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    depth = sys.getrecursionlimit() + 100
    for _ in range(depth):
        os.mkdir("d")  # noqa: PTH102 - relative to a folder whose whole path may be too long
        os.chdir("d")
    (Path() / "x.yaml").touch()
    os.chdir(tmp_path)
    (file,) = list_contract_files([tmp_path])
    assert len(file.relative_to(tmp_path).parts) == depth + 1
    subprocess.run(["rm", "-r", "d"], check=True)  # noqa: S607 - `shutil.rmtree` calls itself for each level


def test_a_missing_path_gets_a_suggestion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "contracts").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        list_contract_files([tmp_path / "contrcts"])
    assert (caught.value.what, caught.value.fix) == ("there is no contrcts", "did you mean contracts?")
    assert report_missing_path(tmp_path / "no" / "where").fix == (
        "check the path, or run `pv status` to see the contracts"
    )


def test_paths_are_shown_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert show_path(tmp_path / "a" / "b.yaml") == "a/b.yaml"
    assert show_path(tmp_path.parent / "b.yaml") == str(tmp_path.parent / "b.yaml")


def test_only_the_environment_that_pv_runs_in_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("venv", "forged"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyvenv.cfg").touch()
        (tmp_path / name / "x.YAML").touch()
    monkeypatch.setattr("sys.prefix", str(tmp_path / "venv"))
    assert list_contract_files([tmp_path]) == [tmp_path / "forged" / "x.YAML"]
