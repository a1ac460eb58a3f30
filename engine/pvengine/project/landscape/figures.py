"""The figures of an attribution: typed ones as they stand, measured ones from the newest record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.numerics.products import find_quantum
from pvengine.project.plan import find_blocked, say_why_open

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from pvengine.models.attribution import Factor, Figure, Target
    from pvengine.models.measurement import Measurement
    from pvengine.project.view import ContractView
    from pvengine.yamldoc import Path

__all__ = ["FigureReader", "FoundFigure", "say_number", "scale_number"]

_PER_CENT = 100


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A figure with its number, or with the problem that it has none.

    ``typed`` is the number that the contract has and ``quantum`` the unit of its last digit, both as what is
    multiplied; ``number`` is that, or what was measured.
    """

    figure: Target | Factor
    name: str
    path: Path
    number: float | None
    value: int | float | None
    unit: str
    typed: float | None = None
    quantum: Fraction | None = None
    evidence: str | None = None
    problem: str | None = None

    @property
    def shown(self) -> str:
        """The number as a message shows it; per cent beside the fraction."""
        return say_number(self.number, self.value, self.unit)

    @property
    def is_typed(self) -> bool:
        """Whether the number is one that a person wrote."""
        return self.figure.test is None

    @property
    def is_residual(self) -> bool:
        """Whether it is declared to be the rest of a division."""
        return bool(getattr(self.figure, "residual", False))


class FigureReader:
    """Reads the figures of one contract."""

    def __init__(self, view: ContractView) -> None:
        self._view = view
        self._blocked: Mapping[str, str] | None = None

    def read(self, figure: Target | Factor, name: str, path: Path) -> FoundFigure:
        """Read a figure that stands at a path."""
        unit = figure.unit or "1"  # of what is typed; a measurement has its own
        typed = None if figure.value is None else scale_number(figure.value, unit)
        quantum = None if typed is None else self.read_quantum((*path, "value"), unit)
        if figure.test is None:
            return FoundFigure(figure, name, path, typed, figure.value, unit, typed, quantum)
        problem, measured, evidence = self._find_measurement(figure)
        if problem is not None or measured is None:
            return FoundFigure(
                figure, name, path, None, None, unit, typed, quantum, evidence=evidence, problem=problem
            )
        return FoundFigure(
            figure,
            name,
            path,
            scale_number(measured.number, measured.unit),
            int(measured.value) if measured.dtype == "int" else float(measured.value),
            measured.unit,
            typed,
            quantum,
            evidence,
        )

    def read_quantum(self, path: Path, unit: str) -> Fraction:
        """Return the unit of the last digit of a number as it is written in the text."""
        document = self._view.loaded.document
        node = document.node_at(path)
        quantum = find_quantum("" if node is None else document.text[node.start : node.end])
        return quantum / _PER_CENT if unit == "%" else quantum

    def _find_measurement(self, figure: Figure) -> tuple[str | None, Measurement | None, str | None]:
        """Find what the newest record of a test has; or say why that cannot be used."""
        name, metric = figure.test or "", figure.metric or ""
        state = self._view.assessments.get(name)
        if state is None:
            return f"the contract has no test {name}", None, None
        if not state.is_grounded or state.record is None:
            blocked = self._find_blocked().get(name)
            why = f"is blocked: {blocked}" if blocked else say_why_open(state)
            return f"{name} {why}", None, state.head
        measured = state.record.predicate.measurements.get(metric)
        if measured is None:
            return f"the newest record of {name} has no metric {metric!r}", None, state.head
        if not math.isfinite(measured.number):
            return f"{metric} of {name} is {measured.value}", None, state.head
        return None, measured, state.head

    def _find_blocked(self) -> Mapping[str, str]:
        if self._blocked is None:
            self._blocked = find_blocked(self._view, self._view.assessments)
        return self._blocked


def say_number(number: float | None, value: float | None, unit: str) -> str:
    """Say a number as it was written or measured; per cent as a fraction, with what was written behind it.

    Examples
    --------
    >>> say_number(14.0, 14, "1"), say_number(0.00077, 0.077, "%"), say_number(None, None, "1")
    ('14', '0.00077 (0.077 %)', 'not known')
    """
    if number is None or value is None:
        return "not known"
    return f"{number!r} ({value} %)" if unit == "%" else str(value)


def scale_number(value: float, unit: str) -> float:
    """Return a value as the number that is multiplied: per cent as a fraction, others as they are."""
    return float(value) / _PER_CENT if unit == "%" else float(value)
