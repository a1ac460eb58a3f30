"""The law of merging amendments: two histories of one contract become one that follows from both.

The history of the side that is merged into stays as it is. What the other side has of its own is written
behind it: kind, date, reason and records stay, and version, ``from``, ``count`` and ``previous`` follow what
now stands before. Last comes one amendment of kind ``merge``, whose version is past both sides and which
decides the tests that both sides touched. A test's records may then form a tree: amendments pin its ends,
and ``count`` is how many records they lead to.

An amendment is known again by its kind, date, reason and records, whatever number it got. So histories can be
merged that were merged before, in stacked branches and across each other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import semver

from pvengine.errors import ExitCode, PvError
from pvengine.ledger.amendments import make_amendment
from pvengine.ledger.transitions import Bump, bump_version
from pvengine.models.vocabulary import AmendmentKind, Status
from pvengine.numerics.canonical import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = [
    "HistoryError",
    "MergedHistory",
    "Side",
    "find_new_amendments",
    "find_touched",
    "merge_histories",
]

Entry = dict[str, Any]
"""An amendment as it is written."""
_CLOSED = (Status.FALSIFIED.value, Status.NEW.value)
"""Statuses that hold against DISCHARGED, the first before the second: a merge never turns a test green."""


class Side(StrEnum):
    """The two sides of a merge, as git names them."""

    OURS = "ours"
    THEIRS = "theirs"


class HistoryError(PvError):
    """Two histories have no merge that follows from both."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True, slots=True)
class MergedHistory:
    """The amendments after a merge.

    Attributes
    ----------
    entries
        All of them, in order.
    kept
        The side whose amendments stand at the beginning as they were.
    taken
        How many amendments of the other side were written anew behind them.
    decided
        The tests that both sides touched, and the side whose last word holds.
    """

    entries: tuple[Entry, ...]
    kept: Side
    taken: int
    decided: dict[str, Side]

    @property
    def is_joined(self) -> bool:
        """Whether both sides had amendments of their own, so that the last one is of kind ``merge``."""
        return self.taken > 0


@dataclass(frozen=True, slots=True)
class _Identity:
    """What makes an amendment known again.

    Two edits on two branches can be alike in everything, so one that names no test is found again in the
    base alone (``is_certain`` is false), and never taken for one of the other side.
    """

    facts: str
    number: int
    is_certain: bool


@dataclass(frozen=True, slots=True)
class _Own:
    """The positions of the amendments that one side alone has, and the tests that they speak of."""

    positions: frozenset[int]
    tests: dict[str, None]


def find_touched(
    base: Sequence[Entry], ours: Sequence[Entry], theirs: Sequence[Entry]
) -> dict[Side, frozenset[str]]:
    """Find the tests that each side's own amendments speak of; HistoryError as in `merge_histories`."""
    return {side: frozenset(own.tests) for side, own in _find_own(base, ours, theirs).items()}


def find_new_amendments(base: Sequence[Entry], after: Sequence[Entry]) -> list[int]:
    """Find the positions of the amendments of a later history that an earlier one has not.

    Raises
    ------
    HistoryError
        The later history lacks an amendment of the earlier one.
    """
    if list(after[: len(base)]) == list(base):
        return list(range(len(base), len(after)))
    known = list(_iter_identities(base))
    found = list(_iter_identities(after))
    lost = next((entry for entry, own in zip(base, known, strict=True) if own not in set(found)), None)
    if lost is not None:
        raise HistoryError(
            f"the amendment {lost['version']} of {lost['date']} is not there any more, or was edited",
            why="amendments are only ever added",
            fix="restore the amendments from version control",
        )
    common = set(known)
    return [number for number, each in enumerate(found) if each not in common]


def merge_histories(  # noqa: PLR0913 - three histories, and keyword-only what is known beside them
    base: Sequence[Entry],
    ours: Sequence[Entry],
    theirs: Sequence[Entry],
    *,
    versions: Iterable[str] = (),
    preferred: Mapping[str, Side] = MappingProxyType({}),
    is_moved: bool = False,
) -> MergedHistory:
    """Merge the amendments of two sides that come from one base.

    Parameters
    ----------
    base, ours, theirs
        Amendments as written; those of both sides keep the laws of a history, which is not checked here.
    versions
        The versions that the contract has on both sides; the merge is past these, too.
    preferred
        Tests of which one side's evidence holds whatever it says, because that side edited the claim.
    is_moved
        Whether the merge gives a hypothesis, step or stage a word that neither side has: a minor change.

    Raises
    ------
    HistoryError
        A side lacks an amendment of the base, or both sides discharged a test with other verdicts.
    """
    own = _find_own(base, ours, theirs)
    if not own[Side.THEIRS].positions:
        return MergedHistory(tuple(ours), Side.OURS, 0, {})
    if not own[Side.OURS].positions:
        return MergedHistory(tuple(theirs), Side.THEIRS, 0, {})
    last = {Side.OURS: _list_pins(ours), Side.THEIRS: _list_pins(theirs)}
    touched_by_both = [name for name in own[Side.OURS].tests if name in own[Side.THEIRS].tests]
    decided = {
        name: _decide(name, last[Side.OURS][name], last[Side.THEIRS][name], preferred.get(name))
        for name in touched_by_both
    }
    replay = _Replay(ours)
    for position, entry in enumerate(theirs):
        replay.follow(entry, is_own=position in own[Side.THEIRS].positions)
    pins = {name: last[side][name].test for name, side in decided.items()}
    replay.join(pins, versions, is_moved=is_moved)
    return MergedHistory(tuple(replay.entries), Side.OURS, len(own[Side.THEIRS].positions), decided)


@dataclass(frozen=True, slots=True)
class _Pin:
    """The last word of a history on a test, and its date."""

    date: str
    test: dict[str, Any]


def _list_pins(entries: Iterable[Entry]) -> dict[str, _Pin]:
    return {test["id"]: _Pin(entry["date"], test) for entry in entries for test in _tests_of(entry)}


def _tests_of(entry: Entry) -> Sequence[dict[str, Any]]:
    return entry.get("tests") or ()


def _find_own(base: Sequence[Entry], ours: Sequence[Entry], theirs: Sequence[Entry]) -> dict[Side, _Own]:
    shared = list(_iter_identities(base))
    sides = {Side.OURS: ours, Side.THEIRS: theirs}
    identities = {side: list(_iter_identities(entries)) for side, entries in sides.items()}
    for side, found in identities.items():
        known = set(found)
        lost = next((entry for entry, own in zip(base, shared, strict=True) if own not in known), None)
        if lost is not None:
            raise HistoryError(
                f"{side} lacks the amendment {lost['version']} of {lost['date']}, which the common base has",
                why="amendments are only ever added; a side that took some back cannot be merged with one "
                "that builds on them",
                fix="restore the amendments on that side, then merge again",
            )
    own = {}
    for side, other in ((Side.OURS, Side.THEIRS), (Side.THEIRS, Side.OURS)):
        common = {*shared, *(each for each in identities[other] if each.is_certain)}
        positions = [number for number, each in enumerate(identities[side]) if each not in common]
        tests = (test["id"] for number in positions for test in _tests_of(sides[side][number]))
        own[side] = _Own(frozenset(positions), dict.fromkeys(tests))
    return own


def _iter_identities(entries: Iterable[Entry]) -> Iterator[_Identity]:
    """Iterate over what makes each amendment known again; among several alike, their number counts."""
    counted: Counter[str] = Counter()
    for entry in entries:
        tests = [[test.get(key) for key in ("id", "to", "verdict", "head")] for test in _tests_of(entry)]
        facts = digest_of([entry["kind"], entry["date"], entry.get("reason"), tests])
        yield _Identity(facts, counted[facts], bool(tests) or entry["kind"] == AmendmentKind.MERGE.value)
        counted[facts] += 1


def _decide(name: str, ours: _Pin, theirs: _Pin, preferred: Side | None) -> Side:
    """Decide whose last word on a test holds: the same side, whichever of them is called ours."""
    if preferred is not None:
        return preferred
    words = (ours.test["to"], theirs.test["to"])
    for word in _CLOSED:
        if word in words and words[0] != words[1]:
            return Side.OURS if words[0] == word else Side.THEIRS
    verdicts = (ours.test.get("verdict"), theirs.test.get("verdict"))
    if verdicts[0] != verdicts[1] and words[0] == Status.DISCHARGED.value:
        raise HistoryError(
            f"{name} was discharged on both sides with different verdicts: {verdicts[0]} by ours, "
            f"{verdicts[1]} by theirs",
            why="two trials of one claim disagree, and nothing says which of them holds",
            fix=f"keep one side, then run `pv discharge CONTRACT --test {name}`",
        )
    ranks = [(pin.date, pin.test.get("head") or "") for pin in (ours, theirs)]
    return Side.OURS if ranks[0] >= ranks[1] else Side.THEIRS


class _Replay:
    """Amendments of another side, written anew behind those of this one."""

    def __init__(self, kept: Sequence[Entry]) -> None:
        self.entries = list(kept)
        self._last = {name: pin.test for name, pin in _list_pins(kept).items()}
        self._heads = {(test["id"], test.get("head")) for entry in kept for test in _tests_of(entry)}
        self._counts: dict[str, int] = {}

    def follow(self, entry: Entry, *, is_own: bool) -> None:
        """Go on to the next amendment of the other side; write it anew where only that side has it."""
        tests = []
        for test in _tests_of(entry):
            added = test["count"] - self._counts.get(test["id"], 0)
            self._counts[test["id"]] = test["count"]
            if is_own:
                tests.append(self._rewrite(test, added))
        if is_own:
            version = self._follow_version(entry["version"])
            changed: Entry = {"version": version, "previous": digest_of(self.entries[-1])}
            if "tests" in entry:
                changed["tests"] = tests
            self.entries.append(entry | changed)

    def _rewrite(self, test: dict[str, Any], added: int) -> dict[str, Any]:
        """Return what an amendment says of a test, as it follows from what now stands before."""
        head = (test["id"], test.get("head"))
        last = self._last.get(test["id"])
        if last is not None:
            added = 0 if head in self._heads else added
            test = test | {"from": last["to"], "count": last["count"] + added}
            test.pop("grounded", None)
        self._heads.add(head)
        self._last[test["id"]] = test
        return test

    def _follow_version(self, version: str) -> str:
        """Return a version where it follows the last one; else that one, raised in the same part."""
        last, own = self.entries[-1]["version"], semver.Version.parse(version)
        if own > semver.Version.parse(last):
            return version
        return bump_version(last, _find_bump(own))

    def join(self, pins: Mapping[str, dict[str, Any]], versions: Iterable[str], *, is_moved: bool) -> None:
        """Add the amendment of the merge, which repeats the word that holds on each test in ``pins``."""
        tests = []
        for name, pin in pins.items():
            last = self._last[name]
            test = {"id": name, "from": last["to"], "to": pin["to"]}
            test |= {key: pin[key] for key in ("verdict", "head") if key in pin}
            tests.append(test | {"count": last["count"]})
        is_moved = is_moved or any(
            (test["from"], test.get("verdict")) != (test["to"], self._last[test["id"]].get("verdict"))
            for test in tests
        )
        known = [self.entries[-1]["version"], *filter(semver.Version.is_valid, versions)]
        version = bump_version(max(known, key=semver.Version.parse), Bump.MINOR if is_moved else Bump.PATCH)
        before = {"amendments": self.entries}
        kind = AmendmentKind.MERGE.value
        self.entries.append(make_amendment(version=version, kind=kind, tests=tests, before=before))


def _find_bump(version: semver.Version) -> Bump:
    """Find the part that was raised last: the parts behind it are 0."""
    if version.patch:
        return Bump.PATCH
    return Bump.MINOR if version.minor else Bump.MAJOR
