"""Crashes, full disks and folders that cannot be written: no status without evidence, nothing torn."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Result, Scratch

KILL_AT_THE_STATUS = """
import os, pathlib, signal
replace = pathlib.Path.replace
def kill(self, target):
    if str(target).endswith(".yaml"):
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
pathlib.Path.replace = kill
"""
KILL_AT_THE_EVIDENCE = KILL_AT_THE_STATUS.replace('".yaml"', '".json"')
FULL_DISK = """
import errno, os
write = os.fsync
def refuse(descriptor):
    if os.readlink(f"/proc/self/fd/{descriptor}").endswith(".tmp"):
        count.append(descriptor)
        if len(count) > ALLOWED:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    write(descriptor)
count = []
os.fsync = refuse
"""
WITHOUT_PRIVILEGES = """
import ctypes, os, sys
for capability in (1, 2, 3):  # DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER: what root may do that others may not
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "pvengine", *sys.argv[1:]])
"""
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="uses /proc and capabilities of Linux")


def check_untouched(scratch: Scratch, result: Result, before: bytes) -> None:
    assert "Traceback" not in result.shown
    assert scratch.path.read_bytes() == before
    assert scratch.temporary_files() == []


def test_a_kill_between_evidence_and_status(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    before = scratch.path.read_bytes()
    result = scratch.patched(KILL_AT_THE_STATUS, "discharge", "contracts/x-v1.yaml")
    assert result.code == -9
    assert scratch.path.read_bytes() == before, "no status has moved"
    assert len(scratch.records("FT-001")) == len(scratch.records("FT-002")) == 1, "the evidence is there"
    assert scratch.status().summary.discharged == 0, "evidence that no amendment pins grounds nothing"
    assert scratch.verify() == 0

    again = scratch.discharge()
    assert again.code == 0, again.shown
    assert "1.0.0 -> 1.1.0" in again.out
    assert scratch.verify() == 0
    assert scratch.status().summary.discharged == 2


def test_a_kill_before_the_evidence_is_in_place(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    before = scratch.path.read_bytes()
    assert scratch.patched(KILL_AT_THE_EVIDENCE, "discharge", "contracts/x-v1.yaml").code == -9
    assert scratch.path.read_bytes() == before
    assert scratch.records() == []
    assert scratch.discharge().code == 0
    assert scratch.verify() == 0


@on_linux
def test_a_disk_that_is_full_for_the_evidence(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    before = scratch.path.read_bytes()
    result = scratch.patched(f"ALLOWED = 0{FULL_DISK}", "discharge", "contracts/x-v1.yaml")
    assert result.code == 2
    assert "error[PV001]: cannot write " in result.out
    assert ": no space left on device\n  why: a status is written only when" in result.out
    check_untouched(scratch, result, before)
    assert scratch.records() == []


@on_linux
def test_a_disk_that_fills_up_keeps_what_was_recorded(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"), scratch.test("FT-003"))
    patch = f"ALLOWED = 1{FULL_DISK}".replace(
        "count.append(descriptor)", "count.append(1) if len(count) != 2 else count.clear()"
    )
    result = scratch.patched(patch, "discharge", "contracts/x-v1.yaml", "--jobs", "1", "--format", "json")
    assert result.code == 2, result.shown
    moved = [entry["id"] for entry in result.report["transitions"]]
    assert moved == ["FT-001"], "the second record did not fit, and there was room again for the contract"
    assert result.report["written"] is True
    assert scratch.verify() == 0
    assert scratch.temporary_files() == []


@on_linux
def test_a_disk_that_is_full_for_the_contract(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    before = scratch.path.read_bytes()
    result = scratch.patched(f"ALLOWED = 1{FULL_DISK}", "discharge", "contracts/x-v1.yaml")
    assert result.code == 2
    assert (
        "contracts/x-v1.yaml: error[PV001]: cannot write x-v1.yaml: no space left on device\n" in result.out
    )
    assert "\nnothing was written\n" in result.out
    assert "1 run, 0 discharged" in result.out
    check_untouched(scratch, result, before)
    assert len(scratch.records()) == 1
    assert scratch.discharge().code == 0


@on_linux
@pytest.mark.parametrize("folder", ["contracts", "contracts/evidence"])
def test_a_folder_without_write_access_is_noticed_before_any_test_runs(scratch: Scratch, folder: str) -> None:
    scratch.contract(scratch.test())
    (scratch.root / "contracts" / "evidence").mkdir()
    before = scratch.path.read_bytes()
    locked = scratch.root / folder
    locked.chmod(0o555)
    try:
        if os.geteuid() == 0:
            result = scratch.patched(WITHOUT_PRIVILEGES, "discharge", "contracts/x-v1.yaml")
        else:
            result = scratch.discharge()
    finally:
        locked.chmod(0o755)
    assert (result.code, result.out) == (2, ""), result.shown
    assert result.err == (
        f"pv: the folder {folder} is not writable\n"
        "  why: a discharge writes evidence beside the contract, and then the contract\n"
        "  fix: give write access, or use --dry-run to see what it would write\n"
    )
    check_untouched(scratch, result, before)


def test_a_file_in_the_place_of_the_store(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.write("contracts/evidence", "not a folder")
    before = scratch.path.read_bytes()
    result = scratch.discharge()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("pv: contracts/evidence is no folder\n  why: the evidence of a contract is")
    check_untouched(scratch, result, before)
    assert scratch.discharge("--dry-run").code == 0
    assert scratch.pv("status").code == 0


def test_a_folder_in_the_place_of_a_record(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.write("contracts/evidence/x-v1/FT-001", "not a folder")
    before = scratch.path.read_bytes()
    result = scratch.discharge()
    assert result.code == 2
    assert "error[PV001]: cannot write " in result.out
    check_untouched(scratch, result, before)


def test_a_contract_that_is_read_only_is_left_alone(scratch: Scratch) -> None:
    """Renaming over it would work, for the folder decides about that; but somebody meant the file to stay."""
    scratch.contract(scratch.test())
    before = scratch.path.read_bytes()
    scratch.path.chmod(0o444)
    result = scratch.discharge()
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "pv: contracts/x-v1.yaml is read-only\n"
        "  why: a discharge writes into the contract, and somebody took the permission to do so away\n"
        "  fix: give write access to the file, or use --dry-run to see what it would write\n"
    )
    check_untouched(scratch, result, before)
    assert not scratch.store.exists()
    assert scratch.discharge("--dry-run").code == 0
    assert scratch.pv("run", "contracts/x-v1.yaml").code == 0


def other_filesystem(near: Path) -> Path | None:
    """Find a folder on another file system than a path, where this machine has one that can be written."""
    for folder in map(Path, ("/dev/shm", "/run/shm", "/var/tmp", "/tmp")):  # noqa: S108 - looked at, not trusted
        if folder.is_dir() and os.access(folder, os.W_OK) and folder.stat().st_dev != near.stat().st_dev:
            return folder
    return None


@pytest.mark.parametrize("what", ["the contract", "the evidence"])
def test_a_link_to_another_file_system(scratch: Scratch, what: str) -> None:
    """A file is written beside its target, so the rename never crosses from one file system to another."""
    scratch.contract(scratch.test())
    elsewhere = other_filesystem(scratch.root)
    if elsewhere is None:
        pytest.skip("this machine has one file system that can be written")
    with tempfile.TemporaryDirectory(dir=elsewhere) as name:
        folder = Path(name)
        if what == "the contract":
            target, store = folder / "x-v1.yaml", folder / "evidence" / "x-v1"
            shutil.move(scratch.path, target)
            scratch.path.symlink_to(target)
        else:
            store = folder / "evidence" / "x-v1"
            store.parent.mkdir()
            (scratch.root / "contracts" / "evidence").symlink_to(store.parent)
        result = scratch.discharge()
        assert result.code == 0, result.shown
        assert "\n  status: DISCHARGED\n" in scratch.path.read_text()
        assert scratch.path.is_symlink() == (what == "the contract")
        assert len(list((store / "FT-001").glob("*.json"))) == 1
        assert scratch.verify() == 0
        assert not list(folder.rglob("*.tmp"))


def test_what_a_killed_process_left_is_swept_and_nothing_else(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.patched(KILL_AT_THE_STATUS, "discharge", "contracts/x-v1.yaml").code == -9
    (left,) = scratch.temporary_files()
    other = scratch.write("contracts/.pv-0000000000000000-0000000000000000.tmp", "of another contract")
    mine = scratch.write("contracts/notes.tmp", "of a person")
    assert scratch.discharge().code == 0
    assert not left.exists()
    assert (other.exists(), mine.exists()) == (True, True)
