"""Test 012-S: how much RoPE and the scaled dot product amplify a drift of the query in any direction."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.cascade.rope_drift_amplification import (
    leave_unrotated,
    rotate_backwards,
    rotate_neighbours,
    rotate_next_position,
    rotate_with_other_base,
)
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array, Float64Array
from pvfalsifiers.kernels.fold import left_fold
from pvfalsifiers.kernels.rope import rotate, rotate_complex

ARITHMETIC = "score left fold, float32; norms and the score it is compared with float64"
_SOURCE = "Cauchy-Schwarz inequality, in the docstring of rope.searched-any-direction"
_ROUNDING = 0.02
"""Of float32: two scores, each off by (n + 8) 2**-24 |q| |k| / sqrt(n), by 7.7e-4 of the same."""
_LEAST = 1e-3
_MOST_DIFFERENCES = 2**17


class DirectionParams(Params):
    """A query and a key of one head, their positions, and the direction in which the query drifts.

    The direction is `along` times q / |q| plus `direction`; its length does not matter, unless it is near 0.
    """

    head_dim: Annotated[int, Field(ge=2, le=2**10, multiple_of=2)]
    theta: Annotated[float, Field(gt=0)]
    query: Ramp
    query_position: Annotated[int, Field(ge=0, le=2**16)]
    key: Ramp
    key_position: Annotated[int, Field(ge=0, le=2**16)]
    relative_perturbation: Annotated[float, Field(gt=0, lt=0.1)]
    along: float
    direction: tuple[float, ...]

    @model_validator(mode="after")
    def check_direction(self) -> Self:
        """Refuse a direction of another length, or near 0."""
        if len(self.direction) != self.head_dim:
            raise ValueError(f"direction has {len(self.direction)} numbers, the head {self.head_dim}")
        if float(np.linalg.norm(self.find_direction())) < _LEAST:
            raise ValueError("the direction is near 0: it points nowhere")
        return self

    def find_direction(self) -> Float64Array:
        """Return the direction, of any length."""
        query = self.query.generate(self.head_dim).astype(np.float64)
        return np.asarray(self.along * query / np.linalg.norm(query) + np.array(self.direction, np.float64))


def find_condition_numbers(p: DirectionParams, differences: Float64Array) -> Float64Array:
    """Compute |q| |k| / |q . R k| for each difference of the positions of key and query.

    Parameters
    ----------
    p
        Query, key and base of the frequencies.
    differences : float64, shape (m,)
        Position of the key minus position of the query; RoPE depends on no more.

    Returns
    -------
    float64, shape (m,)
        Infinite where the score is 0.
    """
    half = p.head_dim // 2
    query, key = (x.generate(p.head_dim).astype(np.float64) for x in (p.query, p.key))
    pairs = (query[:half] - 1j * query[half:]) * (key[:half] + 1j * key[half:])
    turns = np.exp(1j * np.outer(differences, np.float64(p.theta) ** (-np.arange(half) / half)))
    with np.errstate(divide="ignore"):
        return np.asarray(np.linalg.norm(query) * np.linalg.norm(key) / np.abs((turns @ pairs).real))


def list_differences(p: DirectionParams, domain: Domain) -> Float64Array:
    """List the differences of positions that the domain has: key minus query, rising."""
    own = {"query_position": p.query_position, "key_position": p.key_position}
    low, high = (
        {name: getattr(domain[name], side) if name in domain else at for name, at in own.items()}
        for side in ("low", "high")
    )
    least, most = (
        math.ceil(low["key_position"] - high["query_position"]),
        math.floor(high["key_position"] - low["query_position"]),
    )
    return np.arange(least, min(most, least + _MOST_DIFFERENCES) + 1, dtype=np.float64)


def find_worst_difference(p: DirectionParams, domain: Domain) -> tuple[int, float]:
    """Find the difference of positions with the largest condition number, and that number."""
    differences = list_differences(p, domain)
    numbers = find_condition_numbers(p, differences)
    index = int(np.argmax(numbers))
    return int(differences[index]), float(numbers[index])


def iter_worst_directions(p: DirectionParams, domain: Domain) -> Iterator[dict[str, Any]]:
    """Give the direction of the key as the query sees it, at the published and at the worst positions."""
    if "direction" not in domain:
        return
    positions = [(p.query_position, p.key_position)]
    if "query_position" in domain and "key_position" in domain:
        difference, _ = find_worst_difference(p, domain)
        query = math.ceil(max(domain["query_position"].low, domain["key_position"].low - difference))
        positions.append((query, query + difference))
    for query_position, key_position in positions:
        key = rotate_complex(p.key.generate(p.head_dim), key_position, p.theta)
        seen = _turn_back(key, query_position, p.theta)
        point: dict[str, Any] = {"direction": (seen / np.max(np.abs(seen))).tolist()}
        point |= {"along": 0.0} if "along" in domain else {}
        moved = {"query_position": query_position, "key_position": key_position}
        yield point | {name: at for name, at in moved.items() if name in domain}


def state_bounds(p: DirectionParams, domain: Domain) -> Iterator[Bound]:
    """State that no direction gives more than the largest condition number of the positions."""
    _, largest = find_worst_difference(p, domain)
    if math.isfinite(largest):
        yield Bound("amplification", _SOURCE, at_most=largest, rounding=_ROUNDING)


@falsifier(
    "rope.searched-any-direction",
    subject=rotate,
    planted_faults={
        "no rotation": leave_unrotated,
        "neighbours paired": rotate_neighbours,
        "rotation backwards": rotate_backwards,
        "base of another model": rotate_with_other_base,
        "position off by one": rotate_next_position,
    },
    worst_case=iter_worst_directions,
    bounds=state_bounds,
)
def measure_any_direction(trial: Trial, p: DirectionParams) -> None:
    """Relative drift of the score q.k / sqrt(n) per relative L2 drift of the query, in any direction.

    Derivation. With R(m) the rotation at position m, the score is q . R(m)^T R(n) k / sqrt(d) = q . R(n - m)
    k / sqrt(d): linear in q. A drift e of the query changes it by e . R(n - m) k / sqrt(d), which is at most
    |e| |k| / sqrt(d) (Cauchy-Schwarz; a rotation keeps the norm), with equality for e parallel to R(n - m) k.
    So the amplification is at most |q| |k| / |q . R(n - m) k|, the condition number of the dot product in the
    L2 norm (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1, has it for the
    componentwise error), and that is attained. It does not depend on the size of the drift. The published
    direction, q itself, gives 1.

    Over positions: the condition number is that of one of finitely many differences n - m, and all of them
    are gone through in float64. Over all positions it has no bound: the score is a sum of 32 cosines of n - m
    whose frequencies have no common period, and comes as close to 0 as one likes.

    The drift of the score is taken relative to the score in float64, by complex multiplication, so that the
    figure is finite where the float32 score is all rounding. `score_error` is that of the float32 score, by
    |q| |k| / sqrt(n).
    """
    query, key = p.query.generate(p.head_dim), p.key.generate(p.head_dim)
    direction = p.find_direction()
    size = p.relative_perturbation * float(np.linalg.norm(query.astype(np.float64)))
    moved = (query + size * direction / np.linalg.norm(direction)).astype(np.float32)
    turned_key = trial.subject(key, p.key_position, p.theta)
    before, after = (_score(trial, p, each, turned_key) for each in (query, moved))
    exact = float(
        np.dot(rotate_complex(query, p.query_position, p.theta), rotate_complex(key, p.key_position, p.theta))
    ) / math.sqrt(p.head_dim)
    norm, key_norm = (float(np.linalg.norm(each.astype(np.float64))) for each in (query, key))
    drift_in = float(np.linalg.norm(moved.astype(np.float64) - query.astype(np.float64))) / norm
    drift_out = abs(float(after) - float(before)) / abs(exact) if exact else math.inf
    largest = norm * key_norm / math.sqrt(p.head_dim)
    score, elements = f"one score of {p.head_dim}", f"{p.head_dim} query elements"
    for name, value, population, aggregation in (
        ("input_drift", drift_in, elements, "relative L2"),
        ("output_drift", drift_out, score, "relative"),
        ("amplification", drift_out / drift_in, score, "relative drift out / relative L2 in"),
        ("condition_number", largest / abs(exact) if exact else math.inf, score, "|q| |k| / |q . R k|"),
        ("score_error", abs(float(before) - exact) / largest, score, "absolute, by |q| |k| / sqrt(n)"),
    ):
        trial.measure(
            name,
            value,
            unit="ratio",
            population=population,
            aggregation=aggregation,
            arithmetic=ARITHMETIC,
        )


def _score(trial: Trial, p: DirectionParams, query: Float32Array, turned_key: Float32Array) -> np.float32:
    turned = trial.subject(query, p.query_position, p.theta)
    return np.float32(left_fold(turned, turned_key) / np.sqrt(np.float32(p.head_dim)))


def _turn_back(x: Float64Array, position: int, theta: float) -> Float64Array:
    """Rotate by the negative angle, in float64."""
    half = len(x) // 2
    angles = position * np.float64(theta) ** (-np.arange(half) / half)
    turned = (x[:half] + 1j * x[half:]) * np.exp(-1j * angles)
    return np.concatenate([turned.real, turned.imag])
