from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from pvengine.project import file_digests
from pvengine.project.file_digests import hash_file, recall_digest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Return the files that were read; the cache is one of this test, and every file is worth keeping."""
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(file_digests, "_WORTH_KEEPING_BYTES", 1)
    seen: list[Path] = []
    plain = file_digests._hash.__wrapped__

    def note(path: Path, signature: str) -> str:
        seen.append(path)
        return str(plain(path, signature))

    monkeypatch.setattr(file_digests, "_hash", note)
    return seen


def forget_this_process() -> None:
    file_digests._recall.cache_clear()


def test_a_digest_is_recalled_until_the_file_changes(tmp_path: Path, read: list[Path]) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"weights")
    assert recall_digest(path) == hashlib.sha256(b"weights").hexdigest()
    forget_this_process()
    assert recall_digest(path) == hashlib.sha256(b"weights").hexdigest()
    assert read == [path]
    times = path.stat()
    path.write_bytes(b"weighty")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert recall_digest(path) == hashlib.sha256(b"weighty").hexdigest(), "size and time are as they were"
    assert read == [path, path]


def test_a_small_file_does_not_wake_the_cache(
    tmp_path: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"weights")
    monkeypatch.setattr(file_digests, "_WORTH_KEEPING_BYTES", 100)
    assert recall_digest(path) == hash_file(path)
    assert read == [path, path]
    assert not (tmp_path / "cache").exists()
