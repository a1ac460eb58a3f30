"""What the searched chains share: stacked subjects, points where the paths part, one more measurement."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from pvfalsifiers.fixtures.chains import ROWS, SearchedChain
from pvfalsifiers.kernels.paths import multiply_dequantized, run_chain
from pvfalsifiers.kernels.stacked import multiply_dequantized_stack, multiply_quantized_stack, run_chain_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pvengine.plugin import Domain, Trial
    from pvfalsifiers.kernels.arrays import Float32Array, Float64Array, UInt8Array
    from pvfalsifiers.kernels.q8_k import Convention

    StackedSubject = Callable[[UInt8Array, Float32Array, Convention], Float32Array]

LARGEST_DRIFT = 2.0
"""The distance of two opposite vectors of one length, by that length."""
BOUND_SOURCE = "triangle inequality, in the docstring of q4-k.searched-chain-drift"
BOUND_ROUNDING = 1e-4
"""The norm of a vector that was divided by its rms is sqrt(256) (1 + e), |e| <= 262 * 2**-24 < 1.6e-5."""
_GRID = 65
_LEVELS = 4
_GIVEN = 3
_HALF = 128
"""Step of the quant bytes from row to row with which there are two kinds of rows."""
_P = TypeVar("_P", bound=SearchedChain)


def run_path_a(tensors: UInt8Array, x: Float32Array) -> Float32Array:
    """Send activations (chains, tokens, 256) through chains on path A, side by side."""
    return run_chain_stack(tensors, x, multiply_dequantized_stack)


def run_path_b(tensors: UInt8Array, x: Float32Array, convention: Convention) -> Float32Array:
    """Send activations (chains, tokens, 256) through chains on path B, side by side."""
    return run_chain_stack(tensors, x, lambda weights, y: multiply_quantized_stack(weights, y, convention))


def run_unquantized(tensors: UInt8Array, x: Float32Array, _convention: Convention) -> Float32Array:
    """Fall back to path A."""
    return run_path_a(tensors, x)


def run_swapped_nibbles(tensors: UInt8Array, x: Float32Array, convention: Convention) -> Float32Array:
    """Read the nibbles of each byte in the wrong order."""
    broken = tensors.copy()
    broken[..., 16:] = (tensors[..., 16:] >> 4) | (tensors[..., 16:] << 4)
    return run_path_b(broken, x, convention)


def run_restarted(tensors: UInt8Array, x: Float32Array, convention: Convention) -> Float32Array:
    """Carry nothing from step to step: the last one takes the activations of path A."""
    return run_path_b(tensors[:, -1:], run_path_a(tensors[:, :-1], x), convention)


def find_drift(a: Float32Array, b: Float32Array) -> float:
    """Compute |b - a| / sqrt(n), the relative L2 drift of vectors of unit rms.

    Parameters
    ----------
    a, b : float32, shape (n,)
        Ends of a chain. Their norm is sqrt(n), but where a step gave zeros: the drift of two such ends is 0.

    Returns
    -------
    float
        In float64, from the float32 ends.

    Examples
    --------
    >>> find_drift(np.array([1, 1], np.float32), np.array([-1, -1], np.float32))
    2.0
    """
    difference = b.astype(np.float64) - a.astype(np.float64)
    return float(np.sqrt(np.mean(difference * difference)))


def find_exact_input_drift(
    p: SearchedChain, run: Callable[[UInt8Array, Float32Array], Float32Array]
) -> float:
    """Compute the drift after the first matvec for activations that Q8_K holds exactly: all of them 1.

    There is nothing to round in them, so what is left is float32 rounding of sums of weights, none of them
    below 0: about 2 * 256 * 2**-24 at most. A wrong weight shows here whatever the drift of other
    activations.
    """
    first = p.generate_tensors()[:1]
    ones = np.ones(ROWS, np.float32)
    return find_drift(run_chain(first, ones, multiply_dequantized), run(first, ones))


def find_exact_input_drifts(tensors: UInt8Array, run: StackedSubject, convention: Convention) -> list[float]:
    """Compute what `find_exact_input_drift` computes, for many chains side by side."""
    ones = np.ones((len(tensors), 1, ROWS), np.float32)
    first = tensors[:, :1]
    ends = zip(run_path_a(first, ones), run(first, ones, convention), strict=True)
    return [find_drift(a[0], b[0]) for a, b in ends]


def group_alike(
    trials: Sequence[Trial], params: Sequence[_P]
) -> Iterator[tuple[Callable[..., Any], list[tuple[Trial, _P]]]]:
    """Give trials together that can be computed side by side: one subject and chains of one shape."""
    groups: dict[Any, list[tuple[Trial, _P]]] = defaultdict(list)
    for trial, p in zip(trials, params, strict=True):
        groups[trial.subject, p.tensors, p.quantizer, p.order, getattr(p, "tokens", 1)].append((trial, p))
    for (subject, *_), members in groups.items():
        yield subject, members


def iter_parting_points(p: SearchedChain, domain: Domain) -> Iterator[dict[str, Any]]:
    """Give points where the paths end far apart, with the published bytes and with two kinds of rows.

    No weight is below 0, so all rows are close to one direction, and the chain ends close to it or to its
    opposite. Which of them, changes at some offset of the ramp; on path B at another one, because the sums it
    compares with 0 are off by the rounding to Q8_K. Both offsets are found by grids within grids, and of a
    grid around and between them those three points are given where the drift is largest. The more alike the
    rows are, the nearer the ends between the two offsets are to opposite ones: with two kinds of rows, those
    of even and of odd number, the drift is within 1e-5 of 2.
    """
    if "offset" not in domain:
        return
    low, high = max(domain["offset"].low, -1024.0), min(domain["offset"].high, 1024.0)
    for changes in _list_changes(p, domain):
        at = p.model_copy(update=changes)
        tensors = at.generate_tensors()[None]
        first = _find_flip(at, partial(run_path_a, tensors), low, high)
        second = _find_flip(at, partial(run_path_b, tensors, convention=p.quantizer), low, high)
        if first is None or second is None:
            continue
        margin = (second - first) / 2
        offsets = np.clip(np.linspace(first - margin, second + margin, 2 * _GRID - 1), low, high)
        batch = _generate_batch(at, offsets)
        ends = zip(run_path_a(tensors, batch)[0], run_path_b(tensors, batch, p.quantizer)[0], strict=True)
        drifts = np.array([find_drift(a, b) for a, b in ends])
        for index in np.argsort(-drifts, kind="stable")[:_GIVEN]:
            yield {**changes, "offset": float(offsets[index])}


def _generate_batch(p: SearchedChain, offsets: Float64Array) -> Float32Array:
    """Return the activations of one chain at each of some offsets, shape (1, offsets, 256)."""
    points = [p.model_copy(update={"offset": float(offset)}) for offset in offsets]
    return np.concatenate([point.generate_activations() for point in points])[None]


def _list_changes(p: SearchedChain, domain: Domain) -> list[dict[str, Any]]:
    """List what is changed at the published point before the offset is looked for."""
    plain: dict[str, Any] = {name: 0.0 for name in ("noise", "ripple") if name in domain}
    found = [{**plain, "ripple": p.ripple}, plain] if "ripple" in domain else [plain]
    if "scale_bytes" in domain and "quant_bytes" in domain:
        rows = (("scale_bytes", 0), ("quant_bytes", _HALF))
        alike = {name: (getattr(p, name)[0], row, getattr(p, name)[2]) for name, row in rows}
        found.append({**plain, **alike})
    return found


def _find_flip(
    p: SearchedChain, run: Callable[[Float32Array], Float32Array], low: float, high: float
) -> float | None:
    """Return the offset at which the sum of the end changes its sign; None where it does not."""
    for _ in range(_LEVELS):
        offsets = np.linspace(low, high, _GRID)
        signs = np.sign(run(_generate_batch(p, offsets))[0].sum(axis=1))
        changes = np.flatnonzero(signs[1:] != signs[:-1])
        if not len(changes):
            return None
        low, high = float(offsets[changes[0]]), float(offsets[changes[0] + 1])
    return (low + high) / 2
