"""What was computed before, by a key that says from what: a file in the user's cache folder.

The folder is that of the variable ``PV_CACHE_DIR``, else ``pvengine`` in ``XDG_CACHE_HOME`` or in
``~/.cache``. SQLite keeps parallel runs apart. A cache is never needed: one that cannot be opened, read or
written is passed over without a word, and the work is done again. It holds JSON alone, nothing that runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Cache", "find_cache_folder", "make_key", "stamp_engine"]

_BATCH = 500
"""Keys in one query: SQLite takes at least 999 variables."""

_BUSY_S = 2.0
"""How long a run waits for another that writes, in seconds; then it does without."""

MAX_BYTES = 256 << 20
"""Size from which on the entries that were not used for the longest time are dropped."""

_DAY_S = 86_400
_TABLE = "CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL, used INTEGER NOT NULL)"


def find_cache_folder() -> Path | None:
    """Return the folder of the cache; None where the user has no home."""
    named = os.environ.get("PV_CACHE_DIR")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():
        return Path(base) / "pvengine"
    home = os.path.expanduser("~")  # noqa: PTH111 - says `~` where there is no home, and does not fail
    return None if home == "~" else Path(home) / ".cache" / "pvengine"


def make_key(*parts: str | bytes) -> str:
    """Return the SHA-256 over parts, each with its length, as hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def stamp_engine() -> str:
    """Return a digest over the engine's own files, the interpreter and the folders of installed packages.

    It changes with the version, with a rule that is edited, and with a package that is installed.
    """
    facts = [sys.version]
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - quick
    for folder, folders, names in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            found = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 - some 200 files at each start
            facts.append(f"{folder}/{name} {found.st_size} {found.st_mtime_ns}")
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for path in sys.path:
        if path in named or path.endswith(("site-packages", "dist-packages")):
            with suppress(OSError):
                facts.append(f"{path} {os.stat(path).st_mtime_ns}")  # noqa: PTH116 - as above
    return make_key(*facts)


class Cache:
    """Entries by key; a cache without a file remembers nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / "results.sqlite"
        self.stamp = "" if folder is None else stamp_engine()

    @property
    def is_on(self) -> bool:
        """Whether anything is remembered."""
        return self._path is not None

    @classmethod
    def open(cls, *, is_on: bool = True) -> Cache:
        """Return the user's cache, or one that remembers nothing."""
        return cls(find_cache_folder() if is_on else None)

    def read(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the entries that there are, by key."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, Any] = {}
        try:
            if self._path is None or not wanted or not self._path.exists():
                return {}
            with closing(self._connect(self._path)) as connection:
                for start in range(0, len(wanted), _BATCH):
                    batch = wanted[start : start + _BATCH]
                    marks = ", ".join("?" * len(batch))
                    query = f"SELECT key, value, used FROM entry WHERE key IN ({marks})"  # noqa: S608 - marks alone
                    rows = connection.execute(query, batch).fetchall()
                    found.update((key, json.loads(value)) for key, value, _ in rows)
                    self._touch(connection, [key for key, _, used in rows if used < time.time() - _DAY_S])
        except sqlite3.DatabaseError as error:
            self._give_up(error)
        except (OSError, ValueError):
            return {}
        return found

    def write(self, entries: Mapping[str, Any]) -> None:
        """Keep entries, as far as it can be done."""
        if self._path is None or not entries:
            return
        now = int(time.time())
        rows = [(key, json.dumps(value, separators=(",", ":")), now) for key, value in entries.items()]
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(self._connect(self._path)) as connection, connection:
                connection.execute(_TABLE)
                connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)
                self._trim(connection)
        except sqlite3.DatabaseError as error:
            self._give_up(error)
        except OSError:
            return

    def _connect(self, path: Path) -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=_BUSY_S)

    def _touch(self, connection: sqlite3.Connection, keys: list[str]) -> None:
        """Note that entries are still in use, once a day."""
        if keys:
            with connection:
                connection.executemany(
                    "UPDATE entry SET used = ? WHERE key = ?", [(int(time.time()), key) for key in keys]
                )

    def _trim(self, connection: sqlite3.Connection) -> None:
        """Drop the older half of the entries when the file has grown too large."""
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        if (pages - free) * size > MAX_BYTES:
            connection.execute(
                "DELETE FROM entry WHERE key IN "
                "(SELECT key FROM entry ORDER BY used LIMIT (SELECT COUNT(*) / 2 FROM entry))"
            )

    def _give_up(self, error: sqlite3.DatabaseError) -> None:
        """Do without the cache in this run; a file that is no database is removed."""
        if self._path is not None and not isinstance(error, sqlite3.OperationalError):
            with suppress(OSError):
                self._path.unlink()
        self._path = None
