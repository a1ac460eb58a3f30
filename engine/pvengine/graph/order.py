"""Put names in the order of their needs."""

from __future__ import annotations

import contextlib
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["order_by_needs"]


def order_by_needs(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Order names so that each comes after those that it needs; linear, and without recursion.

    A need that is no name itself is passed over. Names that wait for each other, and those behind them,
    come last, in the order that they were given in.

    Examples
    --------
    >>> order_by_needs({"c": ["b"], "b": ["a"], "a": ["lost"], "x": ["x"]})
    ['a', 'b', 'c', 'x']
    """
    sorter = TopologicalSorter(
        {name: [need for need in needed if need in needs] for name, needed in needs.items()}
    )
    with contextlib.suppress(CycleError):  # what the cycle does not hold up still comes in order
        sorter.prepare()
    ordered: dict[str, None] = {}
    while ready := sorter.get_ready():
        ordered.update(dict.fromkeys(ready))
        sorter.done(*ready)
    return [*ordered, *(name for name in needs if name not in ordered)]
