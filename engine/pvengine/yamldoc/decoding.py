"""Turn the bytes of a file into text, or say which byte cannot be."""

from __future__ import annotations

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.yamldoc.lines import LineTable

__all__ = ["BOM", "decode"]

BOM = "\ufeff"

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE_BYTES = 64
_SAMPLE_MINIMUM = 8


def decode(raw: bytes, path: str) -> str | Diagnostic:
    """Return the text with its byte order mark, if any; a finding PV101 where it is not UTF-8."""
    if _is_wide(raw):
        return get_rule("PV101").report(
            "the file looks like UTF-16 or UTF-32, not UTF-8", LineTable("", path).place(0, 0)
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8").removeprefix(BOM)
        table = LineTable(raw.decode("utf-8", "replace").removeprefix(BOM), path)
        byte = raw[error.start]
        return get_rule("PV101").report(
            f"the byte 0x{byte:02x} at offset {error.start} is not part of UTF-8 text ({error.reason})",
            table.place(len(before), len(before) + 1),
        )


def _is_wide(raw: bytes) -> bool:
    if raw.startswith(_UTF16_MARKS):
        return True
    sample = raw[:_SAMPLE_BYTES]
    return len(sample) >= _SAMPLE_MINIMUM and 3 * sample.count(0) >= len(sample)
