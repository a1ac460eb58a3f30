"""Which way accept conditions and verdict bands moved, decided by what they accept.

All conditions on a metric count together: one that another implies can go, and nothing is weaker.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pvengine.comparing.change import ChangeKind
from pvengine.comparing.value_sets import EVERYTHING, NOTHING, ValueSet, set_of_comparator
from pvengine.models.claim import Condition, Decision
from pvengine.models.vocabulary import Verdict
from pvengine.numerics.intervals import interval_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Accepted", "Finding", "compare_accept", "compare_bands", "read_conditions"]

_WIDTHS = {8: ("float32", ">f"), 16: ("float64", ">d")}
_RANKS = {Verdict.FALSIFIED: 0, Verdict.PARTIALLY_CONFIRMED: 1, Verdict.CONFIRMED: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a difference does, and what was found out about it."""

    kind: ChangeKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the conditions on one metric accept together.

    Attributes
    ----------
    values
        The numbers that all comparators other than `bits` let through.
    bits
        The one bit pattern that `bits` lets through, as its digits in lower case; None without such a
        condition, "" where two contradict each other.
    """

    values: ValueSet = EVERYTHING
    bits: str | None = None

    def narrow(self, condition: Condition) -> Accepted:
        """Return what is accepted where one more condition must hold."""
        values, bits = self.values, self.bits
        for comparator, operand in condition.comparators.items():
            if comparator == "bits":
                digits = str(operand).lower().removeprefix("0x")
                bits = digits if bits in (None, digits) else ""
            else:
                values = values.intersect(set_of_comparator(comparator, operand))  # type: ignore[arg-type]  # bits
        return Accepted(values, bits)

    @property
    def pattern(self) -> str | None:
        """The pattern that is accepted after all, "" where none is; None where not one pattern is wanted."""
        if self.bits is None:
            return None
        value = _read_bits(self.bits)
        return self.bits if value is not None and self.values.contains(value) else ""

    def find_more(self, other: Accepted) -> str | None:
        """Say what this accepts and the other does not; None where there is nothing."""
        mine, theirs = self.pattern, other.pattern
        if mine is None:
            if theirs is not None:
                return None if self.values.is_empty else f"{self.values} in any type and with any bits"
            more = self.values.minus(other.values)
            return None if more.is_empty else str(more)
        if mine in ("", theirs):
            return None
        value = _read_bits(mine)
        if theirs is None and value is not None and other.values.contains(value):
            return None
        return f"the bits {mine}"


def _read_bits(digits: str) -> float | None:
    """Return the finite number of a bit pattern; None where there is none."""
    if len(digits) not in _WIDTHS:
        return None
    value: float = struct.unpack(_WIDTHS[len(digits)][1], bytes.fromhex(digits))[0]
    return value if math.isfinite(value) else None


def read_conditions(entries: Any) -> dict[str, Accepted] | None:
    """Read what the conditions of a list accept, by metric; None where one of them cannot be read."""
    accepted: dict[str, Accepted] = {}
    for entry in entries if isinstance(entries, list) else [] if entries is None else [None]:
        try:
            condition = Condition.model_validate(entry)
        except ValidationError:
            return None
        accepted[condition.metric] = accepted.get(condition.metric, Accepted()).narrow(condition)
    return accepted


def compare_accept(before: Any, after: Any, metrics: Iterable[str] | None = None) -> Finding:
    """Compare what two lists of conditions accept, of the named metrics, or of all of them.

    A metric without any condition need not even be measured, so one that is gone makes a weaker claim.
    """
    old, new = read_conditions(before), read_conditions(after)
    if old is None or new is None:
        return Finding(ChangeKind.CHANGED, "a condition cannot be read")
    more: list[str] = []
    less: list[str] = []
    for metric in dict.fromkeys([*old, *new]) if metrics is None else metrics:
        _weigh_metric(metric, old.get(metric), new.get(metric), more, less)
    if more and less:
        return Finding(ChangeKind.CHANGED, "; ".join([*more, *less]))
    if more or less:
        return Finding(ChangeKind.WEAKENED if more else ChangeKind.STRENGTHENED, "; ".join(more + less))
    return Finding(ChangeKind.REWORDED, "the same values are accepted")


def _weigh_metric(
    metric: str, old: Accepted | None, new: Accepted | None, more: list[str], less: list[str]
) -> None:
    if old is None or new is None:
        if old is not None:
            more.append(f"{metric} need not be anything any more")
        elif new is not None:
            less.append(f"{metric} must be something now")
        return
    wider, narrower = new.find_more(old), old.find_more(new)
    if wider is not None:
        more.append(f"{metric} may now be {wider}")
    if narrower is not None:
        less.append(f"{metric} may no longer be {narrower}")


def compare_bands(before: Any, after: Any) -> Finding:
    """Compare the verdicts that two entries of `decides` give: which numbers get another one, and which."""
    old, new = _read_bands(before), _read_bands(after)
    if old is None or new is None:
        return Finding(ChangeKind.CHANGED, "a band cannot be read")
    moves = [
        (had, has, moved)
        for had, values in old.items()
        for has, others in new.items()
        if had is not has and not (moved := values.intersect(others)).is_empty
    ]
    if not moves:
        return Finding(*_compare_cover(list(old.values()), list(new.values())))
    detail = "; ".join(f"{moved} gave {had}, gives {has}" for had, has, moved in moves)
    upward = {_RANKS[has] > _RANKS[had] for had, has, _ in moves}
    if len(upward) > 1 or _compare_cover(list(old.values()), list(new.values()))[0] is ChangeKind.CHANGED:
        return Finding(ChangeKind.CHANGED, detail)
    return Finding(ChangeKind.WEAKENED if upward.pop() else ChangeKind.STRENGTHENED, detail)


def _compare_cover(old: Sequence[ValueSet], new: Sequence[ValueSet]) -> tuple[ChangeKind, str]:
    """Say whether both decide about the same numbers; bands with a gap are an error elsewhere."""
    covered, covers = (_unite(bands) for bands in (old, new))
    lost, won = covered.minus(covers), covers.minus(covered)
    if lost.is_empty and won.is_empty:
        return ChangeKind.REWORDED, "every number gives the same verdict"
    detail = [f"{lost} gives no verdict any more"] if not lost.is_empty else []
    detail += [f"{won} gives a verdict now"] if not won.is_empty else []
    return ChangeKind.CHANGED, "; ".join(detail)


def _unite(bands: Sequence[ValueSet]) -> ValueSet:
    united = NOTHING
    for band in bands:
        united = united.union(band)
    return united


def _read_bands(entry: Any) -> Mapping[Verdict, ValueSet] | None:
    try:
        decision = Decision.model_validate(entry)
    except ValidationError:
        return None
    bands: dict[Verdict, ValueSet] = {}
    for verdict, _, band in decision.iter_bands():
        interval = interval_of(band)
        if not interval.is_empty:
            bands[verdict] = bands.get(verdict, NOTHING).union(ValueSet((interval,)))
    return bands
