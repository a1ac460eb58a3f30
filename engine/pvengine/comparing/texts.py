"""What two texts have in common: their figures, or everything but the way in which they are written.

No machine decides whether a sentence is weaker than another. What can be told is whether the figures in it
are the same: numbers, comparison signs, negations and ids. Where they are not, it may state another bar.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise

__all__ = ["compare_numbers", "fold_formula", "is_reworded", "list_figures", "measure_likeness"]

_SIGNS = {"<=": "≤", ">=": "≥", "=<": "≤", "=>": "≥", "!=": "≠", "==": "=", "~=": "≈"}
_NUMBER = r"[-+−]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,9})?"  # noqa: RUF001 - the minus sign of texts
_FIGURE = re.compile(
    r"(?P<id>(?<![\w-])[A-Za-z]\w*(?:-\w+)*-\d+(?![\w-]))"
    r"|(?P<negation>\b(?:not|no|never|none|nor|cannot|without)\b|n't\b)"
    r"|(?P<sign><=|>=|=<|=>|!=|==|~=|[<>=≤≥≠≈±∈∉])"
    rf"|(?P<number>(?<![\w.])(?<![A-Za-z_]-){_NUMBER})",
    re.IGNORECASE,
)
"""An id such as FALSIFY-X-001, a negation, a comparison sign, or a number that is no part of a name."""
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_ALIKE = 0.5
"""Share of their pairs of letters that two texts have in common where one is the other in other words."""
_LONGEST = 100_000
"""Characters of a text that are looked at; longer ones count as other figures where they differ."""


def list_figures(text: str) -> list[str | Decimal]:
    """List the numbers, comparison signs, negations and ids of a text, in its order.

    Examples
    --------
    >>> [str(figure) for figure in list_figures("FALSIFY-X-001: avx2 gives |a - b| <= 1e-5 in 10 runs")]
    ['FALSIFY-X-001', '≤', '0.00001', '10']
    >>> list_figures("below 1.0e-5") == list_figures("less than 0.00001")
    True
    """
    if len(text) > _LONGEST:
        return [text]
    found: list[str | Decimal] = []
    for match in _FIGURE.finditer(text):
        if match["number"] is not None:
            found.append(_read_number(match["number"]))
        else:
            found.append(match[0].lower() if match["negation"] else _SIGNS.get(match[0], match[0]))
    return found


def is_reworded(before: str, after: str) -> bool:
    """Whether a text says the same in other words, as far as a machine can tell.

    It has the same figures in the same order, and at least half of its letters in common with the other.

    Examples
    --------
    >>> is_reworded("The sum is below 1e-5", "Its sum stays below 1.0e-5")
    True
    >>> is_reworded("The sum is below 1e-5", "The sum is not below 1e-5")
    False
    >>> is_reworded("Outputs are monotone", "No value is lost")
    False
    """
    return list_figures(before) == list_figures(after) and measure_likeness(before, after) >= _ALIKE


def measure_likeness(before: str, after: str) -> float:
    """Measure how alike two texts are, from 0 to 1: the share of their pairs of letters that both have.

    Case and white space do not count. It is the coefficient of Dice over pairs of neighbouring characters.

    Examples
    --------
    >>> measure_likeness("night", "Night "), measure_likeness("ab", "cd")
    (1.0, 0.0)
    """
    one, two = (_count_pairs(text) for text in (before, after))
    total = one.total() + two.total()
    return 2 * (one & two).total() / total if total else 1.0


def _count_pairs(text: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(f" {' '.join(text[:_LONGEST].lower().split())} "))


def _read_number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))  # noqa: RUF001 - as above


def compare_numbers(before: str, after: str) -> int | None:
    """Compare two texts that differ in their numbers alone: 1 where some rose, -1 where some fell.

    None where the words differ too, where some rose and others fell, or where no number differs.

    Examples
    --------
    >>> compare_numbers("All 5 tests", "All 6 tests"), compare_numbers("All 5 tests", "All 5 checks")
    (1, None)
    """
    if max(len(before), len(after)) > _LONGEST:
        return None
    words = [
        _FIGURE.sub(lambda match: "0" if match["number"] else match[0], text).split()
        for text in (before, after)
    ]
    old, new = (
        [figure for figure in list_figures(text) if isinstance(figure, Decimal)] for text in (before, after)
    )
    if words[0] != words[1] or len(old) != len(new):
        return None
    steps = {(is_now > was) - (is_now < was) for was, is_now in zip(old, new, strict=True)} - {0}
    return steps.pop() if len(steps) == 1 else None


def fold_formula(text: str) -> str:
    """Return a formal text without what its writing leaves free: white space, and how a sign is written.

    White space between two names or numbers stays, as one space.

    Examples
    --------
    >>> fold_formula("a  <= b") == fold_formula("a≤b"), fold_formula("a b") == fold_formula("ab")
    (True, False)
    """
    if len(text) > _LONGEST:
        return text
    words = _SIGN.sub(lambda match: _SIGNS[match[0]], text).split()
    joined = words[:1]
    for before, word in pairwise(words):
        needs_space = (before[-1].isalnum() or before[-1] == "_") and (word[0].isalnum() or word[0] == "_")
        joined += [" ", word] if needs_space else [word]
    return "".join(joined)
