from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from pvengine.plugin import Range, Trial
from pvfalsifiers.kernels.q4_k import dequantize, unpack
from pvfalsifiers.kernels.q4_k_elementwise import dequantize_block, read_scale_and_min
from pvfalsifiers.searched import dequantizers_on_any_block as searched

if TYPE_CHECKING:
    from collections.abc import Callable

DOMAIN = {"block": Range(0, 255, (144,), "integer")}


def run(block: list[int], subject: Callable[..., Any] = dequantize) -> dict[str, Any]:
    trial = Trial(subject, seed=0)
    searched.measure_any_block(trial, searched.AnyBlockParams.model_validate({"block": block}))
    return {name: measured.number for name, measured in trial.measurements.items()}


def list_telling_blocks() -> list[list[int]]:
    any_params = searched.AnyBlockParams(block=(0,) * 144)
    return [each["block"] for each in searched.iter_telling_blocks(any_params, DOMAIN)]


def test_both_read_the_same_fields_from_every_single_bit() -> None:
    """The first step of the theorem: two maps that move bits agree where they agree on single bits."""
    for bit in range(1120):
        block = np.zeros(144, np.uint8)
        block[4 + bit // 8] = 1 << bit % 8
        fields = unpack(block[None])
        pairs = [read_scale_and_min(block[4:16].tobytes(), sub_block) for sub_block in range(8)]
        assert [list(pair) for pair in pairs] == np.stack([fields.scales[0], fields.mins[0]], axis=1).tolist()
        # With d = 1, every scale 1 and no min, the weights of the other dequantiser are its quants.
        block[0:4], block[4:16] = (0x00, 0x3C, 0, 0), [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]
        assert dequantize_block(block).tolist() == fields.quants.ravel().tolist()


def test_the_telling_blocks_are_in_the_domain_and_agree() -> None:
    found = [run(block) for block in list_telling_blocks()]
    assert len(found) == 54
    assert {each["differing_bits"] for each in found} == {0}
    assert max(each["negative_zeros"] for each in found) == 256


@pytest.mark.parametrize("seed", range(5))
def test_random_blocks_agree(seed: int) -> None:
    block = np.random.default_rng(seed).integers(0, 256, 144)
    block[[1, 3]] &= 0xBF
    assert run(block.tolist())["differing_bits"] == 0


@pytest.mark.parametrize(
    "name",
    [
        "swap_nibbles",
        "lose_upper_bits",
        "exchange_upper_bits",
        "lose_sign_of_zero",
        "flush_subnormal_scales",
    ],
)
def test_a_fault_differs_at_some_telling_block(name: str) -> None:
    fault = getattr(searched, name)
    assert max(run(block, fault)["differing_bits"] for block in list_telling_blocks()) > 0


@pytest.mark.parametrize(("at", "name"), [(1, "d"), (3, "dmin")])
@pytest.mark.parametrize("high", [0x7C, 0xFC, 0x7E])
def test_a_scale_that_is_not_finite_is_refused(at: int, name: str, high: int) -> None:
    block = 144 * [0]
    block[at] = high
    with pytest.raises(ValidationError, match=rf"{name} is (-?inf|nan)"):
        run(block)


def test_the_bound_is_zero_bits() -> None:
    [bound] = searched.state_bounds(searched.AnyBlockParams(block=(0,) * 144), DOMAIN)
    assert (bound.metric, bound.at_most, bound.any_subject) == ("differing_bits", 0.0, False)
