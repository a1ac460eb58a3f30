"""Test 012: whether rotary position embedding amplifies a drift of the query."""

from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array, FloatArray
from pvfalsifiers.kernels.drift import find_relative_l1, find_relative_l2
from pvfalsifiers.kernels.fold import left_fold
from pvfalsifiers.kernels.rope import rotate, rotate_complex

ARITHMETIC = "left fold, float32"


class RopeParams(Params):
    """A query and a key of one head, their positions, and the fraction by which the query is scaled."""

    head_dim: Annotated[int, Field(ge=2, le=2**12, multiple_of=2)]
    theta: Annotated[float, Field(gt=0)]
    query: Ramp
    query_position: Annotated[int, Field(ge=0, le=2**20)]
    key: Ramp
    key_position: Annotated[int, Field(ge=0, le=2**20)]
    relative_perturbation: float


def leave_unrotated(x: Float32Array, _position: int, _theta: float) -> Float32Array:
    """Return the head as it is."""
    return x.copy()


def rotate_neighbours(x: Float32Array, position: int, theta: float) -> Float32Array:
    """Pair neighbours instead of the two halves: the convention of another architecture."""
    split = np.concatenate([x[0::2], x[1::2]])
    turned = rotate(split, position, theta)
    half = len(x) // 2
    return np.ascontiguousarray(np.stack([turned[:half], turned[half:]], axis=1)).reshape(-1)


def rotate_backwards(x: Float32Array, position: int, theta: float) -> Float32Array:
    """Turn the other way: the sine has the wrong sign."""
    half = len(x) // 2
    turned = rotate(np.concatenate([x[half:], x[:half]]), position, theta)
    return np.concatenate([turned[half:], turned[:half]])


def rotate_with_other_base(x: Float32Array, position: int, theta: float) -> Float32Array:
    """Take 50 times the base: that of another model."""
    return rotate(x, position, 50 * theta)


def rotate_next_position(x: Float32Array, position: int, theta: float) -> Float32Array:
    """Count the positions of the keys from 1: an index off by one where it is not 0."""
    return rotate(x, position + 1 if position else 0, theta)


@falsifier(
    "rope.drift-amplification",
    subject=rotate,
    planted_faults={
        "no rotation": leave_unrotated,
        "neighbours paired": rotate_neighbours,
        "rotation backwards": rotate_backwards,
        "base of another model": rotate_with_other_base,
        "position off by one": rotate_next_position,
    },
)
def measure_rope_amplification(trial: Trial, p: RopeParams) -> None:
    """Relative drift of the score q.k / sqrt(n) per relative L2 drift of the query before its rotation.

    The query is scaled as a whole. A scaling passes through any linear map unchanged, so the amplification is
    1 by construction and says nothing about the rotation; `score_error` does, which compares the score with
    that of a rotation in float64 by complex multiplication.
    """
    query, key = p.query.generate(p.head_dim), p.key.generate(p.head_dim)
    perturbed = query * (np.float32(1) + np.float32(p.relative_perturbation))
    turned_key = trial.subject(key, p.key_position, p.theta)
    scale = np.float32(1) / np.sqrt(np.float32(p.head_dim))
    before, after = (
        left_fold(trial.subject(q, p.query_position, p.theta), turned_key) * scale for q in (query, perturbed)
    )
    exact = _find_exact_score(p, query, key)
    input_drift = find_relative_l2(query, perturbed)
    output_drift = find_relative_l1(np.array([before]), np.array([after]))
    score = f"one score of {p.head_dim}"
    trial.measure("score", before, population=score, aggregation="sum", arithmetic=ARITHMETIC)
    trial.measure(
        "score_error",
        abs(float(before) - exact) / abs(exact) if exact else float("nan"),
        unit="ratio",
        population=score,
        arithmetic="float64, relative to a complex rotation",
    )
    trial.measure(
        "input_drift",
        input_drift,
        unit="ratio",
        population=f"{p.head_dim} query elements",
        aggregation="relative L2",
        arithmetic=ARITHMETIC,
    )
    trial.measure("output_drift", output_drift, unit="ratio", population=score, arithmetic=ARITHMETIC)
    with np.errstate(divide="ignore", invalid="ignore"):
        amplification = output_drift / input_drift
    trial.measure(
        "amplification",
        amplification,
        unit="ratio",
        population=score,
        aggregation="relative drift out / relative L2 in",
        arithmetic=ARITHMETIC,
    )


def _find_exact_score(p: RopeParams, query: Float32Array, key: Float32Array) -> float:
    """Return the score in float64 of the same float32 vectors."""
    rotated: list[FloatArray] = [
        rotate_complex(x, position, p.theta)
        for x, position in ((query, p.query_position), (key, p.key_position))
    ]
    return float(np.dot(rotated[0], rotated[1]) / np.sqrt(p.head_dim))
