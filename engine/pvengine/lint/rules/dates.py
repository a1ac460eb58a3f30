"""Dates of a contract: ISO 8601 calendar dates, with or without a time."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.yamldoc import Path

__all__ = ["is_iso_date", "iter_date_issues", "suggest_date"]

_KEYS = ("created", "updated", "last_modified", "date")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?(?:[Zz]|[+-]\d{2}:?\d{2}))?", re.ASCII
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ]?)(\d{1,2})\2(\d{1,2})", re.ASCII)
_FRACTION = re.compile(r"\.\d+")


def iter_date_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over dates, under metadata and at the top, that are no ISO date (PV212)."""
    yield from _iter_of(loaded.data, ())
    yield from _iter_of(loaded.data.get("metadata"), ("metadata",))


def is_iso_date(text: str) -> bool:
    """Whether a text is a date of the calendar as YYYY-MM-DD, or a date and a time.

    Examples
    --------
    >>> [is_iso_date(text) for text in ("2026-11-23", "2026-11-23T06:00:00Z", "2026-02-30", "23.11.2026")]
    [True, True, False, False]
    """
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return True
        if _DATE_TIME.fullmatch(text):
            zone = text.upper().replace(" +", "+").replace(" -", "-").replace(" Z", "Z")
            datetime.fromisoformat(_FRACTION.sub("", zone))
            return True
    except ValueError:
        return False
    return False


def suggest_date(text: str) -> str | None:
    """Suggest the ISO date of a text that gives the year first; None where the order cannot be told.

    Examples
    --------
    >>> suggest_date("2026/1/5"), suggest_date("20260105"), suggest_date("5.1.2026")
    ('2026-01-05', '2026-01-05', None)
    """
    match = _YEAR_FIRST.fullmatch(text.strip())
    if match is None or (not match[2] and len(match[0]) != len("YYYYMMDD")):
        return None
    suggested = f"{match[1]}-{int(match[3]):02}-{int(match[4]):02}"
    return suggested if is_iso_date(suggested) else None


def _iter_of(mapping: Any, path: Path) -> Iterator[Issue]:
    if not isinstance(mapping, dict):
        return
    for key in _KEYS:
        value = mapping.get(key)
        if isinstance(value, str) and not is_iso_date(value):
            suggested = suggest_date(value)
            yield Issue(
                "PV212",
                (*path, key),
                f"`{key}` is {shorten(value)}, no date of the form YYYY-MM-DD",
                f"write `{key}: '{suggested}'`" if suggested else None,
            )
