"""Digests of files of many gigabytes, kept in the user's cache as long as the file is as it was."""

from __future__ import annotations

import functools
import hashlib
import os
from typing import TYPE_CHECKING

from pvengine.project.cache import Cache, make_key
from pvengine.project.outcome import sign_path

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["hash_file", "recall_digest"]

_CHUNK_BYTES = 1 << 20
_WORTH_KEEPING_BYTES = 16 << 20
"""Size from which on a digest is kept: a smaller file is read again before the cache has answered."""


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file as it is, in hexadecimal digits; read once in a process and state."""
    return _hash(path, sign_path(str(path)))


def recall_digest(path: Path) -> str:
    """Return the same, from the cache where the file has the size and the times that it had then.

    It serves to compare and to list. What is put on record is hashed anew: see `hash_file`.
    """
    signature = sign_path(str(path))
    if path.stat().st_size < _WORTH_KEEPING_BYTES:
        return _hash(path, signature)
    return _recall(path, signature)


@functools.lru_cache
def _recall(path: Path, signature: str) -> str:
    cache = Cache.open()
    key = make_key("file digest", os.path.realpath(path), signature)
    known = cache.read([key]).get(key)
    if isinstance(known, str):
        return known
    digest = _hash(path, signature)
    cache.write({key: digest})
    return digest


@functools.lru_cache
def _hash(path: Path, signature: str) -> str:
    """Hash a file once for each state: it may be asked for by every test."""
    del signature
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
