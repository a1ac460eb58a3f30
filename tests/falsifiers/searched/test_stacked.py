from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pvfalsifiers.fixtures.q4_k import BlockParams, Bytes
from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized, run_chain
from pvfalsifiers.kernels.stacked import (
    CHUNK,
    multiply_dequantized_stack,
    multiply_quantized_stack,
    run_chain_stack,
    unpack_stack,
)

if TYPE_CHECKING:
    from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array

CHAINS, STEPS, TOKENS = CHUNK + 3, 2, 2


def make_chains() -> tuple[UInt8Array, Float32Array]:
    generator = np.random.default_rng(5)
    tensors = generator.integers(0, 256, (CHAINS, STEPS, 256, 1, 144)).astype(np.uint8)
    halves = generator.uniform(-1, 1, (CHAINS, STEPS, 256, 1, 2)).astype("<f2")
    tensors[..., :4] = halves.view(np.uint8)
    activations = generator.standard_normal((CHAINS, TOKENS, 256)).astype(np.float32)
    activations[0, 0] = 0
    return tensors, activations


def test_path_a_has_the_bits_of_each_chain() -> None:
    tensors, x = make_chains()
    ends = run_chain_stack(tensors, x, multiply_dequantized_stack)
    for chain in (0, CHUNK - 1, CHUNK, CHAINS - 1):
        for token in range(TOKENS):
            alone = run_chain(tensors[chain], x[chain, token], multiply_dequantized)
            assert ends[chain, token].tobytes() == alone.tobytes()


@pytest.mark.parametrize("convention", ["ggml", "max_abs"])
def test_path_b_has_the_bits_of_each_chain(convention: str) -> None:
    tensors, x = make_chains()
    ends = run_chain_stack(tensors, x, partial(multiply_quantized_stack, convention=convention))
    for chain in (0, CHUNK - 1, CHUNK, CHAINS - 1):
        for token in range(TOKENS):
            alone = run_chain(
                tensors[chain],
                x[chain, token],
                lambda w, y: multiply_quantized(w, y, convention, "sub_block_lanes"),  # type: ignore[arg-type]
            )
            assert ends[chain, token].tobytes() == alone.tobytes()


def test_no_step_gives_the_activations_and_leaves_them() -> None:
    tensors, x = make_chains()
    before = x.copy()
    assert run_chain_stack(tensors[:, :0], x, multiply_dequantized_stack).tobytes() == x.tobytes()
    run_chain_stack(tensors, x, multiply_dequantized_stack)
    assert x.tobytes() == before.tobytes()


def test_fields_come_with_the_summed_index_first() -> None:
    block = BlockParams(
        d_bits="3C00",
        dmin_bits="B400",
        scale_bytes=Bytes(multiplier=7, offset=3),
        quant_bytes=Bytes(multiplier=13, offset=17, row=3),
    )
    weights = unpack_stack(block.generate(1, 2)[:, :, 0])
    assert weights.quants.shape == (1, 8, 32, 2)
    assert weights.quants[0, 0, :2].tolist() == [[1, 4], [14, 1]]
    assert (weights.d.tolist(), weights.dmin.tolist()) == ([[1, 1]], [[-0.25, -0.25]])


@pytest.mark.parametrize("shape", [(3, 256), (3, 1, 255), (2, 1, 256)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    tensors = np.zeros((3, 1, 256, 1, 144), np.uint8)
    with pytest.raises(ValueError, match=r"x: expected|tensors: expected"):
        run_chain_stack(tensors, np.ones(shape, np.float32), multiply_dequantized_stack)
