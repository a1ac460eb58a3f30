"""Files are read once; one that cannot be read is a finding and stops no other."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pvengine.project.contract_bytes import ContractBytes, read_all

if TYPE_CHECKING:
    from pathlib import Path


def test_what_can_be_read_and_what_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")
    (tmp_path / "b.yaml").mkdir()
    (tmp_path / "c.yaml").write_bytes(b"c: 1\n" * 3)
    (tmp_path / "d.yaml").write_bytes(b"d: 1\n")
    files = [tmp_path / name for name in ("a.yaml", "b.yaml", "c.yaml", "gone.yaml", "d.yaml", "skip.yaml")]
    with contextlib.chdir(tmp_path):
        read, failed = read_all(files, limit=10, but={"skip.yaml"})
    assert read == [
        ContractBytes(tmp_path / "a.yaml", "a.yaml", b"a: 1\n"),
        ContractBytes(tmp_path / "d.yaml", "d.yaml", b"d: 1\n"),
    ]
    assert [(each.path, each.is_unreadable, each.entry, each.facts) for each in failed] == [
        ("b.yaml", True, None, None),
        ("c.yaml", False, None, None),
        ("gone.yaml", True, None, None),
    ]
    assert [(found.code, found.path, found.message) for each in failed for found in each.findings] == [
        ("PV111", "b.yaml", "b.yaml is a folder"),
        ("PV113", "c.yaml", "the file has 15 bytes, and at most 10 are read (0 MiB)"),
        ("PV111", "gone.yaml", "cannot read gone.yaml: no such file or directory"),
    ]
