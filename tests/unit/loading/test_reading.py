"""The bytes of one contract: bounded, without waiting, and nothing but regular files and standard input."""

from __future__ import annotations

import io
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.diagnostics import ContractError
from pvengine.errors import UsageError
from pvengine.loading.reading import MAX_BYTES, read_contract_bytes, read_stdin_bytes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.yaml", "cannot read shown: no such file or directory"),
        ("folder", "shown is a folder"),
        ("file.yaml/below", "cannot read shown: not a directory"),
        ("/dev/null", "shown is no regular file but a device"),
        ("pipe", "shown is no regular file but a named pipe"),
        ("socket", "shown is no regular file but a socket"),
        ("dangling", "cannot read shown: no such file or directory"),
        ("loop", "cannot read shown: too many levels of symbolic links"),
        ("locked", "cannot read shown: permission denied"),
        ("nul\0", "cannot read shown: embedded null byte"),
        ("n" * 300, "cannot read shown: file name too long"),
    ],
)
def test_what_is_no_regular_file_is_a_usage_error(
    tmp_path: Path, name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.yaml").touch()
    os.mkfifo(tmp_path / "pipe")  # nobody writes into it: a blocking open would wait for ever
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")  # the length of a socket's path is limited
    (tmp_path / "dangling").symlink_to("missing")
    (tmp_path / "loop").symlink_to("loop")
    if name == "locked":
        (tmp_path / "locked").touch()
        monkeypatch.setattr(os, "open", _refuse_permission)
    with pytest.raises(UsageError) as caught:
        read_contract_bytes(tmp_path / name, "shown")
    assert caught.value.what == message
    assert caught.value.fix


def _refuse_permission(*_: object) -> int:
    raise PermissionError(13, "Permission denied")


def test_what_became_a_pipe_behind_the_first_look_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.yaml").touch()
    os.mkfifo(tmp_path / "pipe")
    open_file = os.open
    monkeypatch.setattr(os, "open", lambda _, flags: open_file(tmp_path / "pipe", flags))
    with pytest.raises(UsageError, match="shown is no regular file but a named pipe"):
        read_contract_bytes(tmp_path / "x.yaml", "shown")


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"")
    os.truncate(tmp_path / "large", MAX_BYTES + 1)
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []  # noqa: PTH112, PTH208 - descriptors
    for _ in range(3):
        with pytest.raises(ContractError):
            read_contract_bytes(tmp_path / "large", "shown")
    after = os.listdir("/proc/self/fd") if before else []  # noqa: PTH208 - as above
    assert len(after) == len(before)


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.touch()
    os.truncate(path, MAX_BYTES)
    assert read_contract_bytes(path, "shown") == bytes(MAX_BYTES)
    os.truncate(path, MAX_BYTES + 1)
    with pytest.raises(ContractError) as caught:
        read_contract_bytes(path, "shown")
    (finding,) = caught.value.diagnostics
    assert (finding.code, finding.path, finding.place) == ("PV113", "shown", None)
    assert finding.message == "the file has 16,777,217 bytes, and at most 16,777,216 are read (16 MiB)"
    assert finding.fix


def test_a_file_that_grows_while_it_is_read_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\n")
    taken = []

    def read_more(_: int, size: int) -> bytes:
        taken.append(size)
        return b"x" * size

    monkeypatch.setattr(os, "read", read_more)
    with pytest.raises(ContractError) as caught:
        read_contract_bytes(path, "shown")
    assert sum(taken) == MAX_BYTES + 1
    assert caught.value.diagnostics[0].message.startswith("the file has more than 16,777,216 bytes")


class FakeInput:
    """A standard input that gives these parts, one a call."""

    def __init__(self, *parts: bytes | None) -> None:
        self.parts = list(parts)
        self.buffer = self

    def read(self, size: int) -> bytes | None:
        part = self.parts.pop(0) if self.parts else b""
        return None if part is None else part[:size]


def test_standard_input_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: \xff\r\n")))
    assert read_stdin_bytes() == b"a: \xff\r\n"
    monkeypatch.setattr(sys, "stdin", FakeInput(b"a: ", b"1"))
    assert read_stdin_bytes() == b"a: 1"


def test_standard_input_without_an_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", FakeInput(*[b"x" * 2**20] * 40))
    for name, arguments in (("<stdin>", ()), ("a/b.yaml", ("a/b.yaml",))):
        with pytest.raises(ContractError) as caught:
            read_stdin_bytes(*arguments)
        (finding,) = caught.value.diagnostics
        assert (finding.code, finding.path) == ("PV113", name)
        assert finding.message.startswith("the file has more than 16,777,216 bytes")


def test_a_smaller_limit_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"x" * 11)
    assert len(read_contract_bytes(tmp_path / "x.yaml", "shown", 11)) == 11
    with pytest.raises(ContractError) as caught:
        read_contract_bytes(tmp_path / "x.yaml", "shown", 10)
    assert caught.value.diagnostics[0].message.startswith("the file has 11 bytes, and at most 10 are read")


@pytest.mark.parametrize(
    ("stdin", "reason"),
    [
        (None, "it is closed"),
        (FakeInput(b"half: 1", None), "no data is there, and it does not wait for any"),
    ],
)
def test_standard_input_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, stdin: Any, reason: str) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(UsageError) as caught:
        read_stdin_bytes()
    assert caught.value.what.startswith(f"cannot read the standard input: {reason}")
    assert caught.value.fix
