from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from pvengine.plugin import Range, Trial
from pvfalsifiers.cascade.batch_drift import (
    repeat_first_token,
    reverse_tokens,
    run_batch_with_swapped_nibbles,
    run_quantized_batch,
    run_unquantized_batch,
)
from pvfalsifiers.searched import batch_drift

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.measurement import Measurement

PUBLISHED: dict[str, Any] = {
    "tokens": 7,
    "tensors": 5,
    "scale_multiplier": 7,
    "scale_bytes": [3, 1, 11],
    "quant_multiplier": 13,
    "quant_bytes": [17, 3, 19],
    "offset": -128.0,
    "ripple": 0.01,
    "noise": 0.0,
    "draw": 0,
    "quantizer": "max_abs",
    "order": "sub_block_lanes",
    "reference_drift": 0.004391,
}
DOMAIN = {
    "scale_bytes": Range(0, 255, (3,), "integer"),
    "quant_bytes": Range(0, 255, (3,), "integer"),
    "offset": Range(-256, 0, (), "real"),
    "ripple": Range(0, 0.1, (), "real"),
}
SUBJECTS = [
    run_quantized_batch,
    run_unquantized_batch,
    run_batch_with_swapped_nibbles,
    repeat_first_token,
    reverse_tokens,
]


def make(**changed: Any) -> batch_drift.SearchedBatch:
    return batch_drift.SearchedBatch.model_validate({**PUBLISHED, **changed})


def measure(
    p: batch_drift.SearchedBatch, subject: Callable[..., Any] = run_quantized_batch
) -> dict[str, Measurement]:
    trial = Trial(subject, seed=0)
    batch_drift.measure_searched_batch(trial, p)
    return trial.measurements


def run(subject: Callable[..., Any] = run_quantized_batch, **changed: Any) -> dict[str, float]:
    return {name: float(each.number) for name, each in measure(make(**changed), subject).items()}


def list_worst() -> list[dict[str, Any]]:
    return list(batch_drift.iter_parting_points(make(), DOMAIN))


def test_the_first_point_is_the_published_one() -> None:
    found = run()
    assert f"{100 * found['mean_drift']:.6f}" == "0.114728"
    assert f"{100 * found['largest_drift']:.6f}" == "0.439143"
    assert f"{found['amplification']:.4f}" == "0.2613"
    assert found["exact_input_drift"] == found["alone_differing_bits"] == 0


def test_the_bound_is_nearly_attained_and_kept() -> None:
    bounds = {bound.metric: bound.at_most for bound in batch_drift.state_bounds(make(), DOMAIN)}
    assert bounds == {"largest_drift": 2.0, "mean_drift": 2.0, "amplification": 2.0 / 0.004391}
    drifts = [run(**point)["mean_drift"] for point in list_worst()]
    assert 1.9999 < max(drifts) <= 2.0 * (1 + 1e-4)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_side_by_side_the_same_is_measured(subject: Callable[..., Any]) -> None:
    points = [make(), make(noise=0.5, draw=3), make(tokens=2), make(order="ggml", tokens=2)]
    points += [make(**point) for point in list_worst()[-2:]]
    trials = [Trial(subject, seed=0) for _ in points]
    batch_drift.measure_many_batches(trials, points)
    for trial, point in zip(trials, points, strict=True):
        assert trial.measurements == measure(point, subject)


def test_each_fault_shows() -> None:
    assert run(run_unquantized_batch)["mean_drift"] == 0
    assert run(run_batch_with_swapped_nibbles)["exact_input_drift"] > 1e-3
    assert run(repeat_first_token)["alone_differing_bits"] > 0
    assert run(reverse_tokens)["alone_differing_bits"] > 0


def test_tokens_have_normals_of_their_own() -> None:
    batch = make(ripple=0, noise=1).generate_activations(7)
    assert len({row.tobytes() for row in batch}) == 7
    assert len({row.tobytes() for row in make(ripple=0).generate_activations(7)}) == 1


def test_one_token_is_no_batch() -> None:
    with pytest.raises(ValidationError):
        make(tokens=1)
