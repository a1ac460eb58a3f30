from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from pvengine.plugin import Range, Trial
from pvfalsifiers.fixtures.q4_k import BlockParams, Bytes
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.paths import multiply_quantized
from pvfalsifiers.searched import path_drift

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK = BlockParams(
    d_bits="3C00",
    dmin_bits="B400",
    scale_bytes=Bytes(multiplier=7, offset=3),
    quant_bytes=Bytes(multiplier=13, offset=17),
).generate()[0, 0, 0]
PUBLISHED: dict[str, Any] = {
    "block": BLOCK.tolist(),
    "activations": Ramp(offset=-128, step=0.05, modulus=7, ripple=0.01).generate(256).tolist(),
    "quantizer": "max_abs",
    "order": "sub_block_lanes",
}
FIFTEENS = [0, 0x3C, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, *128 * [0xFF]]
"""A block whose 256 weights are 15."""
DOMAIN = {"block": Range(0, 255, (144,), "integer"), "activations": Range(-8, 8, (256,), "real")}


def run(subject: Callable[..., Any] = multiply_quantized, **changed: Any) -> dict[str, Any]:
    trial = Trial(subject, seed=0)
    params = path_drift.PathParams.model_validate({**PUBLISHED, **changed})
    path_drift.measure_path_drift(trial, params)
    return {name: measured.number for name, measured in trial.measurements.items()}


def draw_point(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    block = rng.integers(0, 256, 144)
    block[[1, 3]] &= 0xBF
    return {"block": block.tolist(), "activations": rng.uniform(-8, 8, 256).tolist()}


def list_worst_cases() -> list[dict[str, Any]]:
    params = path_drift.PathParams.model_validate(PUBLISHED)
    return [dict(each) for each in path_drift.iter_worst_cases(params, DOMAIN)]


def test_the_published_figures() -> None:
    found = run()
    assert (found["path_a"], found["path_b"]) == (np.float32(-18882.443), np.float32(-18897.059))
    assert f"{100 * found['drift']:.3f}" == "0.077"
    assert f"{100 * found['normwise_error']:.4f}" == "0.0334"
    assert f"{found['condition']:.3f}" == "2.318"


@pytest.mark.parametrize("seed", range(20))
def test_the_drift_is_the_product_of_its_factors(seed: int) -> None:
    found = run(**draw_point(seed))
    assert found["drift"] == pytest.approx(found["normwise_error"] * found["condition"], rel=1e-12)


@pytest.mark.parametrize("quantizer", ["max_abs", "ggml"])
@pytest.mark.parametrize("order", ["sub_block_lanes", "ggml"])
def test_the_bounds_hold_for_every_convention(quantizer: str, order: str) -> None:
    points = [draw_point(seed) for seed in range(100)] + list_worst_cases()
    found = [run(**point, quantizer=quantizer, order=order) for point in points]
    assert max(each["error_by_bound"] for each in found) <= 1
    assert max(each["normwise_error"] for each in found) <= 1 + 2e-5


def test_the_normwise_error_comes_as_near_to_1_as_one_likes() -> None:
    found = run(**list_worst_cases()[0])
    assert found["path_b"] == 0
    assert found["normwise_error"] == pytest.approx(1, abs=1e-5)
    assert found["error_by_bound"] > 0.999


def test_the_drift_grows_as_the_leftover_shrinks() -> None:
    drifts = [run(**point)["drift"] for point in list_worst_cases()[1:]]
    assert drifts[0] > 5e3
    assert drifts[1] > 5e10
    assert drifts[2] > 6e30


def test_two_activations_lose_everything() -> None:
    """254 and -253 with equal weights have the quants 127 and -127: path B gives 0 where path A gives 15."""
    found = run(block=FIFTEENS, activations=[254.0, -253.0] + 254 * [0.0])
    assert (found["path_a"], found["path_b"], found["drift"]) == (15.0, 0.0, 1.0)
    assert found["condition"] == 507
    assert found["normwise_error"] == pytest.approx(1 / 507)


@pytest.mark.parametrize(
    "name",
    ["multiply_without_mins", "multiply_with_shifted_scales", "multiply_with_swapped_nibbles"],
)
def test_a_fault_exceeds_the_bound(name: str) -> None:
    assert run(getattr(path_drift, name))["error_by_bound"] > 2


def test_unquantised_activations_are_path_a() -> None:
    assert run(path_drift.multiply_unquantized)["distance_ulp"] == 0


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"activations": 256 * [0.0]}, "vanish"),
        ({"block": FIFTEENS, "activations": [1.0, -1.0] + 254 * [0.0]}, "path A gives 0"),
        ({"block": [0, 0x7C, *142 * [0]]}, "d is inf"),
        ({"activations": 255 * [1.0]}, "at least 256"),
    ],
)
def test_what_has_no_drift_is_refused(changed: dict[str, Any], match: str) -> None:
    with pytest.raises(ValidationError, match=match):
        run(**changed)
