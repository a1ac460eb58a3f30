"""Compare what was measured again with a record. Pure: no file is read and nothing is run.

The rule is the contract's: a number is reproduced where it differs by at most ``reproduce: {relative: ...}``
of the claim. Where the claim does not say, the same arithmetic in the same environment must give the same
bits, and anything else may differ by one part in a million.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pvengine.models.report import ComparedEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.models.measurement import Measurement
    from pvengine.models.trial import Environment

__all__ = ["DEFAULT_TOLERANCE", "compare_measurements", "list_environment_changes", "measure_difference"]

DEFAULT_TOLERANCE = 1.0e-6
"""Relative difference that is allowed between two environments or arithmetics where a claim says nothing."""

_SAME_KIND = ("dtype", "unit", "population", "aggregation")
"""Facts in which two measurements that are compared must agree."""


def measure_difference(stored: float, value: float) -> Fraction:
    """Measure the difference of two finite numbers, relative to the larger of their magnitudes; exact.

    It lies between 0 and 2, and is 0 for two zeros of whatever sign.

    Examples
    --------
    >>> float(measure_difference(1.0, 1.5)), float(measure_difference(0.0, -0.0))
    (0.3333333333333333, 0.0)
    """
    before, after = Fraction(stored), Fraction(value)
    scale = max(abs(before), abs(after))
    return abs(after - before) / scale if scale else Fraction(0)


def compare_measurements(
    stored: Mapping[str, Measurement],
    measured: Mapping[str, Measurement],
    *,
    declared: float | None,
    is_same_environment: bool,
) -> dict[str, ComparedEntry]:
    """Compare every metric of a record and of its rerun, by name.

    ``declared`` is the tolerance of the claim; None where it has none.
    """
    return {
        name: _compare(
            stored.get(name), measured.get(name), declared, is_same_environment=is_same_environment
        )
        for name in dict.fromkeys([*stored, *measured])
    }


def list_environment_changes(before: Environment, after: Environment) -> tuple[str, ...]:
    """List what differs between two environments; the version of pvengine, which measures nothing, apart."""
    old, new = before.model_dump(exclude={"pvengine"}), after.model_dump(exclude={"pvengine"})
    return tuple(
        f"{name} was {_show(old[name])}, is {_show(new[name])}" for name in old if old[name] != new[name]
    )


def _show(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _compare(
    stored: Measurement | None,
    measured: Measurement | None,
    declared: float | None,
    *,
    is_same_environment: bool,
) -> ComparedEntry:
    if stored is None or measured is None:
        said = "the record does not have it" if stored is None else "it was not measured again"
        return ComparedEntry(
            stored=stored.value if stored else None,
            value=measured.value if measured else None,
            same_bits=False,
            relative_difference=None,
            tolerance=declared,
            within=False,
            reason=said,
        )
    tolerance = declared
    if declared is None and not (is_same_environment and stored.arithmetic == measured.arithmetic):
        tolerance = DEFAULT_TOLERANCE
    is_finite = stored.is_finite and measured.is_finite
    difference = measure_difference(stored.number, measured.number) if is_finite else None
    same_bits = (stored.dtype, stored.bits) == (measured.dtype, measured.bits) and (
        stored.bits is not None or stored.value == measured.value
    )
    reason = "; ".join(_iter_other_facts(stored, measured)) or None
    is_near = same_bits or (tolerance is not None and _is_near(stored, measured, difference, tolerance))
    return ComparedEntry(
        stored=stored.value,
        value=measured.value,
        same_bits=same_bits,
        relative_difference=None if difference is None else float(difference),
        tolerance=tolerance,
        within=reason is None and is_near,
        reason=reason,
    )


def _is_near(
    stored: Measurement, measured: Measurement, difference: Fraction | None, tolerance: float
) -> bool:
    """Whether two numbers are near enough; of those that are not finite, the same word is."""
    if difference is None:
        return stored.value == measured.value
    return difference <= Fraction(tolerance)


def _iter_other_facts(stored: Measurement, measured: Measurement) -> Iterator[str]:
    """Iterate over the facts that make two measurements no like with like."""
    for name in _SAME_KIND:
        before, after = getattr(stored, name), getattr(measured, name)
        if before != after:
            yield f"the {name} was {before or 'not said'}, is {after or 'not said'}"
