"""Test 015-S: how much RMSNorm amplifies a drift in any direction, in the L2 and L-infinity norms."""

import math
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, Self, TypeAlias

import numpy as np
from pydantic import Field, model_validator

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.cascade.rms_norm_drift_amplification import (
    Signs,
    add_large_epsilon,
    divide_by_mean_square,
    divide_by_norm,
    leave_unnormalised,
    skip_first_element,
)
from pvfalsifiers.fixtures.draws import draw_normal
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array, Float64Array
from pvfalsifiers.kernels.norm import rms_norm

HEAD = 4
"""Elements that are free one by one; the others follow a pattern."""
_SOURCE = "derived in the docstring of rms-norm.searched-any-direction"
_ROUNDING = 0.03
"""Of float32: two outputs, each off by (n / 2 + 4) 2**-24 of itself, by 7.7e-4: 2.1 % for n = 256."""
_LEAST = 1e-3
_GRID = 201
_LEVELS = 3
_Gain: TypeAlias = Annotated[float, Field(gt=0, le=1024)]
_Subject: TypeAlias = Callable[[Float32Array, float, Float32Array], Float32Array]
_Head: TypeAlias = Annotated[tuple[float, ...], Field(min_length=HEAD, max_length=HEAD)]


class NormDirectionParams(Params):
    """Activations, the direction of their drift, and the gain.

    Activation i is `slope` times the published ramp, plus `level`, plus `noise` times standard normal numbers
    of a numbered draw; the first four are those of `head` instead. The direction is `follow` times the
    published one (each element by the same fraction of itself, up or down), scaled to a largest element of 1,
    plus `shift`, plus `scatter` times further normals of the draw; its first four are `head_direction`. The
    gain is `head_gain` for the first four and `gain` for the others.
    """

    length: Annotated[int, Field(gt=HEAD, le=2**12)]
    norm: Literal["L2", "Linf"]
    epsilon: Annotated[float, Field(ge=0)]
    relative_perturbation: Annotated[float, Field(gt=0, lt=0.01)]
    ramp: Ramp
    signs: Signs
    head: _Head
    slope: float
    level: float
    noise: float
    draw: Annotated[int, Field(ge=0, lt=2**32)]
    head_direction: _Head
    follow: float
    shift: float
    scatter: float
    head_gain: Annotated[tuple[_Gain, ...], Field(min_length=HEAD, max_length=HEAD)]
    gain: _Gain

    @model_validator(mode="after")
    def check_vectors(self) -> Self:
        """Refuse activations near 0, where epsilon is all there is, and a direction near 0."""
        if float(np.max(np.abs(self.generate_activations()))) < _LEAST:
            raise ValueError("the activations are near 0: there is no relative drift to speak of")
        if float(np.max(np.abs(self.generate_direction()))) < _LEAST:
            raise ValueError("the direction is near 0: it points nowhere")
        return self

    def generate_activations(self) -> Float32Array:
        """Return the activations, float32."""
        x = self.slope * self.ramp.generate(self.length).astype(np.float64) + self.level
        if self.noise:
            x += self.noise * draw_normal(self.draw, self.length)[0]
        x[:HEAD] = self.head
        return x.astype(np.float32)

    def generate_direction(self) -> Float64Array:
        """Return the direction, of any length, float64."""
        direction = np.full(self.length, self.shift, np.float64)
        if self.follow:
            ramp = np.abs(self.ramp.generate(self.length).astype(np.float64))
            direction += self.follow * self.signs.generate(self.length) * ramp / np.max(ramp)
        if self.scatter:
            direction += self.scatter * draw_normal(self.draw, self.length, self.length)[1]
        direction[:HEAD] = self.head_direction
        return direction

    def generate_gain(self) -> Float32Array:
        """Return the gain, float32."""
        gain = np.full(self.length, self.gain, np.float32)
        gain[:HEAD] = self.head_gain
        return gain

    def perturb(self, x: Float32Array) -> Float32Array:
        """Move the activations by the relative perturbation, in the norm, along the direction."""
        direction, wide = self.generate_direction(), x.astype(np.float64)
        size = self.relative_perturbation * find_norm(wide, self.norm) / find_norm(direction, self.norm)
        return (wide + size * direction).astype(np.float32)


def find_norm(x: Float64Array, norm: str) -> float:
    """Compute the L2 or the L-infinity norm."""
    return float(np.linalg.norm(x) if norm == "L2" else np.max(np.abs(x)))


def normalise(x: Float32Array, epsilon: float, gain: Float32Array) -> Float32Array:
    """Divide by the root mean square, then multiply by the gain."""
    return rms_norm(x, epsilon) * gain


def _with_gain(broken: Callable[[Float32Array, float], Float32Array]) -> _Subject:
    """Return a broken norm with a gain behind it."""

    @np.errstate(all="ignore")
    def run(x: Float32Array, epsilon: float, gain: Float32Array) -> Float32Array:
        return broken(x, epsilon) * gain

    return run


def negate_shifted_gain(x: Float32Array, epsilon: float, gain: Float32Array) -> Float32Array:
    """Read the gain one element too late, and with the wrong sign."""
    return np.asarray(-rms_norm(x, epsilon) * np.roll(gain, -1))


def find_supremum(p: NormDirectionParams, domain: Domain) -> float:
    """Compute the supremum over all activations and directions, in float64; see `measure_norm_direction`."""
    least, most = _find_gains(p, domain)
    if p.norm == "L2":
        eta = p.relative_perturbation
        return most / least * 2 * math.sin(math.asin(eta) / 2) / eta
    return _find_worst_infinity(p, most / least)[0]


def _find_worst_infinity(p: NormDirectionParams, ratio: float) -> tuple[float, float, float, float]:
    """Return the supremum in L-infinity, with the activations that attain it: own, largest, others.

    The gain of the element that is looked at is `ratio`, that of the others 1; so is the largest of them.
    """
    n, eta = p.length, p.relative_perturbation
    if ratio == 1:
        own = np.linspace(1, 3 * math.sqrt(n), _GRID * 500)
        square = (own * (1 + eta)) ** 2 + (n - 1) * (1 - eta * own) ** 2
        values = ((1 + eta) * np.sqrt((own**2 + n - 1) / square) - 1) / eta
        index = int(np.argmax(values))
        return float(values[index]), float(own[index]), 1.0, 1.0
    best, at = 0.0, (0.0, 0.0)
    owns = np.concatenate([np.linspace(1e-3, 1, _GRID), [1 / ratio]])
    rest = np.linspace(0, 1, _GRID)
    step = 1 / (_GRID - 1)
    for _ in range(_LEVELS):
        own, others = np.meshgrid(owns, rest, indexing="ij")
        before = own**2 + 1 + (n - 2) * others**2
        after = (own + eta) ** 2 + (1 - eta) ** 2 + (n - 2) * (others - eta) ** 2
        moved = ((own + eta) * np.sqrt(before / after) - own) / eta
        values = moved / np.maximum(own, 1 / ratio)
        index = int(np.argmax(values))
        if values.flat[index] > best:
            best, at = float(values.flat[index]), (float(own.flat[index]), float(others.flat[index]))
        owns, rest = (np.clip(np.linspace(a - step, a + step, _GRID), 1e-6, 1) for a in at)
        step *= 2 / (_GRID - 1)
    return best, at[0], 1.0, at[1]


def _find_gains(p: NormDirectionParams, domain: Domain) -> tuple[float, float]:
    """Return the least and the largest gain in the domain."""
    gains = [
        (domain[name].low, domain[name].high) if name in domain else (min(own), max(own))
        for name, own in (("head_gain", p.head_gain), ("gain", (p.gain,)))
    ]
    return min(low for low, _ in gains), max(high for _, high in gains)


def iter_worst_norms(p: NormDirectionParams, domain: Domain) -> Iterator[dict[str, Any]]:
    """Give activations and a direction at which the supremum is attained."""
    if not {"head", "head_direction"} <= set(domain):
        return
    least, most = _find_gains(p, domain)
    scale = min(abs(domain["head"].low), abs(domain["head"].high)) / 2
    plain = {
        name: 0.0 for name in ("slope", "noise", "follow", "scatter", "level", "shift") if name in domain
    }
    if p.norm == "L2":
        # The activations lie on one element of least gain, the drift on one of the largest.
        point = {"head": [scale, 0.0, 0.0, 0.0], "head_direction": [0.0, 1.0, 0.0, 0.0]}
        gains = {"head_gain": [least, most, least, least], "gain": least}
    else:
        _, own, largest, others = _find_worst_infinity(p, most / least)
        unit = scale / max(own, largest)
        second = own if most == least else largest
        head = [own, second, others, others] if most > least else [own, 1.0, 1.0, 1.0]
        point = {"head": [unit * each for each in head], "head_direction": [1.0, -1.0, -1.0, -1.0]}
        plain |= {
            name: value for name, value in (("level", unit * others), ("shift", -1.0)) if name in domain
        }
        gains = {"head_gain": [most, least, least, least], "gain": least}
    yield {**plain, **point, **{name: value for name, value in gains.items() if name in domain}}


def state_bounds(p: NormDirectionParams, domain: Domain) -> Iterator[Bound]:
    """State what no activations and no direction exceed."""
    least, most = _find_gains(p, domain)
    if p.norm == "L2":
        yield Bound("amplification", _SOURCE, at_most=find_supremum(p, domain), rounding=_ROUNDING)
        return
    root = math.sqrt(p.length)
    bound = most / least * (root + 1) / 2 / (1 - p.relative_perturbation * root)
    yield Bound("amplification", _SOURCE, at_most=bound, rounding=_ROUNDING)


@falsifier(
    "rms-norm.searched-any-direction",
    subject=normalise,
    planted_faults={
        "identity in place of the norm": _with_gain(leave_unnormalised),
        "square root forgotten": _with_gain(divide_by_mean_square),
        "sum in place of the mean": _with_gain(divide_by_norm),
        "first element left out of the mean": _with_gain(skip_first_element),
        "epsilon 1000 times too large": _with_gain(add_large_epsilon),
        "gain one element late, with the wrong sign": negate_shifted_gain,
    },
    worst_case=iter_worst_norms,
    bounds=state_bounds,
)
def measure_norm_direction(trial: Trial, p: NormDirectionParams) -> None:
    """Relative drift of RMSNorm's output per relative drift of its input, in one norm, in any direction.

    With r(x) = sqrt(mean(x**2) + eps) the output is f(x) = g x / r(x), and its Jacobian D (I - x x^T / (n
    r**2)) / r with D = diag(g). The amplification of a drift e is |f(x + e) - f(x)| |x| / (|f(x)| |e|); h =
    |e| / |x| = 7.7e-4.

    L2 without gain: at most 2 sin(asin(h) / 2) / h = 1 + h**2 / 8 + ... . f(x) / sqrt(n) is the first part of
    the unit vector of (x, sqrt(n eps)), and a drift of relative size h turns a vector by asin(h) at most; the
    chord of that angle is 2 sin(asin(h) / 2). The additional component only lowers the size of e relative to
    the vector, and |f(x)| by as much. Attained for e orthogonal to x up to h**2. RMSNorm amplifies nothing in
    L2.

    L2 with gain: at most that times max|g| / min|g|, the condition number of D: |D v| <= max|g| |v|, and |D
    x| >= min|g| |x|. Attained where x is an element of least gain, e one of the largest.

    L-infinity without gain, small h: the largest row sum of |I - x x^T / |x|**2| (eps = 0), 1 + |x_i| (S - 2
    |x_i|) / |x|**2 with S = sum|x|. For given x_i and |x| it is largest where the others are equal, say 1;
    then with t = |x_i| it is 1 + t (n - 1 - t) / (t**2 + n - 1), whose derivative is 0 at t**2 + 2 t = n - 1,
    t = sqrt(n) - 1, where it is (sqrt(n) + 1) / 2: 8.5 for n = 256 with t = 15. eps > 0 lowers it. For h =
    7.7e-4 the drift itself makes r smaller, so that the supremum is a little more: with x_i = t, the others
    1, e = (t h, -t h, ..., -t h), a problem in t alone, 8.5245 at t = 14.908. The bound holds for any h:
    along the way from x to x + e, r falls by the factor 1 - h sqrt(n) at most, since |e|_2 / sqrt(n) <=
    |e|_inf = h |x|_inf <= h sqrt(n) r; so (sqrt(n) + 1) / 2 / (1 - h sqrt(n)), 8.606.

    L-infinity with gain: at most max|g| / min|g| times that. The supremum is smaller, as x_i has to be small
    for the gain to count: x_i = a with the largest gain, one element 1 and the others b with the least one, e
    = h (1, -1, ..., -1): a problem in a and b, solved on a grid (`find_supremum`).

    `output_error` is the largest error of an output relative to the largest output, against float64.
    """
    x, gain = p.generate_activations(), p.generate_gain()
    moved = p.perturb(x)
    before, after = (trial.subject(each, p.epsilon, gain) for each in (x, moved))
    drifts = [
        find_norm(np.subtract(b, a, dtype=np.float64), p.norm) / find_norm(a.astype(np.float64), p.norm)
        for a, b in ((x, moved), (before, after))
    ]
    population, arithmetic = f"{p.length} activations", "norm left fold, float32; drifts float64"
    for name, value, aggregation in (
        ("input_drift", drifts[0], f"relative {p.norm}"),
        ("output_drift", drifts[1], f"relative {p.norm}"),
        ("amplification", drifts[1] / drifts[0], f"relative {p.norm} out / relative {p.norm} in"),
    ):
        trial.measure(
            name,
            value,
            unit="ratio",
            population=population,
            aggregation=aggregation,
            arithmetic=arithmetic,
        )
    errors = [_find_error(p, *pair) for pair in ((x, before), (moved, after))]
    trial.measure(
        "output_error",
        float(np.max(errors)),
        unit="ratio",
        population=f"two outputs of {population}",
        aggregation="L-infinity error by L-infinity norm, max",
        arithmetic="float64",
    )


def _find_error(p: NormDirectionParams, x: Float32Array, output: Float32Array) -> float:
    wide = x.astype(np.float64)
    exact = p.generate_gain() * wide / np.sqrt(np.mean(wide * wide) + p.epsilon)
    return find_norm(output - exact, "Linf") / find_norm(exact, "Linf")
