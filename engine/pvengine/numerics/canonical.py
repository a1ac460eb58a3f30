"""Canonical bytes of data: RFC 8785 (JSON Canonicalization Scheme), with what it cannot hold named."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Iterator

    DataPath = tuple[str | int, ...]

__all__ = ["canonicalize", "derive_seed", "digest_of", "iter_uncanonical"]

_MAX_INTEGER = 2**53 - 1

_SEED_DIGITS = 13
"""Hexadecimal digits of a seed: 52 bits, which every JSON reader keeps exactly."""


def iter_uncanonical(
    data: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Iterate over path and reason of each value that has no canonical form.

    These are NaN, the infinities, negative zero, integers beyond 2**53 - 1, and text with lone surrogates.
    Other readers would change them, so a digest over them would not say what was meant.
    """
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str):
                yield (*path, str(key)), f"the key {key!r} is no text"
            elif not _is_encodable(key):
                yield (*path, key), "the key has a lone surrogate"
            yield from iter_uncanonical(value, (*path, key))
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from iter_uncanonical(value, (*path, index))
    else:
        reason = _refuse_scalar(data)
        if reason:
            yield path, reason


def _refuse_scalar(value: Any) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return f"{value} is no number in JSON"
        return "negative zero reads back as 0" if value == 0 and math.copysign(1, value) < 0 else None
    if isinstance(value, int):
        return f"{value} is beyond 2^53 - 1" if abs(value) > _MAX_INTEGER else None
    if isinstance(value, str):
        return None if _is_encodable(value) else "the text has a lone surrogate"
    return f"a {type(value).__name__} has no form in JSON"


def _is_encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def canonicalize(data: Any) -> bytes:
    """Return the RFC 8785 bytes of data; 1 equals 1.0.

    Raises
    ------
    ValueError
        Some value has no canonical form; see `iter_uncanonical`.

    Examples
    --------
    >>> canonicalize({"b": 1.0, "a": [1e-5]})
    b'{"a":[0.00001],"b":1}'
    """
    for path, reason in iter_uncanonical(data):
        where = ".".join(map(str, path)) or "the value"
        msg = f"{where}: {reason}"
        raise ValueError(msg)
    return rfc8785.dumps(data)


def digest_of(data: Any) -> str:
    """Return ``sha256:`` and the SHA-256 of the canonical bytes of data."""
    return "sha256:" + hashlib.sha256(canonicalize(data)).hexdigest()


def derive_seed(claim_digest: str) -> int:
    """Derive the seed of a test from the digest of its claim; below 2^52.

    Examples
    --------
    >>> derive_seed("sha256:" + "0" * 12 + "a" + "f" * 51)
    10
    """
    return int(claim_digest.removeprefix("sha256:")[:_SEED_DIGITS], 16)
