from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pvengine.cli.delivery import (
    append_step_summary,
    check_output,
    find_place_in_workspace,
    find_working_folder,
    write_document,
)
from pvengine.errors import UsageError
from pvengine.models.report import ContractEntry, DiagnosticEntry, Report, Summary

if TYPE_CHECKING:
    from collections.abc import Callable

EMPTY = Report(command="validate")


def test_a_new_file_with_the_folders_above_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "out.xml"
    write_document(path, "größe \ud800\r\n", EMPTY)
    assert path.read_bytes() == "größe \\ud800\r\n".encode()
    assert [each.name for each in path.parent.iterdir()] == ["out.xml"]


def test_a_file_that_is_there_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.xml"
    path.write_text("a much longer text that was there before")
    path.chmod(0o640)
    write_document(path, "new", EMPTY)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    link, target = tmp_path / "link.json", tmp_path / "target.json"
    link.symlink_to(target)
    write_document(link, "one", EMPTY)
    write_document(link, "two", EMPTY)
    assert (link.is_symlink(), target.read_text()) == (True, "two")


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.mkdir(), "it is a folder"),
        (os.mkfifo, "it is no regular file"),
        (lambda path: path.symlink_to("/dev/null"), "it is no regular file"),
    ],
    ids=["folder", "pipe", "device"],
)
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Path], None], what: str) -> None:
    path = tmp_path / "out"
    make(path)
    before = path.lstat()
    for refuse in (check_output, lambda each: write_document(each, "new", EMPTY)):
        with pytest.raises(UsageError, match=rf"cannot write {path}: {what}"):
            refuse(path)
    assert path.lstat() == before


@pytest.mark.parametrize("name", ["x-v1.yaml", "x.yml"])
def test_the_name_of_a_contract_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="it has the name of a contract"):
        check_output(tmp_path / name)
    (tmp_path / "link").symlink_to(name)
    with pytest.raises(UsageError, match="link: it has the name of a contract"):
        check_output(tmp_path / "link")


@pytest.mark.parametrize("is_contract", [0, 1])
def test_what_the_report_is_about_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_contract: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pv.toml").write_text("kept")
    Path("other.toml").symlink_to("pv.toml")
    entry = DiagnosticEntry(
        path="pv.toml", line=None, column=None, code="PV001", severity="error", message="odd"
    )
    contract = ContractEntry(path="pv.toml", id=None, version=None, summary=Summary())
    report = (
        Report(command="validate", contracts=(contract,))
        if is_contract
        else Report(command="validate", diagnostics=(entry,))
    )
    with pytest.raises(UsageError, match="the report is about this file"):
        write_document(Path("other.toml"), "new", report)
    assert Path("pv.toml").read_text() == "kept"


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "a" / "out.xml"
    with pytest.raises(UsageError) as caught:
        check_output(path)
    assert str(caught.value) == (
        f"cannot write {path}: {tmp_path / 'file'} is no folder\n"
        "  why: a report is one file in a folder\n"
        "  fix: correct the path"
    )


def test_a_refusal_of_the_system_leaves_no_part_behind(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 256)
    with pytest.raises(UsageError) as caught:
        write_document(path, "new", EMPTY)
    assert str(caught.value) == (
        f"{path}: cannot write {path.name}: file name too long\n"
        "  why: a report is written whole or not at all\n"
        "  fix: check the permissions and the free space of the folder"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "out.xml").write_text("kept")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UsageError, match=r"cannot write out\.xml: permission denied"):
        write_document(tmp_path / "out.xml", "new", EMPTY)
    assert (tmp_path / "out.xml").read_text() == "kept"


def test_a_step_summary_is_appended_to_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    rooms: list[int] = []

    def render(room: int) -> tuple[str, int]:
        rooms.append(room)
        return "größe\n", 0

    assert list(append_step_summary(file, render)) == []
    assert list(append_step_summary(file, render)) == []
    assert file.read_bytes() == "größe\n\ngröße\n".encode()
    assert rooms == [1 << 20, (1 << 20) - len("größe\n".encode()) - 1]


def test_what_a_step_summary_leaves_out_is_said(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    note = "pv: the step summary is cut, it holds 1 MiB: 7 findings are left out of it"
    assert list(append_step_summary(file, lambda _: ("cut", 7))) == [note]
    assert list(append_step_summary(file, lambda _: ("", 7))) == [note]
    assert file.read_text() == "cut"


def test_a_step_summary_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    assert list(append_step_summary(tmp_path, lambda _: ("text", 0))) == [
        "pv: cannot write the step summary: is a directory"
    ]


@pytest.mark.parametrize(
    ("workspace", "place"), [("", ""), (".", "a b/"), ("a b", ""), ("other", ""), ("a b/../other/..", "a b/")]
)
def test_the_working_folder_below_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workspace: str, place: str
) -> None:
    (tmp_path / "a b").mkdir()
    monkeypatch.chdir(tmp_path / "a b")
    monkeypatch.setenv("GITHUB_WORKSPACE", f"{tmp_path}/{workspace}" if workspace else "")
    assert find_place_in_workspace() == place
    monkeypatch.delenv("GITHUB_WORKSPACE")
    assert find_place_in_workspace() == ""


def test_a_working_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    folder.rmdir()
    assert find_working_folder() is None
    assert find_place_in_workspace() == ""
