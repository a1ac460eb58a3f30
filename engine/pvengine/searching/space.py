"""The domain of a search as a box of numbers, and the way between its points and params."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.models.search import Constraint, Variable

__all__ = ["Point", "Space"]

Point = np.ndarray[Any, np.dtype[np.float64]]
"""A point of the box: float64, one number for each coordinate."""
_ON_GRID = 1e-9
"""Distance from a grid, relative to the range, that the rounding of its decimal numbers explains."""
_ORDERS = {"L1": 1, "L2": 2, "Linf": np.inf}


@dataclass(frozen=True)
class Space:
    """A box whose coordinates are the numbers of the variables, in the order of their mapping.

    A search has them in the order of their names: a claim has no order of keys, and its search is the same
    however they are written.

    A choice has the index of its value as its coordinate.

    Attributes
    ----------
    variables
        The params that vary, by name.
    params
        The published params; what does not vary is as it is there.
    constraints
        What a point must meet beside its ranges.
    """

    variables: Mapping[str, Variable]
    params: Mapping[str, Any]
    constraints: Sequence[Constraint] = ()

    @property
    def size(self) -> int:
        """How many coordinates the box has."""
        return sum(variable.size for variable in self.variables.values())

    @cached_property
    def bounds(self) -> tuple[Point, Point]:
        """The least and the largest value of each coordinate."""
        low = [variable.bounds[0] for variable in self.variables.values() for _ in range(variable.size)]
        high = [variable.bounds[1] for variable in self.variables.values() for _ in range(variable.size)]
        return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)

    @cached_property
    def integral(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which coordinates are integers."""
        kinds = [v.kind != "real" for v in self.variables.values() for _ in range(v.size)]
        return np.array(kinds, dtype=np.bool_)

    @cached_property
    def steps(self) -> Point:
        """The step of the grid of each coordinate; 0 where it has none."""
        steps = [float(v.grid or 0.0) for v in self.variables.values() for _ in range(v.size)]
        return np.array(steps, dtype=np.float64)

    def snap(self, point: Point) -> Point:
        """Return the nearest point of the box; coordinates of integers are rounded half to even."""
        low, high = self.bounds
        snapped = np.where(self.integral, np.rint(point), point)
        if np.any(self.steps):
            steps = np.where(self.steps > 0, self.steps, 1.0)
            last = np.floor((high - low) / steps * (1 + 1e-12))
            on_grid = low + np.clip(np.rint((point - low) / steps), 0, last) * steps
            snapped = np.where(self.steps > 0, on_grid, snapped)
        return np.clip(snapped, low, high)

    def admits(self, point: Point) -> bool:
        """Whether a point of the box meets the constraints."""
        return all(_is_met(each, point[self._slices[each.variable]]) for each in self.constraints)

    @cached_property
    def _slices(self) -> dict[str, slice]:
        slices: dict[str, slice] = {}
        start = 0
        for name, variable in self.variables.items():
            slices[name] = slice(start, start + variable.size)
            start += variable.size
        return slices

    def encode(self, params: Mapping[str, Any]) -> Point | None:
        """Return params as a point; None where they lie outside of the box, or beside its grid or integers.

        Raises
        ------
        ValueError
            A param that varies is not there, or has another shape than the contract says.
        """
        numbers: list[float] = []
        for name, variable in self.variables.items():
            if name not in params:
                msg = f"`search.domain` varies {name!r}, which `params` does not have"
                raise ValueError(msg)
            values = _flatten(name, params[name], tuple(variable.shape))
            numbers += [_read_coordinate(name, variable, value) for value in values]
        point = np.array(numbers, dtype=np.float64)
        low, high = self.bounds
        if not bool(np.all((low <= point) & (point <= high))):  # a NaN is nowhere
            return None
        is_on_grid = np.abs(self.snap(point) - point) <= _ON_GRID * (high - low)
        return point if bool(np.all(is_on_grid)) else None

    def decode(self, point: Point) -> dict[str, Any]:
        """Return the params of a point that vary, as a contract would write them."""
        found: dict[str, Any] = {}
        for name, variable in self.variables.items():
            values = [_write_value(variable, each) for each in point[self._slices[name]].tolist()]
            found[name] = _nest(values, tuple(variable.shape))
        return found

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


def _is_met(constraint: Constraint, numbers: Point) -> bool:
    norm = float(np.linalg.norm(numbers, _ORDERS[constraint.norm]))
    return (
        (constraint.lt is None or norm < constraint.lt)
        and (constraint.le is None or norm <= constraint.le)
        and (constraint.gt is None or norm > constraint.gt)
        and (constraint.ge is None or norm >= constraint.ge)
    )


def _read_coordinate(name: str, variable: Variable, value: Any) -> float:
    """Return the coordinate of one value; NaN, which lies in no box, where a choice does not have it."""
    if variable.values is not None:
        same = (
            i
            for i, v in enumerate(variable.values)
            if v == value and isinstance(v, bool) is isinstance(value, bool)
        )
        return float(next(same, math.nan))
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"`search.domain` varies {name!r} as a number, and `params` has {value!r:.60}"
        raise ValueError(msg)  # noqa: TRY004 - a mistake in the contract, not in the code
    return float(value)


def _write_value(variable: Variable, coordinate: float) -> Any:
    if variable.values is not None:
        return variable.values[int(coordinate)]
    return int(coordinate) if variable.kind == "integer" else coordinate


def _flatten(name: str, value: Any, shape: tuple[int, ...]) -> list[Any]:
    """Return the values of nested lists in row-major order; ValueError where the shape is another."""
    if not shape:
        if isinstance(value, list | tuple | dict):
            msg = f"`search.domain` varies {name!r} as one value, and `params` has {value!r:.60}"
            raise ValueError(msg)
        return [value]
    if not isinstance(value, list | tuple) or len(value) != shape[0]:
        found = f"{len(value)} entries" if isinstance(value, list | tuple) else repr(value)
        msg = f"`search.domain` says that {name!r} has the shape {list(shape)}, and `params` has {found:.60}"
        raise ValueError(msg)
    return [number for item in value for number in _flatten(name, item, shape[1:])]


def _nest(values: list[Any], shape: tuple[int, ...]) -> Any:
    """Return values as nested lists of a shape."""
    if not shape:
        return values[0]
    step = len(values) // shape[0]
    return [_nest(values[index * step : (index + 1) * step], shape[1:]) for index in range(shape[0])]
