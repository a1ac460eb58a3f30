"""Measured numbers as rows of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.plain import align, clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pvengine.models.report import MeasurementEntry

__all__ = ["list_figures", "shorten"]

_DIGITS = 12


def list_figures(measurements: Mapping[str, MeasurementEntry], indent: str) -> list[str]:
    """List measurements, one a line: metric, value, unit, what it was taken over."""
    return align([_row_of(name, measured) for name, measured in measurements.items()], indent)


def _row_of(name: str, measured: MeasurementEntry) -> tuple[str, ...]:
    facts = filter(None, (measured.aggregation, measured.population, measured.arithmetic))
    unit = "" if measured.unit == "1" else clean_line(measured.unit)
    return clean_line(name), str(measured.value), unit, clean_line(", ".join(facts))


def shorten(digest: str) -> str:
    """Shorten a digest to what tells it apart; of other text as much.

    Examples
    --------
    >>> shorten("sha256:0123456789abcdef")
    'sha256:0123456789ab'
    """
    return clean_line(digest[: len("sha256:") + _DIGITS])
