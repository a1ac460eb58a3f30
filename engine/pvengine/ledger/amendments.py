"""The amendments of a contract: each pins the one before it and the newest record of its tests."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pvengine.models.issue import Issue
from pvengine.numerics.canonical import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pvengine.models.contract import Amendment, AmendmentTest

__all__ = ["find_pins", "iter_chain_issues", "make_amendment", "read_clock"]


def read_clock() -> datetime:
    """Return the present time in UTC; SOURCE_DATE_EPOCH, where it is set, stands in for it.

    See https://reproducible-builds.org/specs/source-date-epoch/.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)


def find_pins(amendments: Iterable[Amendment]) -> dict[str, AmendmentTest]:
    """Find the last word of the amendments on each test, by id."""
    return {entry.id: entry for amendment in amendments for entry in amendment.tests}


def iter_chain_issues(data: Mapping[str, Any]) -> Iterable[Issue]:
    """Iterate over amendments whose ``previous`` is not the digest of the entry before them."""
    expected: str | None = None
    for index, entry in enumerate(data.get("amendments") or ()):
        if not isinstance(entry, dict):
            return
        if entry.get("previous") != expected:
            what = "is edited or missing" if index else "was deleted: this is the first"
            yield Issue(
                "PV604",
                ("amendments", index, "previous"),
                f"amendment {entry.get('version')!r} pins another entry before it: that one {what}",
            )
        expected = digest_of(entry)


def make_amendment(
    *, version: str, kind: str, tests: list[dict[str, Any]], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the next amendment of a contract whose data is ``before``, in the order of writing."""
    entries = before.get("amendments") or ()
    return {
        "version": version,
        "date": read_clock().date().isoformat(),
        "kind": kind,
        "tests": tests,
        "previous": digest_of(entries[-1]) if entries else None,
    }
