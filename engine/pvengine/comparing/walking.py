"""Find every difference between two versions of the data, leaf by leaf: nothing is left out.

Blocks of entries are compared entry by entry, also where one version has no such block. A subtree that only
one version has is one difference. What a difference means is judged elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pvengine.comparing.alignment import align_lists
from pvengine.comparing.change import Spot
from pvengine.comparing.equality import freeze, is_blank, is_same

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from pvengine.yamldoc import Path

__all__ = ["Difference", "Form", "Pair", "iter_differences"]

_BLOCKS = frozenset(
    {
        *("hypotheses", "falsification_tests", "implementation_stages", "steps", "amendments"),
        *("equations", "proof_obligations", "obligations", "kani_harnesses", "enforcement"),
        *("falsification", "falsification_conditions"),
    }
)
"""Blocks whose entries are told one by one, also where the whole block came or went."""
_ONE_OR_MANY = frozenset(
    {
        *("hypothesis", "decides", "CONFIRMED", "PARTIALLY_CONFIRMED", "FALSIFIED"),
        *("applies_to", "obligation"),
    }
)
"""Keys that take one value or a list of them."""


class Form(StrEnum):
    """What the data shows of a difference, before anybody asks what it means."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"
    REWRITTEN = "rewritten"
    """The same in another shape, such as one value and a list of that one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values that belong together, and the pair that they lie in; None for the whole data."""

    before: Spot
    after: Spot
    parent: Pair | None = None

    def find_entry(self, depth: int) -> Pair | None:
        """Find the pair at a depth of the data, this one or one around it; None where there is none."""
        pair: Pair | None = self
        while pair is not None and len(pair.after.path) > depth:
            pair = pair.parent
        return pair if pair is not None and len(pair.after.path) == depth else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the data of two versions; the side that has no such value is None.

    ``around`` is the innermost pair in which it lies.
    """

    form: Form
    before: Spot | None
    after: Spot | None
    around: Pair

    @property
    def path(self) -> Path:
        """The shorter path of both versions: one value has no position, and the same in a list has one."""
        paths = [spot.path for spot in (self.after, self.before) if spot is not None]
        return min(paths, key=len, default=())


def iter_differences(before: Any, after: Any) -> Iterator[Difference]:
    """Iterate over all differences between the data of two versions, in the order of the later one."""
    yield from _compare(Pair(Spot((), before), Spot((), after)))


def _compare(pair: Pair) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    old, new = before.value, after.value
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _compare_mappings(pair)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(pair)
    elif is_same(old, new):
        return
    elif is_blank(old) and is_blank(new):
        yield Difference(Form.REWRITTEN, before, after, pair)
    elif is_blank(old):
        yield from _tell_whole(Form.ADDED, after, pair)
    elif is_blank(new):
        yield from _tell_whole(Form.REMOVED, before, pair)
    elif _takes_many(pair) and isinstance(old, list) is not isinstance(new, list):
        yield from _compare_shapes(pair)
    else:
        yield Difference(Form.CHANGED, before, after, pair)


def _takes_many(pair: Pair) -> bool:
    return _last(pair.after) in _ONE_OR_MANY and _last(pair.before) == _last(pair.after)


def _last(spot: Spot) -> str | int:
    return spot.path[-1] if spot.path else ""


def _child(spot: Spot, key: Any) -> Spot:
    return Spot((*spot.path, key), spot.value[key])


def _compare_mappings(pair: Pair) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    renamed = dict(_pair_renamed(before.value, after.value))
    old_names = frozenset(renamed.values())
    for key in after.value:
        if key in before.value:
            yield from _compare(Pair(_child(before, key), _child(after, key), pair))
        elif key in renamed:
            yield Difference(Form.RENAMED, _child(before, renamed[key]), _child(after, key), pair)
        else:
            yield from _tell_whole(Form.ADDED, _child(after, key), pair)
    for key in before.value:
        if key not in after.value and key not in old_names:
            yield from _tell_whole(Form.REMOVED, _child(before, key), pair)


def _pair_renamed(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Pair the new key and the old key of entries that only changed their key."""
    contents: dict[Hashable, tuple[list[str], list[str]]] = {}
    for side, (own, other) in enumerate(((before, after), (after, before))):
        for key, value in own.items():
            if key not in other and isinstance(value, dict) and value:
                contents.setdefault(freeze(value), ([], []))[side].append(key)
    for old, new in contents.values():
        if len(old) == len(new) == 1:
            yield new[0], old[0]


def _compare_lists(pair: Pair) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    found = align_lists(before.value, after.value, _last(after))
    partners, renamed = ({new: old for old, new in pairs} for pairs in (found.pairs, found.renamed))
    for index in range(len(after.value)):
        old = partners.get(index, renamed.get(index))
        if old is None:
            yield Difference(Form.ADDED, None, _child(after, index), pair)
            continue
        if (old, index) in found.moved:
            yield Difference(Form.MOVED, _child(before, old), _child(after, index), pair)
        if index in renamed:
            yield Difference(Form.RENAMED, _child(before, old), _child(after, index), pair)
        else:
            yield from _compare(Pair(_child(before, old), _child(after, index), pair))
    for index in found.removed:
        yield Difference(Form.REMOVED, _child(before, index), None, pair)


def _compare_shapes(pair: Pair) -> Iterator[Difference]:
    """Compare one value with a list of values; a list of that one value is only written otherwise."""
    before, after = pair.before, pair.after
    many, one = (before, after) if isinstance(before.value, list) else (after, before)
    form = Form.REMOVED if many is before else Form.ADDED
    partner = next((index for index, item in enumerate(many.value) if is_same(item, one.value)), 0)
    for index in range(len(many.value)):
        spot = _child(many, index)
        if index != partner:
            yield _on_one_side(form, spot, pair)
        else:
            yield from _compare(Pair(*((spot, one) if many is before else (one, spot)), pair))
    yield Difference(Form.REWRITTEN, before, after, pair)


def _on_one_side(form: Form, spot: Spot, around: Pair) -> Difference:
    before, after = (spot, None) if form is Form.REMOVED else (None, spot)
    return Difference(form, before, after, around)


def _tell_whole(form: Form, spot: Spot, around: Pair) -> Iterator[Difference]:
    """Tell what one version alone has: a block entry by entry, anything else as a whole."""
    value = spot.value
    if is_blank(value):
        before, after = (spot, None) if form is Form.REMOVED else (None, spot)
        yield Difference(Form.REWRITTEN, before, after, around)
    elif _last(spot) in _BLOCKS and isinstance(value, list | dict):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield _on_one_side(form, _child(spot, key), around)
    else:
        yield _on_one_side(form, spot, around)
