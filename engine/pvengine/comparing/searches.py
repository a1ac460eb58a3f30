"""Whether the domain of a search became wider or narrower: part by part, and exactly."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from pvengine.comparing.change import ChangeKind
from pvengine.comparing.equality import is_same
from pvengine.models.search import Constraint, Variable
from pvengine.numerics.intervals import Cut, Interval

if TYPE_CHECKING:
    from pvengine.models.base import ClosedModel

__all__ = ["compare_constraints", "compare_variables", "lies_in"]

Part = TypeVar("Part", bound="ClosedModel")


def compare_variables(before: Any, after: Any) -> ChangeKind:
    """Compare two entries of `domain`: one that may have more values makes the claim stronger.

    Examples
    --------
    >>> one, ten = ({"kind": "real", "range": [-bound, bound]} for bound in (1, 10))
    >>> str(compare_variables(one, ten)), str(compare_variables(one, ten | {"grid": 0.5}))
    ('strengthened', 'changed')
    """
    old, new = _read(Variable, before), _read(Variable, after)
    if old is None or new is None:
        return ChangeKind.CHANGED
    return _weigh(holds_old=_holds(new, old), holds_new=_holds(old, new))


def compare_constraints(before: Any, after: Any) -> ChangeKind:
    """Compare two constraints on the same norm of the same variable; others are just other ones."""
    old, new = _read(Constraint, before), _read(Constraint, after)
    if old is None or new is None or (old.variable, old.norm) != (new.variable, new.norm):
        return ChangeKind.CHANGED
    was, is_now = _interval_of(old), _interval_of(new)
    return _weigh(
        holds_old=is_now.lower <= was.lower and was.upper <= is_now.upper,
        holds_new=was.lower <= is_now.lower and is_now.upper <= was.upper,
    )


def lies_in(variable: Any, value: Any) -> bool:
    """Whether a published param lies in the ranges of an entry of `domain`, whatever its shape."""
    read = _read(Variable, variable)
    if read is None:
        return False
    if isinstance(value, list):
        return all(lies_in(variable, item) for item in value)
    if read.values is not None:
        return any(is_same(each, value) for each in read.values)
    low, high = read.range or (math.inf, -math.inf)
    return not isinstance(value, bool) and isinstance(value, int | float) and low <= value <= high


def _read(model: type[Part], data: Any) -> Part | None:
    try:
        return model.model_validate(data)
    except (ValidationError, RecursionError):
        return None


def _weigh(*, holds_old: bool, holds_new: bool) -> ChangeKind:
    if holds_old and holds_new:
        return ChangeKind.REWORDED
    if holds_old:
        return ChangeKind.STRENGTHENED
    return ChangeKind.WEAKENED if holds_new else ChangeKind.CHANGED


def _holds(outer: Variable, inner: Variable) -> bool:
    """Whether a variable may have every value that another may have."""
    if (outer.kind, tuple(outer.shape)) != (inner.kind, tuple(inner.shape)):
        return False
    if outer.range is None or inner.range is None:
        return all(any(is_same(one, other) for one in outer.values or ()) for other in inner.values or ())
    if not (outer.range[0] <= inner.range[0] and inner.range[1] <= outer.range[1]):
        return False
    if outer.grid is None:
        return True
    if inner.grid is None:
        return False
    step, shift = Fraction(outer.grid), Fraction(inner.range[0]) - Fraction(outer.range[0])
    return Fraction(inner.grid) % step == 0 and shift % step == 0


def _interval_of(constraint: Constraint) -> Interval:
    """Return the norms that a constraint allows; bounds on one side count together."""
    lowers: list[Cut] = [(-math.inf, 0)]
    uppers: list[Cut] = [(math.inf, 1)]
    lowers += [(bound, side) for bound, side in ((constraint.gt, 1), (constraint.ge, 0)) if bound is not None]
    uppers += [(bound, side) for bound, side in ((constraint.lt, 0), (constraint.le, 1)) if bound is not None]
    return Interval(max(lowers), min(uppers))
