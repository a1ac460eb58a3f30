"""Conditions that decide nothing: every number meets them, or none does.

A number here is what can be measured: a finite float64 (which includes every float32), or an integer of 64
bits with or without a sign. All comparisons are exact. A condition with `ne` alone leaves out one number, so
a measurement can break it; it counts as met by every number only where no measurement can have its operand.
A condition that only numbers beyond `numerics.reach.REACH` break counts as met by every number. Where that
holds of all conditions of a bound test, PV409 says so of the test, and nothing is said of each.
"""

from __future__ import annotations

import math
import struct
import sys
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pvengine.models.issue import Issue
from pvengine.numerics.intervals import Cut, Interval, find_partition_faults, interval_of
from pvengine.numerics.reach import REACH, can_break, can_fail, is_measurable, list_verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.claim import Condition
    from pvengine.models.contract import FalsificationTest
    from pvengine.yamldoc import Path

__all__ = ["Allowed", "iter_condition_issues"]

_LARGEST = sys.float_info.max
_LEAST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**64 - 1
_FLOAT32_DIGITS = 8
_SHOWN = 3
"""Most numbers of a list, and most conditions, that a message shows."""
_WIDTH = 40
"""Longest number that a message shows, in characters."""
_SYMBOLS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "in": "in", "bits": "bits"}


@dataclass
class Allowed:
    """The numbers that a conjunction of comparators leaves; it starts with all of them.

    Attributes
    ----------
    lower, upper
        Cuts of the interval in which the numbers lie.
    points
        The numbers themselves where `eq`, `in` or `bits` name them; None where nothing does.
    excluded
        Numbers that `ne` takes out.
    bits
        The bit pattern that is wanted; ``is_torn`` where two are.
    """

    lower: Cut = (-math.inf, 0)
    upper: Cut = (math.inf, 1)
    points: frozenset[int | float] | None = None
    excluded: set[int | float] = field(default_factory=set)
    bits: str | None = None
    is_torn: bool = False

    def narrow(self, condition: Condition) -> None:
        """Take out what a condition does not allow."""
        if condition.lt is not None:
            self.upper = min(self.upper, (condition.lt, 0))
        if condition.le is not None:
            self.upper = min(self.upper, (condition.le, 1))
        if condition.gt is not None:
            self.lower = max(self.lower, (condition.gt, 1))
        if condition.ge is not None:
            self.lower = max(self.lower, (condition.ge, 0))
        if condition.eq is not None:
            self._keep(frozenset({condition.eq}))
        if condition.in_ is not None:
            self._keep(frozenset(condition.in_))
        if condition.ne is not None:
            self.excluded.add(condition.ne)
        if condition.bits is not None:
            self._keep_bits(condition.bits.lower().removeprefix("0x"))

    @property
    def is_everything(self) -> bool:
        """Whether every number is left that can be measured."""
        return (
            self.points is None
            and self.lower <= (-_LARGEST, 0)
            and self.upper >= (_LARGEST, 1)
            and not any(is_measurable(number) for number in self.excluded)
        )

    @property
    def is_nothing(self) -> bool:
        """Whether no number is left that can be measured."""
        if self.is_torn or self.lower >= self.upper:
            return True
        interval = Interval(self.lower, self.upper)
        if self.points is not None:
            return not any(
                interval.contains(number) and number not in self.excluded and is_measurable(number)
                for number in self.points
            )
        cut: Cut = self.lower
        while (number := _find_least(cut, self.upper)) is not None:
            if number not in self.excluded:
                return False
            cut = (number, 1)
        return True

    def _keep(self, points: frozenset[int | float]) -> None:
        self.points = points if self.points is None else self.points & points

    def _keep_bits(self, digits: str) -> None:
        layout = ">f" if len(digits) == _FLOAT32_DIGITS else ">d"
        number = struct.unpack(layout, bytes.fromhex(digits))[0]
        self.is_torn = self.is_torn or self.bits not in (None, digits) or not math.isfinite(number)
        self.bits = digits
        self._keep(frozenset({number}))


def iter_condition_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over accept conditions and decisions that every number meets (PV406), or none (PV407)."""
    for index, test in zip(loaded.indexes.get("falsification_tests", ()), loaded.contract.tests, strict=True):
        path = ("falsification_tests", index)
        is_reported = test.is_bound and not can_fail(test)  # as a whole
        yield from _iter_accept_issues(test, path, skips_idle=is_reported)
        if not is_reported:
            yield from _iter_decision_issues(test, path)


def _iter_accept_issues(test: FalsificationTest, path: Path, *, skips_idle: bool) -> Iterator[Issue]:
    together: dict[str, list[tuple[int, Condition]]] = {}
    for index, condition in enumerate(test.conditions):
        if not skips_idle and not can_break(condition):
            is_met = _combine([(index, condition)]).is_everything
            which = "finite" if is_met else f"number below {REACH:g} in magnitude as"
            yield Issue(
                "PV406",
                (*path, "accept", index),
                f"{test.id}: every {which} {condition.metric!r} meets `{_show(condition)}`",
            )
        together.setdefault(condition.metric, []).append((index, condition))
    for metric, numbered in together.items():
        if _combine(numbered).is_nothing:
            # Each condition leaves less than the one before: the first that leaves nothing is shown.
            last = bisect_left(
                range(len(numbered)), x=True, key=lambda count: _combine(numbered[: count + 1]).is_nothing
            )
            index, condition = numbered[last]
            is_alone = _combine([numbered[last]]).is_nothing
            with_others = "" if is_alone else _show_all([other for _, other in numbered[:last]])
            yield Issue(
                "PV407",
                (*path, "accept", index),
                f"{test.id}: no number {metric!r} meets `{_show(condition)}`{with_others}",
            )


def _combine(numbered: list[tuple[int, Condition]]) -> Allowed:
    allowed = Allowed()
    for _, condition in numbered:
        allowed.narrow(condition)
    return allowed


def _iter_decision_issues(test: FalsificationTest, path: Path) -> Iterator[Issue]:
    for index, decision in enumerate(test.decisions):
        bands = list(decision.iter_bands())
        verdicts = list_verdicts(decision)
        if len(verdicts) == 1 and not find_partition_faults([interval_of(band) for _, _, band in bands]):
            where = (*path, "decides", index) if isinstance(test.decides, tuple) else (*path, "decides")
            is_only = len({verdict for verdict, _, _ in bands}) == 1
            which = "finite" if is_only else f"number below {REACH:g} in magnitude as"
            yield Issue(
                "PV406",
                where,
                f"{test.id}: every {which} {decision.metric!r} gives the verdict {next(iter(verdicts))}",
                "move the numbers that would decide otherwise into the bands of another verdict",
            )


def _show(condition: Condition) -> str:
    """Show the comparators of a condition as a formula."""
    parts: list[str] = []
    for name, operand in condition.comparators.items():
        if isinstance(operand, tuple):
            more = ", ..." if len(operand) > _SHOWN else ""
            parts.append(f"{_SYMBOLS[name]} [{', '.join(map(_show_number, operand[:_SHOWN]))}{more}]")
        else:
            parts.append(f"{_SYMBOLS[name]} {operand if name == 'bits' else _show_number(operand)}")
    return " and ".join(parts)


def _show_number(number: Any) -> str:
    """Show a number; an integer can have thousands of digits."""
    text = repr(number)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."


def _show_all(conditions: list[Condition]) -> str:
    texts = [f"`{_show(condition)}`" for condition in conditions[:_SHOWN]]
    more = f" and {len(conditions) - 3} more" if len(conditions) > len(texts) else ""
    return f" together with {', '.join(texts)}{more}"


def _find_least(lower: Cut, upper: Cut) -> int | float | None:
    """Find the least number between two cuts that can be measured; None where there is none."""
    candidates = [*_iter_floats(lower), *_iter_integers(lower)]
    least = min(candidates, default=None)
    return least if least is not None and (least, 1) <= upper else None


def _iter_floats(lower: Cut) -> Iterator[float]:
    """Give the least finite float64 above a cut."""
    bound, side = lower
    try:
        number = max(float(bound), -_LARGEST)
    except OverflowError:
        number = math.inf if bound > 0 else -_LARGEST
    if (number, 0) < (bound, side):
        number = math.nextafter(number, math.inf)
    if math.isfinite(number):
        yield number


def _iter_integers(lower: Cut) -> Iterator[int]:
    """Give the least 64-bit integer above a cut."""
    bound, side = lower
    if bound == -math.inf:
        number = _LEAST_INTEGER
    elif bound == math.inf:
        return
    else:
        number = max(math.ceil(bound) + (1 if side and bound == math.ceil(bound) else 0), _LEAST_INTEGER)
    if number <= _LARGEST_INTEGER:
        yield number
