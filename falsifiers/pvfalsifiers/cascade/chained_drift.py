"""Test 009: how the drift of path B grows through a chain of matvecs."""

from typing import Annotated

from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.faults.multiply import multiply_unquantized, multiply_with_swapped_nibbles
from pvfalsifiers.fixtures.q4_k import BlockParams
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
from pvfalsifiers.kernels.drift import find_relative_l2
from pvfalsifiers.kernels.fused import Order
from pvfalsifiers.kernels.norm import scale_to_unit_rms
from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized, run_chain
from pvfalsifiers.kernels.q8_k import Convention

ROWS = 256
"""Outputs of a matvec; as many as inputs, so that one can follow the other."""


class ChainParams(Params):
    """The chain, how path B quantises and adds, and the drift of one matvec to compare with."""

    tensors: Annotated[int, Field(ge=1, le=64)]
    block: BlockParams
    activations: Ramp
    quantizer: Convention
    order: Order
    reference_drift: Annotated[float, Field(gt=0)]


def run_quantized_chain(
    tensors: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Send activations through the chain on path B."""
    return run_chain(tensors, x, lambda blocks, y: multiply_quantized(blocks, y, convention, order))


def run_unquantized_chain(
    tensors: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Fall back to path A at every step."""
    return run_chain(tensors, x, lambda blocks, y: multiply_unquantized(blocks, y, convention, order))


def run_chain_with_swapped_nibbles(
    tensors: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Read the nibbles of each byte in the wrong order at every step."""
    return run_chain(
        tensors, x, lambda blocks, y: multiply_with_swapped_nibbles(blocks, y, convention, order)
    )


def restart_from_path_a(
    tensors: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Feed each step the activations of path A, so that nothing is carried from step to step."""
    before = run_chain(tensors[:-1], x, multiply_dequantized)
    return scale_to_unit_rms(multiply_quantized(tensors[-1], before, convention, order))


@falsifier(
    "q4-k.chained-drift",
    subject=run_quantized_chain,
    planted_faults={
        "activations not quantised": run_unquantized_chain,
        "nibbles swapped": run_chain_with_swapped_nibbles,
        "each step starts from path A": restart_from_path_a,
    },
)
def measure_chained_drift(trial: Trial, p: ChainParams) -> None:
    """Measure the relative L2 drift of path B after a chain of matvecs, each followed by x / max(rms, 1e-9).

    The published 0.00439143 is met by either quantiser convention and either order of the fused dot; a norm
    computed in float64 would give 0.00439142.
    """
    tensors, x = p.block.generate(p.tensors, ROWS), p.activations.generate(ROWS)
    a, b = run_chain(tensors, x, multiply_dequantized), trial.subject(tensors, x, p.quantizer, p.order)
    drift = find_relative_l2(a, b)
    population = f"{ROWS} activations after {p.tensors} matvecs of {ROWS}x{ROWS}"
    arithmetic = f"A left fold, B Q8_K ({p.quantizer}) with {p.order} order, float32"
    trial.measure(
        "final_drift",
        drift,
        unit="ratio",
        population=population,
        aggregation="relative L2",
        arithmetic=arithmetic,
    )
    trial.measure(
        "growth",
        float(drift) / p.reference_drift,
        unit="ratio",
        population=population,
        aggregation=f"relative L2, by {p.reference_drift:g}",
        arithmetic="float64",
    )
