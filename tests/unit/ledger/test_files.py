"""Files are written whole or not at all, and what the system refuses is said in one message."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pvengine.errors import ChangedFileError, ExitCode, UsageError
from pvengine.ledger.files import UnconfirmedWriteError, create_file, remove_leftovers, replace_file


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"old")
    return path


def test_a_file_is_created_with_the_folders_above_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "record.json"
    create_file(path, b"content")
    assert path.read_bytes() == b"content"
    assert list_names(path.parent) == ["record.json"]


def test_each_new_folder_is_synchronised_into_the_one_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronised = []
    real = os.fsync

    def watch(descriptor: int) -> None:
        synchronised.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("the names of open files are read from /proc")
    monkeypatch.setattr(os, "fsync", watch)
    create_file(tmp_path / "a" / "b" / "record.json", b"")
    folders = [str(tmp_path), str(tmp_path / "a"), str(tmp_path / "a" / "b")]
    assert [path for path in synchronised if not path.endswith(".tmp")] == folders


def test_a_created_file_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        create_file(tmp_path / "private", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600


def test_a_file_is_replaced_and_keeps_its_mode(contract: Path) -> None:
    contract.chmod(0o640)
    replace_file(contract, b"new", expected=b"old")
    assert contract.read_bytes() == b"new"
    assert stat.S_IMODE(contract.stat().st_mode) == 0o640
    assert list_names(contract.parent) == ["x.yaml"]


def test_a_symbolic_link_stays_and_its_target_is_replaced(contract: Path) -> None:
    link = contract.parent / "elsewhere" / "link.yaml"
    link.parent.mkdir()
    link.symlink_to("../x.yaml")
    replace_file(link, b"new", expected=b"old")
    assert link.is_symlink()
    assert contract.read_bytes() == b"new"
    assert list_names(link.parent) == ["link.yaml"]


def test_a_file_with_a_long_name_in_a_long_script_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("契" * 80 + ".yaml")
    path.write_bytes(b"old")
    replace_file(path, b"new", expected=b"old")
    assert path.read_bytes() == b"new"


def test_a_file_that_changed_is_left_alone(contract: Path) -> None:
    contract.write_bytes(b"edited")
    with pytest.raises(ChangedFileError) as caught:
        replace_file(contract, b"new", expected=b"old")
    assert caught.value.exit_code is ExitCode.CHANGED
    assert str(caught.value).splitlines()[0] == f"{contract}: x.yaml changed since it was read"
    assert contract.read_bytes() == b"edited"
    assert list_names(contract.parent) == ["x.yaml"]


def test_a_file_that_is_gone_is_not_made_again(contract: Path) -> None:
    contract.unlink()
    with pytest.raises(ChangedFileError, match=r"x\.yaml is gone"):
        replace_file(contract, b"new", expected=b"old")
    assert list_names(contract.parent) == []


def test_an_edit_during_the_writing_is_noticed_before_the_replacement(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def edit_meanwhile(descriptor: int) -> None:
        contract.write_bytes(b"edited")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", edit_meanwhile)
    with pytest.raises(ChangedFileError):
        replace_file(contract, b"new", expected=b"old")
    assert contract.read_bytes() == b"edited"
    assert list_names(contract.parent) == ["x.yaml"]


@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
def test_a_failure_leaves_the_old_content_and_no_temporary_file(
    contract: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os if call == "fsync" else Path, call, refuse)
    with pytest.raises(UsageError, match=r"cannot write x\.yaml: no space left on device"):
        replace_file(contract, b"new", expected=b"old")
    assert contract.read_bytes() == b"old"
    assert list_names(contract.parent) == ["x.yaml"]


def test_an_interruption_leaves_no_temporary_file(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        create_file(contract.with_name("y.json"), b"new")
    assert list_names(contract.parent) == ["x.yaml"]


def test_a_folder_that_may_not_be_written_gives_a_message_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UsageError) as caught:
        create_file(tmp_path / "record.json", b"")
    assert str(caught.value).splitlines() == [
        f"{tmp_path / 'record.json'}: cannot write record.json: permission denied",
        "  why: a status is written only when it and its evidence can be stored",
        "  fix: check the permissions and the free space of the folder",
    ]


def test_a_file_where_a_folder_should_be_gives_a_message(contract: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot write record\.json: "):
        create_file(contract / "evidence" / "record.json", b"")


def test_a_name_that_is_too_long_gives_a_message(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="file name too long"):
        create_file(tmp_path / ("x" * 300) / "record.json", b"")


def test_a_loop_of_links_gives_a_message(tmp_path: Path) -> None:
    loop = tmp_path / "x.yaml"
    loop.symlink_to(loop)
    with pytest.raises(UsageError, match=r"cannot write x\.yaml: "):
        replace_file(loop, b"new", expected=b"old")


def test_what_the_system_does_not_confirm_is_said_to_be_in_place(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def refuse_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    with pytest.raises(UnconfirmedWriteError) as caught:
        replace_file(contract, b"new", expected=b"old")
    assert caught.value.what == "x.yaml was written, and the system did not confirm it: input/output error"
    assert contract.read_bytes() == b"new"
    assert list_names(contract.parent) == ["x.yaml"]


def test_a_write_that_the_system_cuts_short_goes_on(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, bytes(content)[:2]))
    replace_file(contract, b"a longer text", expected=b"old")
    assert contract.read_bytes() == b"a longer text"


def test_leftovers_of_one_file_are_removed(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Path] = []

    def note(self: Path) -> None:
        kept.append(self)

    monkeypatch.setattr(Path, "unlink", note)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    for name in ("x.yaml", "y.yaml"):
        with pytest.raises(KeyboardInterrupt):
            create_file(contract.with_name(name), b"new")
    monkeypatch.undo()
    mine, other = kept
    person = contract.with_name("notes.tmp")
    person.touch()
    assert remove_leftovers(contract.parent, "x.yaml") == 1
    assert (mine.exists(), other.exists()) == (False, True)
    assert remove_leftovers(contract.parent) == 1
    assert list_names(contract.parent) == ["notes.tmp", "x.yaml"]
    assert remove_leftovers(contract.parent / "nowhere") == 0
