"""The domain of a search as a box of numbers, and the way between its points and params."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.models.search import Variable

__all__ = ["Space"]

Point = np.ndarray[Any, np.dtype[np.float64]]
"""A point of the box: float64, one number for each coordinate."""


@dataclass(frozen=True)
class Space:
    """A box whose coordinates are the numbers of the variables, in the order of the contract.

    Attributes
    ----------
    variables
        The params that vary, by name.
    params
        The published params; what does not vary is as it is there.
    """

    variables: Mapping[str, Variable]
    params: Mapping[str, Any]

    @property
    def size(self) -> int:
        """How many coordinates the box has."""
        return sum(variable.size for variable in self.variables.values())

    @property
    def bounds(self) -> tuple[Point, Point]:
        """The least and the largest value of each coordinate."""
        low = [variable.range[0] for variable in self.variables.values() for _ in range(variable.size)]
        high = [variable.range[1] for variable in self.variables.values() for _ in range(variable.size)]
        return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)

    @property
    def integral(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which coordinates are integers."""
        kinds = [v.kind == "integer" for v in self.variables.values() for _ in range(v.size)]
        return np.array(kinds, dtype=np.bool_)

    def snap(self, point: Point) -> Point:
        """Return the nearest point of the box; coordinates of integers are rounded half to even."""
        low, high = self.bounds
        snapped = np.where(self.integral, np.rint(point), point)
        return np.clip(snapped, low, high)

    def encode(self) -> Point | None:
        """Return the published params as a point; None where they do not lie in the box.

        Raises
        ------
        ValueError
            A param that varies is not there, or has another shape than the contract says.
        """
        numbers: list[float] = []
        for name, variable in self.variables.items():
            if name not in self.params:
                msg = f"`search.domain` varies {name!r}, which `params` does not have"
                raise ValueError(msg)
            numbers += _flatten(name, self.params[name], variable.shape)
        point = np.array(numbers, dtype=np.float64)
        low, high = self.bounds
        return point if bool(np.all((low <= point) & (point <= high))) else None

    def decode(self, point: Point) -> dict[str, Any]:
        """Return the params of a point, as a contract would write them."""
        params = copy.deepcopy(dict(self.params))
        start = 0
        for name, variable in self.variables.items():
            numbers = point[start : start + variable.size]
            start += variable.size
            values = [int(each) if variable.kind == "integer" else float(each) for each in numbers]
            params[name] = _nest(values, tuple(variable.shape))
        return params

    def iter_corners(self, limit: int) -> Iterator[Point]:
        """Iterate over corners of the box, at most so many: where an extreme often lies."""
        low, high = self.bounds
        yield low.copy()
        yield high.copy()
        for index in range(min(self.size, max(0, (limit - 2) // 2))):
            for bounds in ((low, high), (high, low)):
                corner = bounds[0].copy()
                corner[index] = bounds[1][index]
                yield corner

    def diameter(self) -> float:
        """Return the length of the diagonal of the box, in the L2 norm."""
        low, high = self.bounds
        return math.dist(low, high)


def _flatten(name: str, value: Any, shape: tuple[int, ...]) -> list[float]:
    """Return the numbers of nested lists in row-major order; ValueError where the shape is another."""
    if not shape:
        if isinstance(value, bool) or not isinstance(value, int | float):
            msg = f"`search.domain` varies {name!r} as one number, and `params` has {value!r:.60}"
            raise ValueError(msg)
        return [float(value)]
    if not isinstance(value, list | tuple) or len(value) != shape[0]:
        found = f"{len(value)} entries" if isinstance(value, list | tuple) else repr(value)
        msg = f"`search.domain` says that {name!r} has the shape {list(shape)}, and `params` has {found:.60}"
        raise ValueError(msg)
    return [number for item in value for number in _flatten(name, item, shape[1:])]


def _nest(values: list[Any], shape: tuple[int, ...]) -> Any:
    """Return numbers as nested lists of a shape."""
    if not shape:
        return values[0]
    step = len(values) // shape[0]
    return [_nest(values[index * step : (index + 1) * step], shape[1:]) for index in range(shape[0])]
