from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pvengine.errors import UsageError
from pvengine.project.discovery import (
    find_project,
    iter_contract_files,
    list_contract_files,
    report_missing_path,
    show_path,
)

if TYPE_CHECKING:
    from pathlib import Path


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
