"""Test 015: whether RMSNorm amplifies a drift of its input."""

from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import find_relative_l2
from pvfalsifiers.kernels.norm import rms_norm

ARITHMETIC = "left fold, float32"


class Signs(Params):
    """Plus where (multiplier * i + offset) % modulus is below a bound, else minus."""

    multiplier: Annotated[int, Field(ge=0, le=2**16)]
    offset: Annotated[int, Field(ge=0, le=2**16)]
    modulus: Annotated[int, Field(ge=1, le=2**16)]
    below: Annotated[int, Field(ge=0, le=2**16)]

    def generate(self, count: int) -> Float32Array:
        """Return the signs as +1 and -1.

        Returns
        -------
        float32, shape (count,)
            Exact.

        Examples
        --------
        >>> Signs(multiplier=1, offset=0, modulus=3, below=1).generate(4).tolist()
        [1.0, -1.0, -1.0, 1.0]
        """
        index = np.arange(count, dtype=np.int64)
        is_plus = (self.multiplier * index + self.offset) % self.modulus < self.below
        return np.where(is_plus, np.float32(1), np.float32(-1))


class NormParams(Params):
    """The activations, the norm's epsilon, and the fraction by which each element moves up or down."""

    length: Annotated[int, Field(ge=1, le=2**16)]
    activations: Ramp
    epsilon: Annotated[float, Field(ge=0)]
    relative_perturbation: float
    signs: Signs


def leave_unnormalised(x: Float32Array, _epsilon: float) -> Float32Array:
    """Return the activations as they are."""
    return x.copy()


def divide_by_mean_square(x: Float32Array, epsilon: float) -> Float32Array:
    """Forget the square root."""
    norm = rms_norm(x, epsilon)
    return np.asarray(norm * (norm[0] / x[0]))


def divide_by_norm(x: Float32Array, epsilon: float) -> Float32Array:
    """Divide by the Euclidean norm: the mean is a sum."""
    return np.asarray(rms_norm(x, epsilon) / np.sqrt(np.float32(len(x))))


def skip_first_element(x: Float32Array, epsilon: float) -> Float32Array:
    """Leave the first element out of the mean."""
    rest = np.concatenate([x[1:2], x[1:]])
    return np.asarray(x * (rms_norm(rest, epsilon)[-1] / x[-1]))


def add_large_epsilon(x: Float32Array, epsilon: float) -> Float32Array:
    """Take an epsilon that is 1000 times too large."""
    return rms_norm(x, 1000 * epsilon)


@falsifier(
    "rms-norm.drift-amplification",
    subject=rms_norm,
    planted_faults={
        "identity in place of the norm": leave_unnormalised,
        "square root forgotten": divide_by_mean_square,
        "sum in place of the mean": divide_by_norm,
        "first element left out of the mean": skip_first_element,
        "epsilon 1000 times too large": add_large_epsilon,
    },
)
def measure_norm_amplification(trial: Trial, p: NormParams) -> None:
    """Relative L2 drift of the normalised activations per relative L2 drift of the activations.

    The norm is homogeneous, so the amplification is close to 1 by construction, also without any norm;
    `output_rms_error` is what speaks about the norm: the root mean square of the output, in float64, against
    sqrt(m / (m + epsilon)) with m the mean square of the input in float64.
    """
    x = p.activations.generate(p.length)
    perturbed = x + p.signs.generate(p.length) * np.abs(x) * np.float32(p.relative_perturbation)
    before, after = trial.subject(x, p.epsilon), trial.subject(perturbed, p.epsilon)
    input_drift, output_drift = find_relative_l2(x, perturbed), find_relative_l2(before, after)
    population = f"{p.length} activations"
    for name, value in (("input_drift", input_drift), ("output_drift", output_drift)):
        trial.measure(
            name,
            value,
            unit="ratio",
            population=population,
            aggregation="relative L2",
            arithmetic=ARITHMETIC,
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        amplification = output_drift / input_drift
    trial.measure(
        "amplification",
        amplification,
        unit="ratio",
        population=population,
        aggregation="relative L2 out / relative L2 in",
        arithmetic=ARITHMETIC,
    )
    errors = [
        _find_rms_error(given, output, p.epsilon) for given, output in ((x, before), (perturbed, after))
    ]
    trial.measure(
        "output_rms_error",
        float(np.max(errors)),
        population=f"two outputs of {population}",
        aggregation="max",
        arithmetic="float64",
    )


def _find_rms_error(x: Float32Array, output: Float32Array, epsilon: float) -> float:
    """Return how far the root mean square of an output is from what the definition gives."""
    mean_square = float(np.mean(x.astype(np.float64) ** 2))
    expected = np.sqrt(mean_square / (mean_square + epsilon)) if mean_square + epsilon else np.nan
    return float(abs(np.sqrt(np.mean(output.astype(np.float64) ** 2)) - expected))
