"""Statistics that carry what they were taken over, so that only like is compared with like.

A standard deviation over seven tokens and one over a single token are numbers of the same unit and name, and
their ratio says nothing about what was measured. So a statistic has its population with it: which items, and
how many along each axis; how they became one number; and what that was divided by.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pvengine.plugin.numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = [
    "Comparator",
    "NotComparableError",
    "Population",
    "Statistic",
    "compare_statistics",
    "take_statistic",
]

Comparator = Literal["ratio", "difference"]
"""How two statistics are compared."""


class NotComparableError(ValueError):
    """Two statistics differ in what they were taken over; the message names each difference."""


@dataclass(frozen=True, slots=True)
class Population:
    """What a statistic was taken over.

    Parameters
    ----------
    which
        Which items, in words: two populations are the same where the words are.
    counts
        How many along each axis, by name, such as ``{"tokens": 7, "elements": 256}``.

    Raises
    ------
    ValueError
        ``which`` or the name of an axis is blank or cannot be printed, there is no axis, or one is empty.

    Examples
    --------
    >>> Population("layer 3", {"tokens": 7, "elements": 256}).text
    'tokens: 7, elements: 256; layer 3'
    """

    which: str
    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        """Check it."""
        _check_text("which", self.which)
        if not self.counts:
            msg = "a population says how many items it has: counts is empty"
            raise ValueError(msg)
        for axis, count in self.counts.items():
            _check_text("the name of an axis", axis)
            if isinstance(count, bool) or not isinstance(count, int) or count < 1:
                msg = f"a population has a whole number of {axis}, at least 1, and not {count!r}"
                raise ValueError(msg)
        object.__setattr__(self, "counts", dict(self.counts))

    @property
    def text(self) -> str:
        """The population as the record has it."""
        counts = ", ".join(f"{axis}: {count}" for axis, count in self.counts.items())
        return f"{counts}; {self.which}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One number with what it was taken over.

    Parameters
    ----------
    value
        A number that a trial can measure.
    population
        Which items, and how many.
    aggregation
        How they became one number, such as ``"std"`` or ``"mean over elements of std over tokens"``.
    normalisation
        What that was divided by, such as ``"n"``, ``"n - 1"`` or ``"none"``.
    unit
        Unit of the value; ``"1"`` for a pure number.
    arithmetic
        How it was computed.

    Raises
    ------
    TypeError
        The value is no number, or the population no `Population`.
    ValueError
        A text is blank or cannot be printed.
    """

    value: Any
    population: Population
    aggregation: str
    normalisation: str
    unit: str = "1"
    arithmetic: str | None = None

    def __post_init__(self) -> None:
        """Check it."""
        if not isinstance(self.population, Population):
            msg = f"the population of a statistic is a Population, got {self.population!r:.80}"
            raise TypeError(msg)
        for name in ("aggregation", "normalisation", "unit"):
            _check_text(name, getattr(self, name))
        read_number("the value of a statistic", self.value)


def take_statistic(  # noqa: PLR0913 - keyword-only facts that belong to one number
    values: Any,
    reduce: Callable[[Any], object],
    *,
    axes: Sequence[str],
    which: str,
    aggregation: str,
    normalisation: str,
    unit: str = "1",
    arithmetic: str | None = None,
) -> Statistic:
    """Take a statistic of an array, whose shape says how many items there are; see `Trial.statistic`."""
    import numpy as np  # noqa: PLC0415 - heavy, and many falsifiers take no statistic

    array = np.asarray(values)
    names = [axes] if isinstance(axes, str) else list(axes)
    if len(names) != array.ndim or len(set(names)) != len(names):
        msg = f"an array of shape {array.shape} has {array.ndim} axes; {names} names them otherwise"
        raise ValueError(msg)
    population = Population(which, dict(zip(names, array.shape, strict=True)))  # refuses what is empty
    return Statistic(
        value=reduce(array),
        population=population,
        aggregation=aggregation,
        normalisation=normalisation,
        unit=unit,
        arithmetic=arithmetic,
    )


def compare_statistics(a: Statistic, b: Statistic, *, by: Comparator) -> Statistic:
    """Return the ratio or the difference of two statistics, over the population that both have.

    Raises
    ------
    NotComparableError
        They differ in what they were taken over.
    TypeError
        One is no statistic.
    ValueError
        ``by`` is another word.
    """
    for each in (a, b):
        if not isinstance(each, Statistic):
            msg = f"only statistics are compared, which say what they were taken over; got {each!r:.80}"
            raise TypeError(msg)
    if by not in ("ratio", "difference"):
        msg = f"statistics are compared by ratio or difference, not by {by!r}"
        raise ValueError(msg)
    differences = list(_iter_differences(a, b))
    if differences:
        raise NotComparableError("; ".join(differences))
    one, two = (read_number("the value of a statistic", each.value)[0] for each in (a, b))
    return Statistic(
        value=_divide(one, two) if by == "ratio" else one - two,
        population=a.population,
        aggregation=f"{by} of {a.aggregation}",
        normalisation=a.normalisation,
        unit="ratio" if by == "ratio" else a.unit,
        arithmetic=a.arithmetic,
    )


def _iter_differences(a: Statistic, b: Statistic) -> Iterator[str]:
    """Iterate over what keeps two statistics from being compared, the population first."""
    counts, others = a.population.counts, b.population.counts
    for axis in dict.fromkeys([*counts, *others]):
        if counts.get(axis) != others.get(axis):
            yield f"the population has {_say_count(counts, axis)} against {_say_count(others, axis)}"
    for name, one, two in (
        ("population", a.population.which, b.population.which),
        ("aggregation", a.aggregation, b.aggregation),
        ("normalisation", a.normalisation, b.normalisation),
        ("unit", a.unit, b.unit),
    ):
        if one != two:
            yield f"the {name} is {one!r} against {two!r}"


def _say_count(counts: Mapping[str, int], axis: str) -> str:
    return f"{axis}: {counts[axis]}" if axis in counts else f"no {axis}"


def _divide(a: float, b: float) -> float:
    """Divide as IEEE 754 does, where Python raises."""
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)


def _check_text(name: str, text: Any) -> None:
    if not isinstance(text, str) or not text.strip() or not text.isprintable():
        msg = f"{name} of a statistic is text that can be printed, got {text!r:.80}"
        raise ValueError(msg)
