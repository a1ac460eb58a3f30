"""Tell a slip of spelling from another word."""

from __future__ import annotations

__all__ = ["is_slip"]

_SHORTEST = 5
_LONG = 8
_LONGEST = 60


def is_slip(word: str, known: str) -> bool:
    """Whether a word is so near a known one that it is certain to be meant, and can be written in its place.

    Letter case, `-` and a space for `_` do not count. Beyond that one letter may be missing, added, another
    one or swapped with its neighbour, and two in words of eight letters. A word of less than five letters
    has too many neighbours: `lte` is neither `lt` nor `le`.

    Examples
    --------
    >>> [is_slip(*pair.split()) for pair in ("predicton prediction", "If-Fails if_fails", "acecpt accept")]
    [True, True, True]
    >>> [is_slip(*pair.split()) for pair in ("lte lt", "role rule", "type_enforcement enforcement")]
    [False, False, False]
    """
    plain = word.lower().replace("-", "_").replace(" ", "_")
    if plain == known.lower():
        return True
    size = min(len(plain), len(known))
    if size < _SHORTEST or max(len(plain), len(known)) > _LONGEST:
        return False
    return _count_slips(plain, known.lower()) <= (1 if size < _LONG else 2)


def _count_slips(one: str, other: str) -> int:
    """Count the letters to insert, delete, replace or swap: the optimal string alignment distance."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one):
        above, row_before = row, before
        row = [index + 1]
        for column, wanted in enumerate(other):
            least = min(above[column + 1] + 1, row[column] + 1, above[column] + (letter != wanted))
            if index and column and letter == other[column - 1] and one[index - 1] == wanted:
                least = min(least, row_before[column - 1] + 1)
            row.append(least)
        before = above
    return row[-1]
