"""Test 013: whether the drift of path B grows when several tokens go through the chain."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.faults.multiply import multiply_unquantized, multiply_with_swapped_nibbles
from pvfalsifiers.fixtures.q4_k import BlockParams
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
from pvfalsifiers.kernels.drift import find_relative_l2
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.fused import Order
from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized, run_chain
from pvfalsifiers.kernels.q8_k import Convention

ROWS = 256
"""Outputs of a matvec; as many as inputs, so that one can follow the other."""


class BatchParams(Params):
    """The chain of test 009, a number of tokens, and the drift of one token to compare with."""

    tokens: Annotated[int, Field(ge=1, le=64)]
    tensors: Annotated[int, Field(ge=1, le=64)]
    block: BlockParams
    activations: Ramp
    quantizer: Convention
    order: Order
    reference_drift: Annotated[float, Field(gt=0)]


def run_quantized_batch(
    tensors: UInt8Array, batch: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Send each token through the chain on path B."""
    return np.stack(
        [run_chain(tensors, x, lambda w, y: multiply_quantized(w, y, convention, order)) for x in batch]
    )


def run_unquantized_batch(
    tensors: UInt8Array, batch: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Fall back to path A at every step."""
    return np.stack(
        [run_chain(tensors, x, lambda w, y: multiply_unquantized(w, y, convention, order)) for x in batch]
    )


def run_batch_with_swapped_nibbles(
    tensors: UInt8Array, batch: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Read the nibbles of each byte in the wrong order at every step."""
    return np.stack(
        [
            run_chain(tensors, x, lambda w, y: multiply_with_swapped_nibbles(w, y, convention, order))
            for x in batch
        ]
    )


def repeat_first_token(
    tensors: UInt8Array, batch: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Give every token the activations of the first: the stride of the batch is 0."""
    return np.repeat(run_quantized_batch(tensors, batch[:1], convention, order), len(batch), axis=0)


def reverse_tokens(
    tensors: UInt8Array, batch: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Write the tokens in the reverse order."""
    return run_quantized_batch(tensors, batch[::-1], convention, order)


@falsifier(
    "q4-k.batch-drift",
    subject=run_quantized_batch,
    planted_faults={
        "activations not quantised": run_unquantized_batch,
        "nibbles swapped": run_batch_with_swapped_nibbles,
        "first token repeated": repeat_first_token,
        "tokens reversed": reverse_tokens,
    },
)
def measure_batch_drift(trial: Trial, p: BatchParams) -> None:
    """Measure the relative L2 drift of each token after the chain, its mean, and the spread over tokens.

    The tokens do not meet: each goes through the chain alone. The standard deviation is that over the tokens
    (by n), for each of the activations; then their mean is taken. The published digits need the quantiser
    "max_abs" (token 5) and the order "sub_block_lanes" (tokens 2 and 3).
    """
    tensors = p.block.generate(p.tensors, ROWS)
    batch = np.stack([p.activations.generate(ROWS, token) for token in range(p.tokens)])
    a = np.stack([run_chain(tensors, x, multiply_dequantized) for x in batch])
    b = trial.subject(tensors, batch, p.quantizer, p.order)
    drifts = np.array([find_relative_l2(*pair) for pair in zip(a, b, strict=True)])
    mean = _find_mean(drifts)
    arithmetic = f"A left fold, B Q8_K ({p.quantizer}) with {p.order} order, float32"
    for token, drift in enumerate(drifts):
        _measure_ratio(trial, f"drift_token_{token}", drift, f"{ROWS} activations", "relative L2", arithmetic)
    tokens = f"{p.tokens} tokens x {ROWS} activations"
    _measure_ratio(trial, "mean_drift", mean, tokens, "mean over tokens of relative L2", arithmetic)
    _measure_ratio(
        trial,
        "amplification",
        float(mean) / p.reference_drift,
        tokens,
        f"mean over tokens of relative L2, by {p.reference_drift:g}",
        "float64",
    )
    spread_a, spread_b = _find_mean_std(a), _find_mean_std(b)
    for name, value in (("mean_std_a", spread_a), ("mean_std_b", spread_b)):
        trial.measure(
            name,
            value,
            population=tokens,
            aggregation="mean over activations of std over tokens",
            arithmetic=arithmetic,
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.abs(spread_a / spread_b - np.float32(1))
    _measure_ratio(trial, "std_ratio_excess", excess, tokens, "|A / B - 1| of the mean std", arithmetic)


def _measure_ratio(  # noqa: PLR0913, PLR0917 - the facts of one number, in one place
    trial: Trial, name: str, value: object, population: str, aggregation: str, arithmetic: str
) -> None:
    trial.measure(
        name, value, unit="ratio", population=population, aggregation=aggregation, arithmetic=arithmetic
    )


def _find_mean(values: Float32Array) -> Any:
    """Return the mean along the last axis, by a left fold."""
    return (sum_left(values) / values.dtype.type(values.shape[-1]))[()]


def _find_mean_std(batch: Float32Array) -> Any:
    """Return the mean over activations of the standard deviation over tokens (by n), by left folds."""
    over_tokens = np.ascontiguousarray(batch.T)
    deviations = over_tokens - _find_mean(over_tokens)[:, None]
    return _find_mean(np.sqrt(_find_mean(deviations * deviations)))
