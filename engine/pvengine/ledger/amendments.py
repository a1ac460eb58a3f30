"""The amendments of a contract: each pins the one before it and the newest record of its tests."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import semver

from pvengine.errors import UsageError
from pvengine.models.issue import Issue
from pvengine.models.vocabulary import AmendmentKind
from pvengine.numerics.canonical import digest_of, iter_uncanonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pvengine.models.contract import Amendment, AmendmentTest, Contract

_NOTHING = object()
_EPOCH = re.compile(r"[0-9]{1,11}")
"""Seconds up to the year 5138; more digits would leave the years that a date can have."""

__all__ = [
    "find_pins",
    "iter_chain_issues",
    "iter_drift",
    "iter_entry_issues",
    "list_heads",
    "make_amendment",
    "read_clock",
]


def read_clock() -> datetime:
    """Return the present time in UTC; SOURCE_DATE_EPOCH, where it is set, stands in for it.

    See https://reproducible-builds.org/specs/source-date-epoch/.

    Raises
    ------
    UsageError
        SOURCE_DATE_EPOCH is set and is no number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    if _EPOCH.fullmatch(epoch) is None:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {epoch!r:.40}",
            why="it is the time in whole seconds since 1970, and the date of a record may not be a guess",
            fix="set it to a number such as 1767225600, or unset it",
        )
    return datetime.fromtimestamp(int(epoch), UTC)


def find_pins(amendments: Iterable[Amendment]) -> dict[str, AmendmentTest]:
    """Find the last word of the amendments on each test, by id."""
    return {entry.id: entry for amendment in amendments for entry in amendment.tests}


def list_heads(amendments: Iterable[Amendment]) -> dict[str, list[str]]:
    """List the records that amendments pin as the newest, by test, the oldest amendment first."""
    heads: dict[str, list[str]] = {}
    for amendment in amendments:
        for entry in amendment.tests:
            known = heads.setdefault(entry.id, [])
            if entry.head is not None:
                known.append(entry.head)
    return heads


def iter_chain_issues(data: Mapping[str, Any]) -> Iterable[Issue]:
    """Iterate over amendments whose ``previous`` is not the digest of the entry before them.

    One that pins what an earlier entry pins was made on another branch (PV614): git joined the texts alone.
    """
    expected: object = None
    pinned: dict[str | None, object] = {}
    entries = data.get("amendments")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        is_entry = isinstance(entry, dict)
        previous, version = (entry.get("previous"), entry.get("version")) if is_entry else (None, None)
        is_pin = is_entry and (previous is None or isinstance(previous, str))
        if previous != expected:
            is_forked = is_pin and previous in pinned
            code, said = (
                ("PV614", _say_forked(pinned[previous], version, previous))
                if is_forked
                else ("PV604", _say_broken(version, previous, index))
            )
            yield Issue(code, ("amendments", index, "previous"), said)
        if is_pin:
            pinned.setdefault(previous, version)
        # NaN and the like have no digest, and no entry that the engine made holds one: nothing can pin it.
        expected = _NOTHING if next(iter_uncanonical(entry), None) else digest_of(entry)


def _say_forked(first: Any, second: Any, previous: str | None) -> str:
    what = "are both the first" if previous is None else "follow the same entry"
    return f"amendments {first!r} and {second!r} {what}: they were made on two branches"


def _say_broken(version: Any, previous: Any, index: int) -> str:
    if previous is None:
        return f"amendment {version!r} does not pin the entry before it"
    if index == 0:
        return f"amendment {version!r} is the first, and pins an entry before it that is not there"
    return f"amendment {version!r} pins another entry than the one before it, which was edited or is missing"


def iter_entry_issues(amendments: Sequence[Amendment]) -> Iterator[Issue]:
    """Iterate over what no history can hold: versions that fall, words that do not follow, lost records."""
    last: dict[str, AmendmentTest] = {}
    version: str | None = None
    for index, amendment in enumerate(amendments):
        path: tuple[str | int, ...] = ("amendments", index)
        if not semver.Version.is_valid(amendment.version):
            yield Issue(
                "PV604", (*path, "version"), f"amendment {amendment.version!r} has no MAJOR.MINOR.PATCH"
            )
        elif version is not None and semver.Version.parse(amendment.version) <= version:
            yield Issue("PV604", (*path, "version"), f"{amendment.version!r} does not follow {version}")
        else:
            version = amendment.version
        if not _is_date(amendment.date):
            yield Issue("PV604", (*path, "date"), f"{amendment.date!r} is no date such as 2026-01-31")
        for number, entry in enumerate(amendment.tests):
            before = last.get(entry.id)
            where = (*path, "tests", number)
            if before is not None and entry.from_ != before.to:
                said = f"{entry.id} goes from {entry.from_}, and the amendment before made it {before.to}"
                yield Issue("PV604", (*where, "from"), said)
            if before is not None and entry.count < before.count:
                said = f"{entry.id} has {entry.count} records, and had {before.count} before"
                yield Issue("PV604", (*where, "count"), said)
            last[entry.id] = entry


def iter_drift(contract: Contract) -> Iterator[Issue]:
    """Iterate over what changed without an amendment since the last one: the version, a test that is gone."""
    amendments = contract.amendments or ()
    if not amendments:
        return
    version = contract.metadata.version
    if version != amendments[-1].version:
        message = f"the version is {version}, and the last amendment gave {amendments[-1].version}"
        yield Issue("PV607", ("metadata", "version"), message)
    present = {test.id for test in contract.tests}
    for name in find_pins(amendments):
        if name not in present and not _is_edited_since(amendments, name):
            message = f"the amendments speak of {name}, and the contract has no such test"
            yield Issue("PV608", ("amendments",), message, at_key=True)


def _is_edited_since(amendments: Sequence[Amendment], test: str) -> bool:
    """Whether the record of an edit stands behind the last word on a test."""
    for amendment in reversed(amendments):
        if amendment.kind == AmendmentKind.EDIT.value:
            return True
        if any(entry.id == test for entry in amendment.tests):
            return False
    return False


def _is_date(text: str) -> bool:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat() == text
    except ValueError:
        return False


def make_amendment(
    *,
    version: str,
    kind: str,
    tests: list[dict[str, Any]],
    before: Mapping[str, Any],
    reason: str | None = None,
) -> dict[str, Any]:
    """Make the next amendment of a contract whose data is ``before``, in the order of writing."""
    entries = before.get("amendments") or ()
    return {
        "version": version,
        "date": read_clock().date().isoformat(),
        "kind": kind,
        **({} if reason is None else {"reason": reason}),
        "tests": tests,
        "previous": digest_of(entries[-1]) if entries else None,
    }
