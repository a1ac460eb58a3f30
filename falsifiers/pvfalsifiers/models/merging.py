"""Merge neighbouring symbols, the best pair first: what both kinds of vocabulary do with a text."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["merge_symbols"]


def merge_symbols(symbols: Sequence[str], rank: Callable[[str, str], float | None]) -> list[str]:
    """Merge neighbours until no pair can be merged: the lowest rank first, of equal ones the leftmost.

    Parameters
    ----------
    symbols
        Such as the characters of a word.
    rank
        The rank of a pair, or None where the two are not merged.

    Returns
    -------
    list of str
        Joined, it is the text that went in. Takes n log n steps for n symbols.

    Examples
    --------
    >>> merge_symbols("abab", lambda left, right: {("a", "b"): 1, ("ab", "ab"): 2}.get((left, right)))
    ['abab']
    >>> merge_symbols("aaa", lambda left, right: 0 if len(left + right) == 2 else None)
    ['aa', 'a']
    """
    texts: list[str | None] = list(symbols)
    before, after = list(range(-1, len(texts) - 1)), list(range(1, len(texts) + 1))
    waiting: list[tuple[float, int, str, str]] = []

    def offer(left: int) -> None:
        right = after[left] if left >= 0 else len(texts)
        if right < len(texts):
            one, two = texts[left] or "", texts[right] or ""
            found = rank(one, two)
            if found is not None:
                heapq.heappush(waiting, (found, left, one, two))

    for index in range(len(texts)):
        offer(index)
    while waiting:
        _, left, one, two = heapq.heappop(waiting)
        right = after[left]
        if texts[left] != one or right >= len(texts) or texts[right] != two:
            continue  # one of the two has been merged with another since
        texts[left], texts[right] = one + two, None
        after[left] = after[right]
        if after[left] < len(texts):
            before[after[left]] = left
        offer(left)
        offer(before[left])
    return [text for text in texts if text is not None]
