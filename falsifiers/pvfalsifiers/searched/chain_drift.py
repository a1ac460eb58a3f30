"""Test 009-S: how far path B drifts through a chain of matvecs, over byte patterns and activations."""

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from pvengine.plugin import Bound, Domain, Trial, falsifier
from pvfalsifiers.cascade.chained_drift import (
    restart_from_path_a,
    run_chain_with_swapped_nibbles,
    run_quantized_chain,
    run_unquantized_chain,
)
from pvfalsifiers.fixtures.chains import ROWS, SearchedChain
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import count_differing_bits
from pvfalsifiers.kernels.paths import multiply_dequantized, run_chain
from pvfalsifiers.searched.chain_paths import (
    BOUND_ROUNDING,
    BOUND_SOURCE,
    LARGEST_DRIFT,
    find_drift,
    find_exact_input_drift,
    find_exact_input_drifts,
    group_alike,
    iter_parting_points,
    run_path_a,
    run_path_b,
    run_restarted,
    run_swapped_nibbles,
    run_unquantized,
)

_STACKED: MappingProxyType[Callable[..., Any], Any] = MappingProxyType(
    {
        run_quantized_chain: run_path_b,
        run_unquantized_chain: run_unquantized,
        run_chain_with_swapped_nibbles: run_swapped_nibbles,
        restart_from_path_a: run_restarted,
    }
)
"""The stacked form of each subject that has one; it gives the same bits."""


def state_bounds(p: SearchedChain, _domain: Domain) -> Iterator[Bound]:
    """State how far two ends can lie apart."""
    for metric, unit in (("final_drift", 1.0), ("growth", p.reference_drift)):
        yield Bound(metric, BOUND_SOURCE, at_most=LARGEST_DRIFT / unit, rounding=BOUND_ROUNDING)


def measure_many_chains(trials: Sequence[Trial], params: Sequence[SearchedChain]) -> None:
    """Measure what the falsifier measures, side by side."""
    for subject, members in group_alike(trials, params):
        stacked, p = _STACKED.get(subject), members[0][1]
        if stacked is None or p.order != "sub_block_lanes":
            for trial, each in members:
                measure_searched_chain(trial, each)
            continue
        tensors = np.stack([each.generate_tensors() for _, each in members])
        x = np.stack([each.generate_activations() for _, each in members])
        a, b = run_path_a(tensors, x), stacked(tensors, x, p.quantizer)
        first = stacked(tensors[:, :1], x, p.quantizer)
        parts = stacked(tensors[:, 1:], first, p.quantizer)
        exact = find_exact_input_drifts(tensors, stacked, p.quantizer)
        for index, (trial, each) in enumerate(members):
            _record(trial, each, (a[index, 0], b[index, 0], parts[index, 0]), exact[index])


@falsifier(
    "q4-k.searched-chain-drift",
    subject=run_quantized_chain,
    planted_faults={
        "activations not quantised": run_unquantized_chain,
        "nibbles swapped": run_chain_with_swapped_nibbles,
        "each step starts from path A": restart_from_path_a,
    },
    worst_case=iter_parting_points,
    bounds=state_bounds,
    vectorised=measure_many_chains,
)
def measure_searched_chain(trial: Trial, p: SearchedChain) -> None:
    """Measure the relative L2 drift of path B at the end of a chain of matvecs and norms.

    Each matvec is followed by x / max(rms, 1e-9).

    Theorem: the drift is at most 2. Each chain ends in a vector that was divided by its root mean square,
    whose norm is therefore sqrt(n), or 0 where the matvec gave zeros; so |b - a| <= |b| + |a| <= 2 sqrt(n),
    and the drift is |b - a| / sqrt(n). (A divisor that was raised to 1e-9 makes the norm smaller.) It is
    attained where b = -a. How many steps the chain has does not matter, so no drift compounds beyond 2, and
    `growth`, the drift by that of one published matvec, not beyond 2 / 0.00077 = 2597.4.

    There is no lower bound above 0: activations that Q8_K holds exactly drift by float32 rounding alone.

    `exact_input_drift` is that drift, after one matvec: it speaks about the weights, where the other two
    speak about the rounding of activations. `composed_differing_bits` says that each step takes what the step
    before gave: the chain is bit for bit its first step, followed by the others.
    """
    tensors, [x] = p.generate_tensors(), p.generate_activations()

    def run(steps: Any, y: Float32Array) -> Float32Array:
        return np.asarray(trial.subject(steps, y, p.quantizer, p.order))

    end, parts = run(tensors, x), run(tensors[1:], run(tensors[:1], x))
    ends = (run_chain(tensors, x, multiply_dequantized), end, parts)
    _record(trial, p, ends, find_exact_input_drift(p, run))


def _record(
    trial: Trial,
    p: SearchedChain,
    ends: tuple[Float32Array, Float32Array, Float32Array],
    exact_input_drift: float,
) -> None:
    a, b, parts = ends
    drift = find_drift(a, b)
    arithmetic = f"A left fold, B Q8_K ({p.quantizer}) with {p.order} order, float32; their distance float64"
    one = f"{ROWS} activations of 1 after 1 matvec of {ROWS}x{ROWS}"
    population = f"{ROWS} activations after {p.tensors} matvecs of {ROWS}x{ROWS}"
    for name, value, over, aggregation in (
        ("final_drift", drift, population, "relative L2"),
        ("growth", drift / p.reference_drift, population, f"relative L2, by {p.reference_drift:g}"),
        ("exact_input_drift", exact_input_drift, one, "relative L2"),
    ):
        trial.measure(
            name, value, unit="ratio", population=over, aggregation=aggregation, arithmetic=arithmetic
        )
    trial.measure(
        "composed_differing_bits",
        count_differing_bits(b, parts),
        unit="bit",
        population=f"{ROWS} activations, the chain against its first step and then the others",
        aggregation="sum",
        arithmetic=arithmetic,
    )
