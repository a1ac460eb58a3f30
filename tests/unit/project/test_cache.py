"""The cache gives back what it was given, and nothing that goes wrong with it is anybody's trouble."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.project import cache as module
from pvengine.project.cache import Cache, find_cache_folder, make_key, stamp_engine

if TYPE_CHECKING:
    import pytest


def test_entries_come_back_by_key(tmp_path: Path) -> None:
    Cache(tmp_path / "c").write({"a": {"x": [1, None, "é"]}, "b": None})
    assert Cache(tmp_path / "c").read(["a", "b", "other"]) == {"a": {"x": [1, None, "é"]}, "b": None}


def test_a_later_entry_replaces_an_earlier_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.write({"a": 1})
    cache.write({"a": 2})
    assert cache.read(["a"]) == {"a": 2}


def test_more_keys_than_one_query_takes(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    entries = {f"k{number}": number for number in range(1234)}
    cache.write(entries)
    assert cache.read(entries) == entries


def test_a_cache_that_is_off_remembers_nothing() -> None:
    cache = Cache.open(is_on=False)
    cache.write({"a": 1})
    assert cache.read(["a"]) == {}


def test_a_file_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "results.sqlite").write_bytes(b"no database" * 100)
    assert Cache(tmp_path).read(["a"]) == {}
    Cache(tmp_path).write({"a": 1})
    assert Cache(tmp_path).read(["a"]) == {"a": 1}


def test_an_entry_that_is_no_json_is_no_entry(tmp_path: Path) -> None:
    Cache(tmp_path).write({"a": 1})
    with sqlite3.connect(tmp_path / "results.sqlite") as connection:
        connection.execute("UPDATE entry SET value = '{'")
    connection.close()
    assert Cache(tmp_path).read(["a"]) == {}


def test_a_folder_that_cannot_be_made_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "below")
    cache.write({"a": 1})
    assert cache.read(["a"]) == {}


def test_a_cache_that_another_run_holds_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_S", 0.05)
    Cache(tmp_path).write({"a": 1})
    holder = sqlite3.connect(tmp_path / "results.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        cache = Cache(tmp_path)
        cache.write({"b": 2})
        assert cache.read(["a"]) == {}
    finally:
        holder.close()
    assert Cache(tmp_path).read(["a", "b"]) == {"a": 1}, "the other run's file is left as it is"


WRITER = """
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from pvengine.project.cache import Cache
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 25):
    Cache(Path(sys.argv[1])).write({f"k{number}": number})
"""


def test_parallel_runs_lose_nothing(tmp_path: Path) -> None:
    commands = [[sys.executable, "-c", WRITER, str(tmp_path), str(25 * each)] for each in range(4)]
    writers = [subprocess.Popen(command) for command in commands]  # noqa: S603 - this interpreter
    assert [writer.wait() for writer in writers] == [0] * 4
    wanted = {f"k{number}": number for number in range(100)}
    assert Cache(tmp_path).read(wanted) == wanted


def test_the_older_half_goes_when_the_file_has_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.write({f"old{number}": "x" * 1000 for number in range(100)})
    with sqlite3.connect(tmp_path / "results.sqlite") as connection:
        connection.execute("UPDATE entry SET used = used - 100")
    connection.close()
    monkeypatch.setattr(module, "MAX_BYTES", 50_000)
    cache.write({f"new{number}": "y" for number in range(100)})
    assert len(cache.read([f"new{number}" for number in range(100)])) == 100
    assert cache.read([f"old{number}" for number in range(100)]) == {}


def test_an_entry_in_use_is_noted_once_a_day(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.write({"a": 1})
    with sqlite3.connect(tmp_path / "results.sqlite") as connection:
        connection.execute("UPDATE entry SET used = 5")
    connection.close()
    cache.read(["a"])
    with sqlite3.connect(tmp_path / "results.sqlite") as connection:
        assert connection.execute("SELECT used > 5 FROM entry").fetchall() == [(1,)]
    connection.close()


def test_where_the_folder_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PV_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_cache_folder() == tmp_path / ".cache" / "pvengine"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert find_cache_folder() == tmp_path / ".cache" / "pvengine"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert find_cache_folder() == tmp_path / "x" / "pvengine"
    monkeypatch.setenv("PV_CACHE_DIR", "mine")
    assert find_cache_folder() == Path("mine")


def test_nobody_else_can_read_the_folder(tmp_path: Path) -> None:
    Cache(tmp_path / "c").write({"a": 1})
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o700


def test_a_key_keeps_its_parts_apart() -> None:
    assert make_key("ab", "c") != make_key("a", "bc")
    assert make_key("a", b"b") == make_key("a", "b")


def test_the_stamp_is_that_of_the_files_of_the_engine() -> None:
    assert stamp_engine() == stamp_engine()
    file = Path(module.__file__)
    before, found = stamp_engine(), file.stat()
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns + 1))
    try:
        assert stamp_engine() != before
    finally:
        os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


def test_a_package_in_a_folder_of_the_python_path_changes_the_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    before = stamp_engine()
    (tmp_path / "other-1.0.dist-info").mkdir()
    assert stamp_engine() != before
