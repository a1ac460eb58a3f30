"""Whether what pv writes into a contract follows from amendments, told by two versions of it.

`pv verify` derives a version from its own evidence. What only an earlier version can tell is here: words that
moved although no amendment came, amendments that are gone, and new ones that no command makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.ledger.merging import HistoryError, find_new_amendments
from pvengine.models.issue import Issue
from pvengine.models.vocabulary import AmendmentKind, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pvengine.comparing.change import Change, Comparison
    from pvengine.yamldoc import Path

__all__ = ["describe_hand_edit", "iter_history_issues", "list_amendments", "list_hand_edits"]

_UNTOLD = frozenset({None, Status.NEW.value, Verdict.UNTESTED.value})
"""Words that say as much as none."""
_CLOSED = (Status.FALSIFIED.value, Status.NEW.value)
_MOST = 3


def list_amendments(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the amendments of a contract that have the form of one; others are findings already."""
    entries = data.get("amendments")
    needed = {"version", "date", "kind"}
    listed = entries if isinstance(entries, list) else ()
    return [entry for entry in listed if isinstance(entry, dict) and needed <= entry.keys()]


def iter_history_issues(
    before: Mapping[str, Any],
    comparison: Comparison,
    after: Mapping[str, Any],
    find_claim: Callable[[str, str], str | None],
) -> Iterator[Issue]:
    """Iterate over amendments that are gone, were edited, or follow from nothing (PV704).

    ``find_claim`` gives the digest of the claim in a record of a test; None where it cannot be read.
    """
    old, new = list_amendments(before), list_amendments(after)
    try:
        positions = find_new_amendments(old, new)
    except HistoryError as error:
        path: Path = ("amendments",) if "amendments" in after else ("metadata",)
        yield Issue("PV704", path, error.what, at_key=True)
        return
    is_joined = any(new[position]["kind"] != AmendmentKind.MERGE.value for position in positions)
    for position in positions:
        entry, earlier = new[position], new[:position]
        if entry["kind"] == AmendmentKind.MERGE.value:
            said = _find_merge_fault(entry, earlier, find_claim, is_joined=is_joined)
        else:
            said = _find_fault(entry, earlier, comparison)
        if said:
            yield Issue("PV704", ("amendments", position), f"amendment {entry['version']}: {said}")


def _list_tests(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [test for test in entry.get("tests") or () if isinstance(test, dict)]


def _find_fault(
    entry: dict[str, Any], earlier: Sequence[dict[str, Any]], comparison: Comparison
) -> str | None:
    """Say why no command makes an amendment behind the earlier ones; None where one does."""
    tests = _list_tests(entry)
    pins = {test.get("id"): test for each in earlier for test in _list_tests(each)}
    if entry["kind"] == AmendmentKind.EDIT.value:
        if tests:
            return "one of kind edit moves no test"
        return (
            None if comparison.of_people else "it records an edit, and nothing that people write was edited"
        )
    if entry["kind"] == AmendmentKind.REOPEN.value:
        return _find_reopen_fault(entry, tests, pins)
    if not tests:
        return "a discharge that measured no test is not recorded"
    heads = {test.get("head") for each in earlier for test in _list_tests(each)} - {None}
    again = [test for test in tests if test.get("head") in heads]
    return f"{again[0].get('id')} has the record of an earlier amendment, and no new one" if again else None


def _find_merge_fault(
    entry: dict[str, Any],
    earlier: Sequence[dict[str, Any]],
    find_claim: Callable[[str, str], str | None],
    *,
    is_joined: bool,
) -> str | None:
    """Say why no merge makes an amendment: it joins two histories, and measures and opens nothing."""
    if not is_joined:
        return "a merge joins two histories, and the change has none of its own"
    last = {test.get("id"): test for each in earlier for test in _list_tests(each)}
    heads = {test.get("head") for each in earlier for test in _list_tests(each)}
    for test in _list_tests(entry):
        name, head = test.get("id"), test.get("head")
        if head not in {None, *heads}:
            return f"a merge measures nothing, and no earlier amendment has the record of {name}"
        records = [each for each in (head, last.get(name, {}).get("head")) if isinstance(each, str)]
        claims = {find_claim(str(name), record) for record in records}
        if _rank(test.get("to")) > _rank(test.get("from")) and len(claims) == 1:
            return f"a merge turns no test green, and {name} was {test.get('from')} by the same claim"
    return None


def _rank(word: object) -> int:
    """Return how open a status is: of two, a merge takes the more closed, unless the claim was edited."""
    return _CLOSED.index(word) if word in _CLOSED else len(_CLOSED)


def _find_reopen_fault(
    entry: dict[str, Any], tests: Sequence[dict[str, Any]], pins: Mapping[Any, dict[str, Any]]
) -> str | None:
    if not str(entry.get("reason") or "").strip():
        return "a test is reopened for a reason, and none is given"
    if not tests:
        return "it reopens no test"
    for test in tests:
        pin = pins.get(test.get("id"), {})
        if test.get("to") != Status.NEW.value:
            return f"one of kind reopen makes a test NEW, and {test.get('id')} becomes {test.get('to')}"
        if (test.get("head"), test.get("count")) != (pin.get("head"), pin.get("count", 0)):
            return f"{test.get('id')} has another newest record or number of records than before"
    return None


def list_hand_edits(
    before: Mapping[str, Any],
    comparison: Comparison,
    after: Mapping[str, Any],
    derived: Mapping[Path, str],
) -> list[tuple[Change, ...]]:
    """List the words of the engine that moved, and that no new amendment accounts for, by entry.

    Parameters
    ----------
    derived
        What evidence says of hypotheses, steps and stages in the later version, by the path of the word.
    """
    entries = list_amendments(after)
    try:
        new = [entries[position] for position in find_new_amendments(list_amendments(before), entries)]
    except HistoryError:
        return []  # said by `iter_history_issues`; what else follows from it cannot be told
    spoken_of = {test.get("id") for each in new for test in _list_tests(each)}
    by_entry: dict[Path, list[Change]] = {}
    for change in comparison.of_engine:
        if change.row in ("status", "evidence") and _says_other(change):
            spot = change.after or change.before
            by_entry.setdefault(spot.path[:-1] if spot else (), []).append(change)
    typed = [] if entries else _list_version_edits(comparison)
    for path, changes in by_entry.items():
        if path[:1] == ("falsification_tests",):
            is_known = _read_id(before if changes[0].after is None else after, path) in spoken_of
        else:
            is_known = bool(new) and all(_is_derived(change, derived) for change in changes)
        if not is_known:
            typed.append(tuple(changes))
    return typed


def describe_hand_edit(changes: Sequence[Change], after: Mapping[str, Any]) -> Issue:
    """Describe words of one entry that were typed (PV703)."""
    shown = "; ".join(_say(change) for change in changes[:_MOST])
    return Issue("PV703", _choose_place(changes, after), f"edited by hand: {shown}")


def _choose_place(changes: Sequence[Change], after: Mapping[str, Any]) -> Path:
    """Choose where the later version has a word that moved; its block, or the head, where all are gone."""
    spot = next((change.after for change in changes if change.after is not None), None)
    if spot is not None:
        return spot.path
    block = changes[0].before.path[:1] if changes[0].before is not None else ()
    return block if block and block[0] in after else ("metadata",)


def _list_version_edits(comparison: Comparison) -> list[tuple[Change, ...]]:
    """List the change of the version; where amendments stand, `pv verify` compares it with the last."""
    versions = [change for change in comparison.of_engine if change.row == "version"]
    return [(versions[0],)] if versions and versions[0].before is not None else []


def _says_other(change: Change) -> bool:
    values = [None if spot is None else spot.value for spot in (change.before, change.after)]
    return not all(value is None or (isinstance(value, str) and value in _UNTOLD) for value in values)


def _is_derived(change: Change, derived: Mapping[Path, str]) -> bool:
    """Whether a word is what evidence says; where that says nothing, only a word that says nothing is."""
    if change.after is None:
        return False
    word = derived.get(change.after.path)
    return change.after.value == word or (word in _UNTOLD and change.after.value in _UNTOLD)


def _say(change: Change) -> str:
    old, new = (None if spot is None else spot.value for spot in (change.before, change.after))
    if old is None:
        return f"{change.what} is new: {new}"
    return f"{change.what} was {old}, is {'gone' if new is None else new}"


def _read_id(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data.get("id") if isinstance(data, dict) else None
