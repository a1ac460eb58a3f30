"""Test 011-S: how much softmax amplifies a drift of one logit, over a box of logits."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.cascade.softmax_drift_amplification import (
    choose_largest,
    divide_by_largest,
    leave_last_out_of_sum,
    leave_unnormalised,
    take_sum_of_first_call,
)
from pvfalsifiers.kernels.arrays import FloatArray
from pvfalsifiers.kernels.drift import find_relative_l1
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.softmax import softmax

_SOURCE = "derived in the docstring of softmax.searched-logit-drift: p (1 - p) <= 1/4"
_ROUNDING = 0.01
"""Of float32: 2 (n + 4) 2**-24 on the drift of the probabilities: 0.0077 / 2 or 0.00077 / 2 at most."""
_LEAST_LOGIT = 0.1
_STEPS = 4001


class LogitParams(Params):
    """Logits, of which one moves by a fraction of the largest magnitude; not all of them are near 0."""

    logits: Annotated[tuple[float, ...], Field(min_length=2, max_length=256)]
    perturbed: Annotated[int, Field(ge=0)]
    relative_perturbation: Annotated[float, Field(gt=0, lt=0.1)]
    dtype: Literal["float32", "float64"]

    @model_validator(mode="after")
    def check_domain(self) -> Self:
        """Refuse an index beyond the logits, and logits whose drift would be lost in rounding."""
        if self.perturbed >= len(self.logits):
            raise ValueError(f"perturbed is {self.perturbed}, but there are {len(self.logits)} logits")
        if max(map(abs, self.logits)) < _LEAST_LOGIT:
            raise ValueError(f"all logits are below {_LEAST_LOGIT}: there is no relative drift to speak of")
        return self


def find_supremum(count: int, largest: float) -> tuple[float, tuple[float, ...]]:
    """Compute the supremum of 2 p_0 (1 - p_0) sum|z| over the box |z| <= Z, and logits that attain it.

    Parameters
    ----------
    count
        Number n of logits, 2 or more; logit 0 is the one that drifts.
    largest
        Z, above 0.

    Returns
    -------
    float, tuple
        In float64; see `measure_logit_drift` for the derivation.

    Examples
    --------
    >>> round(find_supremum(7, 1.0)[0], 4), round(find_supremum(7, 10.0)[0], 4)
    (3.4623, 35.0)
    """
    best, at = -math.inf, (0.0, 0)
    for positive in range(count):
        others = positive + (count - 1 - positive) * math.exp(-2 * largest)
        low, high = -largest, largest
        for _ in range(3):
            t = np.linspace(low, high, _STEPS)
            p = 1 / (1 + others * np.exp(largest - t))
            values = 2 * p * (1 - p) * (np.abs(t) + (count - 1) * largest)
            index = int(np.argmax(values))
            if values[index] > best:
                best, at = float(values[index]), (float(t[index]), positive)
            step = float(t[1] - t[0])
            low, high = max(-largest, t[index] - step), min(largest, t[index] + step)
    rest = [largest] * at[1] + [-largest] * (count - 1 - at[1])
    return best, (at[0], *rest)


def iter_worst_logits(p: LogitParams, domain: Domain) -> Iterator[dict[str, Any]]:
    """Give the logits at which the supremum is attained, with each of the places for the one that drifts."""
    if "logits" not in domain:
        return
    largest = min(abs(domain["logits"].low), abs(domain["logits"].high))
    if largest < _LEAST_LOGIT:
        return
    _, (own, *rest) = find_supremum(len(p.logits), largest)
    yield {"logits": [*rest[: p.perturbed], own, *rest[p.perturbed :]]}


def state_bounds(p: LogitParams, domain: Domain) -> Iterator[Bound]:
    """State that no logits in the box give more than half the largest sum of magnitudes."""
    given = [abs(logit) for logit in p.logits]
    total = math.fsum(given)
    if "logits" in domain:
        total = len(given) * max(abs(domain["logits"].low), abs(domain["logits"].high))
    yield Bound("amplification", _SOURCE, at_most=total / 2, rounding=_ROUNDING)


@falsifier(
    "softmax.searched-logit-drift",
    subject=softmax,
    planted_faults={
        "no normalisation": leave_unnormalised,
        "divided by the largest": divide_by_largest,
        "last logit left out of the sum": leave_last_out_of_sum,
        "argmax in place of softmax": choose_largest,
        "logits ignored": take_sum_of_first_call,
    },
    worst_case=iter_worst_logits,
    bounds=state_bounds,
)
def measure_logit_drift(trial: Trial, p: LogitParams) -> None:
    """Relative L1 drift of the probabilities per relative L1 drift of the logits, where one logit moves.

    Logit k moves by h = relative_perturbation * max|z|: at the published point, where k is the largest, that
    is the published move, and it is not 0 where z_k is.

    Derivation. The probabilities sum to 1, so the drift out is sum|dp_i|; p_k rises by dp and the others fall
    by dp together, each by its share: the drift out is 2 dp with dp = p_k (1 - p_k) h for a small h. The
    drift in is h / sum|z|. So the amplification is 2 p_k (1 - p_k) sum|z|.

    Bound. p (1 - p) <= 1/4, also on the way of a move that is not small (mean value theorem), so the
    amplification is at most sum|z| / 2 <= n Z / 2 in the box |z| <= Z.

    Supremum. With E the sum of exp(z_j) over the others, p_k = 1 / (1 + E exp(-z_k)). Of two others of one
    sign strictly inside of the box, one can rise and one fall by the same amount: the sum of magnitudes
    stays, E grows. So wherever p_k > 1/2 no maximum has two such; elsewhere a search of every pattern (others
    at Z, at -Z, and groups at one free value) found none better than all others at Z or -Z. What is left is m
    of them at Z, n - 1 - m at -Z, and z_k = t: for each m a problem in t alone, which `find_supremum` solves
    in float64. (7, 1): 3.4623 with m = 0 and t = 1; (7, 10): 35.0 and (64, 10): 320.0 with m = 1 and t = 10,
    n Z / 2 up to a factor of 1 - 1e-15, because two logits that are equal and large leave p_k at 1/2.

    `probability_error` compares with a softmax in float64 of another form, 1 / sum_j exp(z_j - z_i).
    """
    dtype = np.dtype(p.dtype).type
    logits = np.array(p.logits, dtype)
    perturbed = logits.copy()
    perturbed[p.perturbed] += dtype(p.relative_perturbation) * np.max(np.abs(logits))
    before, after = trial.subject(logits), trial.subject(perturbed)
    input_drift, output_drift = find_relative_l1(logits, perturbed), find_relative_l1(before, after)
    count, arithmetic = len(p.logits), f"left fold, {p.dtype}"
    for name, value, what in (
        ("input_drift", input_drift, "logits"),
        ("output_drift", output_drift, "probabilities"),
    ):
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
    _measure_errors(trial, ((logits, before), (perturbed, after)), arithmetic)


def _measure_errors(trial: Trial, pairs: tuple[tuple[FloatArray, FloatArray], ...], arithmetic: str) -> None:
    sums = [abs(float(sum_left(found)) - 1) for _, found in pairs]
    errors = [float(np.max(np.abs(found - _find_exact(given)))) for given, found in pairs]
    count = len(pairs[0][0])
    trial.measure(
        "probability_sum_error",
        float(np.max(sums)),
        population=f"two sums of {count} probabilities",
        aggregation="max",
        arithmetic=arithmetic,
    )
    trial.measure(
        "probability_error",
        float(np.max(errors)),
        population=f"two times {count} probabilities",
        aggregation="max of absolute errors",
        arithmetic=f"{arithmetic}, against float64",
    )


@np.errstate(over="ignore")
def _find_exact(logits: FloatArray) -> FloatArray:
    """Return the probabilities in float64, without the shift by the largest logit."""
    z = logits.astype(np.float64)
    return np.asarray(1 / np.exp(z[None, :] - z[:, None]).sum(axis=1))
