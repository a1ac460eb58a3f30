from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from pvengine.plugin import Range, Trial
from pvfalsifiers.kernels.paths import multiply_quantized
from pvfalsifiers.searched import block_scales_with_mins as searched

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED: dict[str, Any] = {
    "d_bits": ["1410", "211F", "2933", "2E66", "3800", "3C00", "4900"],
    "dmin": 0,
    "scale_bytes": {"multiplier": 7, "offset": 3},
    "quant_bytes": {"multiplier": 13, "offset": 17},
    "activations": {"offset": -128, "step": 0.05, "modulus": 7, "ripple": 0.01},
    "quantizer": "max_abs",
    "order": "sub_block_lanes",
}
DOMAIN = {"dmin": Range(-1, 1, (), "real")}
SUPREMUM_AT = 0.11602783203125
"""The float16 dmin of the largest spread, of all 30722 within 1."""


def run(subject: Callable[..., Any] = multiply_quantized, **changed: Any) -> dict[str, Any]:
    trial = Trial(subject, seed=0)
    params = searched.MinsParams.model_validate({**PUBLISHED, **changed})
    searched.measure_drift_with_mins(trial, params)
    return {name: measured.number for name, measured in trial.measurements.items()}


def test_without_mins_the_figures_are_the_published_ones() -> None:
    found = run()
    assert f"{100 * found['smallest_drift']:.4f}" == "0.0919"
    assert f"{100 * found['largest_drift']:.4f}" == "0.0920"
    assert f"{found['spread']:.2f}" == "1.00"


def test_the_dmin_of_the_other_tests_changes_the_verdict() -> None:
    assert f"{run(dmin=-0.25)['spread']:.2f}" == "9.09"
    assert f"{run(dmin=0.1)['spread']:.0f}" == "448"


def test_the_analysis_gives_the_supremum_over_all_float16() -> None:
    candidates = list(searched.iter_cancelling_mins(searched.MinsParams.model_validate(PUBLISHED), DOMAIN))
    found = {each["dmin"]: run(**each)["spread"] for each in candidates}
    assert max(found, key=lambda dmin: found[dmin]) == SUPREMUM_AT
    assert found[SUPREMUM_AT] == pytest.approx(4702304.988945239, rel=1e-9)


def test_the_bound_holds_where_path_a_cancels() -> None:
    candidates = searched.iter_cancelling_mins(searched.MinsParams.model_validate(PUBLISHED), DOMAIN)
    assert max(run(**each)["error_by_bound"] for each in candidates) < 1


def test_dmin_is_rounded_to_float16() -> None:
    assert run(dmin=SUPREMUM_AT * (1 + 1e-5)) == run(dmin=SUPREMUM_AT)


def test_drifts_that_agree_exactly_leave_the_spread_finite() -> None:
    found = run(dmin=0.112060546875)
    assert found["smallest_drift"] == 0
    assert found["spread"] == pytest.approx(found["largest_drift"] * 2**24)


@pytest.mark.parametrize(
    "name",
    [
        "multiply_with_swapped_nibbles",
        "multiply_with_swapped_scale_bytes",
        "multiply_with_fixed_point_scale",
    ],
)
def test_a_fault_exceeds_the_bound(name: str) -> None:
    assert run(getattr(searched, name), dmin=0.1)["error_by_bound"] > 2


def test_unquantised_activations_lose_the_drift() -> None:
    assert run(searched.multiply_unquantized, dmin=0.1)["largest_drift"] == 0


def test_a_block_without_a_product_is_refused() -> None:
    with pytest.raises(ValidationError, match="no drift of that"):
        run(quant_bytes={"multiplier": 0, "offset": 0})
