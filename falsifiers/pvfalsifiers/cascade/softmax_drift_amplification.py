"""Test 011: whether softmax amplifies a drift of its logits."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.kernels.arrays import FloatArray
from pvfalsifiers.kernels.drift import find_relative_l1
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.softmax import exponential, softmax


class DriftParams(Params):
    """Logits, of which one is moved by a fraction of itself."""

    logits: Annotated[tuple[float, ...], Field(min_length=1, max_length=2**16)]
    perturbed: Annotated[int, Field(ge=0)]
    relative_perturbation: float
    dtype: Literal["float32", "float64"]

    @model_validator(mode="after")
    def check_perturbed(self) -> Self:
        """Refuse an index beyond the logits."""
        if self.perturbed >= len(self.logits):
            raise ValueError(f"perturbed is {self.perturbed}, but there are {len(self.logits)} logits")
        return self


def leave_unnormalised(logits: FloatArray) -> FloatArray:
    """Return the exponentials without dividing by their sum."""
    return exponential(logits - logits.max())


def divide_by_largest(logits: FloatArray) -> FloatArray:
    """Divide by the largest exponential instead of the sum."""
    exponentials = exponential(logits)
    return np.asarray(exponentials / exponentials.max())


def leave_last_out_of_sum(logits: FloatArray) -> FloatArray:
    """End the sum one logit too early."""
    exponentials = exponential(logits - logits.max())
    return np.asarray(exponentials / sum_left(exponentials[:-1]))


def choose_largest(logits: FloatArray) -> FloatArray:
    """Give the largest logit the probability 1: an argmax in place of a softmax."""
    return np.asarray(logits == logits.max()).astype(logits.dtype)


def take_sum_of_first_call(logits: FloatArray) -> FloatArray:
    """Return the same probabilities for all logits, as from a cache with the wrong key."""
    return softmax(np.zeros_like(logits))


@falsifier(
    "softmax.drift-amplification",
    subject=softmax,
    planted_faults={
        "no normalisation": leave_unnormalised,
        "divided by the largest": divide_by_largest,
        "last logit left out of the sum": leave_last_out_of_sum,
        "argmax in place of softmax": choose_largest,
        "logits ignored": take_sum_of_first_call,
    },
)
def measure_softmax_amplification(trial: Trial, p: DriftParams) -> None:
    """Relative L1 drift of the probabilities per relative L1 drift of the logits."""
    dtype = np.dtype(p.dtype).type
    logits = np.array(p.logits, dtype)
    perturbed = logits.copy()
    perturbed[p.perturbed] += dtype(p.relative_perturbation) * logits[p.perturbed]
    before, after = trial.subject(logits), trial.subject(perturbed)
    input_drift, output_drift = find_relative_l1(logits, perturbed), find_relative_l1(before, after)
    errors = [abs(float(sum_left(probabilities)) - 1) for probabilities in (before, after)]
    count, arithmetic = len(p.logits), f"left fold, {p.dtype}"
    trial.measure(
        "probability_sum_error",
        float(np.max(errors)),
        population=f"two sums of {count} probabilities",
        aggregation="max",
        arithmetic=arithmetic,
    )
    drifts = (("input_drift", input_drift, "logits"), ("output_drift", output_drift, "probabilities"))
    for name, value, what in drifts:
        trial.measure(
            name,
            value,
            unit="ratio",
            population=f"{count} {what}",
            aggregation="relative L1",
            arithmetic=arithmetic,
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        amplification = output_drift / input_drift
    trial.measure(
        "amplification",
        amplification,
        unit="ratio",
        population=f"{count} logits",
        aggregation="relative L1 out / relative L1 in",
        arithmetic=arithmetic,
    )
