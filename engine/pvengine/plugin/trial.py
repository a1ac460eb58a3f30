"""The object through which a falsifier measures."""

from __future__ import annotations

import random
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from pvengine.models.measurement import Measurement, encode_bits
from pvengine.plugin.numbers import read_number, shorten_number
from pvengine.plugin.statistics import (
    Comparator,
    NotComparableError,
    Statistic,
    compare_statistics,
    take_statistic,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np

__all__ = ["Params", "Trial"]


class Params(BaseModel):
    """Base of a falsifier's parameters: frozen, unknown keys refused, NaN and infinities refused.

    Any other Pydantic model does as well; the engine refuses unknown keys whatever its configuration.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Trial:
    """One run of a falsifier against one subject (the code under test, or a planted fault).

    Parameters
    ----------
    subject
        What is measured. A falsifier calls this and never the subject by its own name, so that a planted
        fault can stand in its place.
    seed
        Seed of every random number in the trial, set by the engine and kept in the evidence.
    inputs
        Files that the test requires, by the name under `requires`; the evidence pins their content.
    """

    def __init__(
        self, subject: Callable[..., Any], *, seed: int, inputs: Mapping[str, Path] | None = None
    ) -> None:
        self.subject = subject
        self.seed = seed
        self.inputs = MappingProxyType(dict(inputs or {}))
        self._rng: np.random.Generator | None = None
        self._measurements: dict[str, Measurement] = {}
        self._refusal: str | None = None

    @property
    def refusal(self) -> str | None:
        """Why what was compared cannot be; None where it can. With a refusal the trial decides nothing."""
        return self._refusal

    @property
    def rng(self) -> np.random.Generator:
        """The random generator of the trial, seeded by the engine."""
        if self._rng is None:
            import numpy as np  # noqa: PLC0415 - heavy, and many falsifiers draw nothing

            self._rng = np.random.default_rng(self.seed)
        return self._rng

    @property
    def measurements(self) -> dict[str, Measurement]:
        """What was measured so far, in the order of measuring."""
        return dict(self._measurements)

    def measure(  # noqa: PLR0913 - keyword-only facts that belong to one number
        self,
        name: str,
        value: object,
        *,
        unit: str = "1",
        population: str | None = None,
        aggregation: str | None = None,
        normalisation: str | None = None,
        arithmetic: str | None = None,
    ) -> None:
        """Record one measured number under a name that the contract can refer to.

        A `Statistic` brings its unit and what it was taken over along; the keywords are then left out.

        Parameters
        ----------
        name
            Name of the metric; once a trial.
        value
            An int, a float, or a NumPy scalar or 0-d array of an integer type or of float16, float32 or
            float64. float16 is widened to float32, which is exact. NaN and the infinities are recorded as
            they are; the contract never accepts them.
        unit
            Unit of the value; ``"1"`` for a pure number.
        population
            What a statistic was taken over, such as ``"7 tokens x 256 elements"``.
        aggregation
            How the population became one number, such as ``"mean"`` or ``"std"``.
        normalisation
            What it was divided by, such as ``"n"`` or ``"n - 1"``.
        arithmetic
            How it was computed, such as ``"left fold, float32"`` or ``"BLAS, float64"``.

        Raises
        ------
        TypeError
            The value is no number (a bool, text, complex, an array of several elements, a longdouble), or a
            statistic stands beside keywords that it has itself.
        ValueError
            The name is empty, has characters that cannot be printed, or was measured before; or an integer
            has more than 64 bits.
        """
        if not isinstance(name, str) or not name or not name.isprintable():
            msg = f"a metric needs a name of printable characters, got {name!r}"
            raise ValueError(msg)
        if name in self._measurements:
            msg = f"{name!r} was measured twice in one trial"
            raise ValueError(msg)
        if isinstance(value, Statistic):
            if unit != "1" or any((population, aggregation, normalisation, arithmetic)):
                msg = f"{name!r} is a statistic, which says itself what it was taken over"
                raise TypeError(msg)
            unit, population, arithmetic = value.unit, value.population.text, value.arithmetic
            aggregation, normalisation, value = value.aggregation, value.normalisation, value.value
        number, dtype = read_number(name, value)
        self._measurements[name] = Measurement(
            value=number if isinstance(number, int) else shorten_number(number, dtype),
            dtype=dtype,
            bits=None if isinstance(number, int) else encode_bits(number, dtype),
            unit=unit,
            population=population,
            aggregation=aggregation,
            normalisation=normalisation,
            arithmetic=arithmetic,
        )

    def statistic(  # noqa: PLR0913 - keyword-only facts that belong to one number
        self,
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
        """Take a statistic of an array; how many items it is taken over is read off the shape.

        Parameters
        ----------
        values
            An array of any shape, or nested lists of numbers.
        reduce
            Makes one number of it, such as ``np.std``.
        axes
            What each axis counts, in the order of the shape, such as ``("tokens", "elements")``.
        which
            Which items these are, such as ``"SwiGLU inner, layer 3, all tokens of the prompt"``.
        aggregation
            What ``reduce`` does, such as ``"std"``.
        normalisation
            What it divides by, such as ``"n"``, ``"n - 1"`` or ``"none"``.
        unit
            Unit of the number; ``"1"`` for a pure number.
        arithmetic
            How it was computed.

        Raises
        ------
        ValueError
            There is another number of axes than names, an axis is empty, or a text is blank.
        TypeError
            ``reduce`` gave no number.
        """
        return take_statistic(
            values,
            reduce,
            axes=axes,
            which=which,
            aggregation=aggregation,
            normalisation=normalisation,
            unit=unit,
            arithmetic=arithmetic,
        )

    def compare(
        self,
        name: str,
        a: Statistic,
        b: Statistic,
        *,
        by: Comparator = "ratio",
        arithmetic: str | None = None,
    ) -> None:
        """Measure the ratio ``a / b`` or the difference ``a - b`` of two statistics of like with like.

        Both must have the same population (which items, and how many along each axis), aggregation,
        normalisation and unit. Where they have not, nothing is measured and the trial ends *inconclusive: not
        comparable*, also where the exception is caught. The number is a float64, correctly rounded from the
        two; a ratio to zero is infinite, and that of two zeros NaN. A difference of integers stays one.

        Parameters
        ----------
        name
            Name of the metric.
        a, b
            The statistics.
        by
            ``"ratio"`` or ``"difference"``.
        arithmetic
            How it was computed; where it is left out, that of ``a``.

        Raises
        ------
        NotComparableError
            They differ in what they were taken over; the message names the difference.
        """
        try:
            found = compare_statistics(a, b, by=by)
        except NotComparableError as error:
            self._refusal = self._refusal or f"not comparable: {name!r}: {error}"
            raise
        self.measure(name, found if arithmetic is None else replace(found, arithmetic=arithmetic))


def seed_global_generators(seed: int) -> None:
    """Seed the global generators of `random` and NumPy, for subjects that use them."""
    import numpy as np  # noqa: PLC0415 - heavy; only a worker calls this

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - the legacy global state is what a subject may use
