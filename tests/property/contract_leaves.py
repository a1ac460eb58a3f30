"""What two versions of a contract have leaf by leaf, and which leaves no change speaks of.

The test of completeness: a leaf that no change covers must stand in both versions alike. It knows nothing of
how entries are matched. A leaf is what holds something: null, white space and empty collections do not.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pvengine.comparing.change import ChangeKind
from pvengine.comparing.equality import freeze, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pvengine.comparing.change import Change

__all__ = ["count_untold"]

Path = tuple[str | int, ...]


def count_untold(data: Any, changes: Iterable[Change], side: str) -> Counter[Any]:
    """Count the leaves of one version that no change covers, by value and by path without positions."""
    covered = {
        spot.path
        for change in changes
        if change.kind is not ChangeKind.MOVED and (spot := getattr(change, side)) is not None
    }
    return Counter(
        (tuple("#" if isinstance(step, int) else step for step in path), freeze(value))
        for path, value in _iter_leaves(data, ())
        if not any(path[:length] in covered for length in range(len(path) + 1))
    )


def _iter_leaves(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _iter_leaves(value, (*path, key))
    elif isinstance(data, list) and data:
        for index, value in enumerate(data):
            yield from _iter_leaves(value, (*path, index))
    elif not is_blank(data):
        yield path, data
