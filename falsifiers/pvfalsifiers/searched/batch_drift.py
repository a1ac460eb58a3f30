"""Test 013-S: how far path B drifts for a batch of tokens, over byte patterns and activations."""

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from pvengine.plugin import Bound, Domain, Trial, falsifier
from pvfalsifiers.cascade.batch_drift import (
    repeat_first_token,
    reverse_tokens,
    run_batch_with_swapped_nibbles,
    run_quantized_batch,
    run_unquantized_batch,
)
from pvfalsifiers.fixtures.chains import ROWS, SearchedChain
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
from pvfalsifiers.kernels.drift import count_differing_bits
from pvfalsifiers.kernels.paths import multiply_dequantized, run_chain
from pvfalsifiers.kernels.q8_k import Convention
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
    run_swapped_nibbles,
    run_unquantized,
)


class SearchedBatch(SearchedChain):
    """A chain and how many tokens go through it; token t has the ripple of t more, and normals of its own."""

    tokens: Annotated[int, Field(ge=2, le=64)]


def repeat_first_stacked(tensors: UInt8Array, batch: Float32Array, convention: Convention) -> Float32Array:
    """Give every token the activations of the first."""
    return np.repeat(run_path_b(tensors, batch[:, :1], convention), batch.shape[1], axis=1)


def reverse_stacked(tensors: UInt8Array, batch: Float32Array, convention: Convention) -> Float32Array:
    """Write the tokens in the reverse order."""
    return run_path_b(tensors, batch[:, ::-1], convention)


_STACKED: MappingProxyType[Callable[..., Any], Any] = MappingProxyType(
    {
        run_quantized_batch: run_path_b,
        run_unquantized_batch: run_unquantized,
        run_batch_with_swapped_nibbles: run_swapped_nibbles,
        repeat_first_token: repeat_first_stacked,
        reverse_tokens: reverse_stacked,
    }
)
"""The stacked form of each subject that has one; it gives the same bits."""


def state_bounds(p: SearchedBatch, _domain: Domain) -> Iterator[Bound]:
    """State how far the ends of any token can lie apart, and so their mean."""
    for metric, unit in (("largest_drift", 1.0), ("mean_drift", 1.0), ("amplification", p.reference_drift)):
        yield Bound(metric, BOUND_SOURCE, at_most=LARGEST_DRIFT / unit, rounding=BOUND_ROUNDING)


def measure_many_batches(trials: Sequence[Trial], params: Sequence[SearchedBatch]) -> None:
    """Measure what the falsifier measures, side by side."""
    for subject, members in group_alike(trials, params):
        stacked, p = _STACKED.get(subject), members[0][1]
        if stacked is None or p.order != "sub_block_lanes":
            for trial, each in members:
                measure_searched_batch(trial, each)
            continue
        tensors = np.stack([each.generate_tensors() for _, each in members])
        batch = np.stack([each.generate_activations(each.tokens) for _, each in members])
        a = run_path_a(tensors, batch)
        b, alone = (stacked(tensors, rows, p.quantizer) for rows in (batch, batch[:, -1:]))
        exact = find_exact_input_drifts(tensors, stacked, p.quantizer)
        for index, (trial, each) in enumerate(members):
            checks = (count_differing_bits(alone[index, 0], b[index, -1]), exact[index])
            _record(trial, each, a[index], b[index], checks)


@falsifier(
    "q4-k.searched-batch-drift",
    subject=run_quantized_batch,
    planted_faults={
        "activations not quantised": run_unquantized_batch,
        "nibbles swapped": run_batch_with_swapped_nibbles,
        "first token repeated": repeat_first_token,
        "tokens reversed": reverse_tokens,
    },
    worst_case=iter_parting_points,
    bounds=state_bounds,
    vectorised=measure_many_batches,
)
def measure_searched_batch(trial: Trial, p: SearchedBatch) -> None:
    """Measure the mean over tokens of the relative L2 drift of path B at the end of a chain of matvecs.

    Theorem: each drift is at most 2, by the triangle inequality for two vectors of norm sqrt(n) (see
    q4-k.searched-chain-drift), so their mean is, and `amplification`, the mean by the drift of one published
    token, is at most 2 / 0.004391 = 455.5. It is attained where the ends of every token are opposite.

    The tokens do not meet, so the drift of a batch is that of its tokens: the number of them is no amplifier.
    `alone_differing_bits` says that they do not: the last token alone against the last of the batch.
    """
    tensors, batch = p.generate_tensors(), p.generate_activations(p.tokens)

    def run(steps: UInt8Array, rows: Float32Array) -> Float32Array:
        return np.asarray(trial.subject(steps, rows, p.quantizer, p.order))

    a = np.stack([run_chain(tensors, x, multiply_dequantized) for x in batch])
    b, alone = run(tensors, batch), run(tensors, batch[-1:])
    exact = find_exact_input_drift(p, lambda steps, y: run(steps, y[None])[0])
    _record(trial, p, a, b, (count_differing_bits(alone[0], b[-1]), exact))


def _record(
    trial: Trial, p: SearchedBatch, a: Float32Array, b: Float32Array, checks: tuple[int, float]
) -> None:
    drifts = [find_drift(*pair) for pair in zip(a, b, strict=True)]
    mean = float(np.mean(drifts))
    differing_bits, exact_input_drift = checks
    arithmetic = f"A left fold, B Q8_K ({p.quantizer}) with {p.order} order, float32; their distance float64"
    tokens = f"{p.tokens} tokens x {ROWS} activations after {p.tensors} matvecs of {ROWS}x{ROWS}"
    one = f"{ROWS} activations of 1 after 1 matvec of {ROWS}x{ROWS}"
    for name, value, over, aggregation in (
        ("mean_drift", mean, tokens, "mean over tokens of relative L2"),
        ("largest_drift", max(drifts), tokens, "max over tokens of relative L2"),
        (
            "amplification",
            mean / p.reference_drift,
            tokens,
            f"mean over tokens of relative L2, by {p.reference_drift:g}",
        ),
        ("exact_input_drift", exact_input_drift, one, "relative L2"),
    ):
        trial.measure(
            name, value, unit="ratio", population=over, aggregation=aggregation, arithmetic=arithmetic
        )
    trial.measure(
        "alone_differing_bits",
        differing_bits,
        unit="bit",
        population=f"{ROWS} activations of the last token, alone against in the batch",
        aggregation="sum",
        arithmetic=arithmetic,
    )
