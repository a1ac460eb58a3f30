"""Match the items of two versions of a list, and find those that changed places.

Items are matched by what names them: an id, a metric, the first word of a dependency. Items without a name
are matched where they are equal, and then where they are alike, up to a bounded number of them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine.comparing.equality import freeze, is_number
from pvengine.comparing.texts import measure_likeness

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

__all__ = ["Alignment", "align_lists", "name_item"]

_NAMING_KEYS = {
    "accept": ("metric",),
    "decides": ("hypothesis", "metric", "scope"),
    "requires": ("model",),
    "amendments": ("version",),
}
"""What names an entry of these lists; of others it is `id`, else `name`."""
_FIRST_WORD = frozenset({"depends_on", "expected_acceptance", "needs"})
"""Lists of texts that begin with a name, behind which a version or a comment may stand."""
_MOST = 40
"""Items on each side that are compared letter by letter: more would take a second."""
_LONGEST = 1000
"""Characters of a text that are compared."""
_ALIKE = 0.5
"""Share of two items that must be the same to be taken for one that was edited."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Positions in both lists: what belongs together, what was removed and added, what was renamed.

    ``moved`` are the pairs that changed places among the others.
    """

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]
    renamed: tuple[tuple[int, int], ...]
    moved: frozenset[tuple[int, int]]


def name_item(item: Any, list_name: str | int) -> Hashable:
    """Return what names an item in the list under a key; None where nothing does.

    Examples
    --------
    >>> name_item({"id": "H", "statement": "s"}, "hypotheses"), name_item("a v1.2 (kernel)", "depends_on")
    ('H', 'a')
    """
    if isinstance(item, dict):
        keys = _NAMING_KEYS.get(str(list_name))
        if keys is not None:
            return tuple(freeze(item.get(key)) for key in keys)
        named = item.get("id", item.get("name"))
        return named if isinstance(named, str) and named.strip() else None
    if isinstance(item, str) and list_name in _FIRST_WORD:
        return (item.split() or [""])[0]
    return None


def align_lists(before: Sequence[Any], after: Sequence[Any], list_name: str | int) -> Alignment:
    """Match the items of two lists that stand under the same key."""
    if _is_positional(before) and _is_positional(after):
        shared = min(len(before), len(after))
        pairs = [(index, index) for index in range(shared)]
        return Alignment(
            tuple(pairs),
            tuple(range(shared, len(before))),
            tuple(range(shared, len(after))),
            (),
            frozenset(),
        )
    pairs = list(_pair_equal_names(before, after, list_name))
    left, right = _leave(len(before), len(after), pairs)
    renamed = list(_pair_renamed(before, after, left, right, list_name))
    left, right = _leave(len(before), len(after), pairs + renamed)
    pairs += _pair_alike(before, after, left, right, list_name)
    left, right = _leave(len(before), len(after), pairs + renamed)
    pairs.sort(key=lambda pair: pair[1])
    moved = _find_moved(sorted(pairs + renamed, key=lambda pair: pair[1]))
    return Alignment(tuple(pairs), tuple(left), tuple(right), tuple(renamed), frozenset(moved))


def _is_positional(items: Sequence[Any]) -> bool:
    """Whether a list is a vector: its numbers are known by their places."""
    return bool(items) and all(is_number(item) or isinstance(item, list) for item in items)


def _pair_equal_names(
    before: Sequence[Any], after: Sequence[Any], list_name: str | int
) -> Iterator[tuple[int, int]]:
    """Pair the items of one name, equal ones first; items without a name where they are equal."""
    groups: dict[Hashable, tuple[list[int], list[int]]] = {}
    for side, items in enumerate((before, after)):
        for index, item in enumerate(items):
            name = name_item(item, list_name)
            key = ("equal", freeze(item)) if name is None else ("named", name)
            groups.setdefault(key, ([], []))[side].append(index)
    for left, right in groups.values():
        if not left or not right:
            continue
        if len(left) == len(right) == 1:
            yield left[0], right[0]
            continue
        equal: dict[Hashable, list[int]] = {}
        for index in reversed(right):
            equal.setdefault(freeze(after[index]), []).append(index)
        rest = []
        for index in left:
            same = equal.get(freeze(before[index]))
            if same:
                yield index, same.pop()
            else:
                rest.append(index)
        yield from zip(rest, sorted(index for found in equal.values() for index in found), strict=False)


def _leave(
    count_before: int, count_after: int, pairs: Sequence[tuple[int, int]]
) -> tuple[list[int], list[int]]:
    taken, given = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    left = [index for index in range(count_before) if index not in taken]
    return left, [index for index in range(count_after) if index not in given]


def _pair_renamed(
    before: Sequence[Any], after: Sequence[Any], left: list[int], right: list[int], list_name: str | int
) -> Iterator[tuple[int, int]]:
    """Pair entries of which the name alone differs, where there is one of these on each side."""
    if list_name in _NAMING_KEYS:
        return
    contents: dict[Hashable, tuple[list[int], list[int]]] = {}
    for side, (items, indexes) in enumerate(((before, left), (after, right))):
        for index in indexes:
            item = items[index]
            if isinstance(item, dict) and name_item(item, list_name) is not None:
                key = "id" if "id" in item else "name"
                rest = {name: value for name, value in item.items() if name != key}
                if rest:
                    contents.setdefault((key, freeze(rest)), ([], []))[side].append(index)
    for old, new in contents.values():
        if len(old) == len(new) == 1:
            yield old[0], new[0]


def _pair_alike(
    before: Sequence[Any], after: Sequence[Any], left: list[int], right: list[int], list_name: str | int
) -> list[tuple[int, int]]:
    """Pair items without a name that are alike, the most alike first."""
    left = [index for index in left if not _is_named(before[index], list_name)]
    right = [index for index in right if not _is_named(after[index], list_name)]
    if len(left) > _MOST or len(right) > _MOST:
        return []
    scores = sorted(
        (-score, old + new, abs(old - new), old, new)  # the same pairs when the sides are swapped
        for old in left
        for new in right
        if (score := _measure_likeness(before[old], after[new])) >= _ALIKE
    )
    taken: set[int] = set()
    given: set[int] = set()
    found = []
    for *_, old, new in scores:
        if old not in taken and new not in given:
            taken.add(old)
            given.add(new)
            found.append((old, new))
    return found


def _is_named(item: Any, list_name: str | int) -> bool:
    return list_name != "decides" and name_item(item, list_name) is not None


def _measure_likeness(before: Any, after: Any) -> float:
    """Measure which share of two items is the same, from 0 to 1."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before.keys() | after.keys()
        shared = before.keys() & after.keys()
        return sum(freeze(before[key]) == freeze(after[key]) for key in shared) / len(keys) if keys else 1.0
    if isinstance(before, str) and isinstance(after, str):
        return measure_likeness(before[:_LONGEST], after[:_LONGEST])
    return 0.0


def _find_moved(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Find the pairs outside of a longest run that keeps its order; they come in the order of the later list.

    Examples
    --------
    >>> _find_moved([(2, 0), (0, 1), (1, 2)])
    {(2, 0)}
    """
    ends: list[int] = []
    chain: list[int] = []
    previous: list[int] = []
    for position, (old, _) in enumerate(pairs):
        at = bisect_left(ends, old)
        previous.append(chain[at - 1] if at else -1)
        ends[at : at + 1] = [old]
        chain[at : at + 1] = [position]
    kept = set()
    position = chain[-1] if chain else -1
    while position >= 0:
        kept.add(pairs[position])
        position = previous[position]
    return set(pairs) - kept
