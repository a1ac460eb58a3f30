"""The object through which a falsifier measures."""

from __future__ import annotations

import operator
import random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from pvengine.models.measurement import Measurement, encode_bits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np

__all__ = ["Params", "Trial"]

_INTEGERS = range(-(2**63), 2**64)
"""What a measured integer can be: int64 and uint64."""


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
        arithmetic: str | None = None,
    ) -> None:
        """Record one measured number under a name that the contract can refer to.

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
        arithmetic
            How it was computed, such as ``"left fold, float32"`` or ``"BLAS, float64"``.

        Raises
        ------
        TypeError
            The value is no number (a bool, text, complex, an array of several elements, a longdouble).
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
        number, dtype = _read_number(name, value)
        self._measurements[name] = Measurement(
            value=number if isinstance(number, int) else _shortest(number, dtype),
            dtype=dtype,
            bits=None if isinstance(number, int) else encode_bits(number, dtype),
            unit=unit,
            population=population,
            aggregation=aggregation,
            arithmetic=arithmetic,
        )


def seed_global_generators(seed: int) -> None:
    """Seed the global generators of `random` and NumPy, for subjects that use them."""
    import numpy as np  # noqa: PLC0415 - heavy; only a worker calls this

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - the legacy global state is what a subject may use


def _shortest(number: float, dtype: str) -> Any:
    """Return the float whose repr is the shortest text that reads back in dtype; text if not finite."""
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN alone differs from itself
        return str(float(number))
    if dtype == "float64":
        return float(number)
    import numpy as np  # noqa: PLC0415 - a float32 comes from NumPy, so it is loaded already

    return float(np.format_float_scientific(np.float32(number), unique=True))


def _read_number(name: str, value: object) -> tuple[Any, Any]:
    """Split a value into an exact Python number and its dtype; TypeError where it is no number."""
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        msg = f"{name!r} is {value!r}: true and false are no measurements; count something instead"
        raise TypeError(msg)
    if isinstance(value, float) and type(value) is float:
        return value, "float64"
    dtype = getattr(value, "dtype", None)
    if dtype is not None:
        return _read_numpy_number(name, value, dtype)
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        msg = f"{name!r} is a {type(value).__name__}, not a number: {value!r:.80}"
        raise TypeError(msg) from None
    if number not in _INTEGERS:
        msg = f"{name!r} is an integer of {number.bit_length()} bits, more than 64: measure it as a float"
        raise ValueError(msg)
    return number, "int"


def _read_numpy_number(name: str, value: Any, dtype: Any) -> tuple[Any, Any]:
    if getattr(value, "shape", ()) != ():
        msg = (
            f"{name!r} has shape {value.shape}: a measurement is one number; "
            "reduce it and name the aggregation"
        )
        raise TypeError(msg)
    if dtype.kind in "iu":
        return int(value), "int"
    if dtype.kind == "f" and dtype.itemsize <= 8:  # noqa: PLR2004 - bytes of a float64
        return float(value), "float64" if dtype.itemsize == 8 else "float32"  # noqa: PLR2004
    msg = f"{name!r} has dtype {dtype}: integers, float16, float32 and float64 can be measured"
    raise TypeError(msg)
