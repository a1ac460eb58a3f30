from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import small_models
from pydantic import ValidationError
from running import CASES, FALSIFIERS, FAULTS, PARAMS, is_noticed, run

from pvengine.plugin import Trial
from pvfalsifiers.fixtures.prompted import cut_into_groups, find_matrix
from pvfalsifiers.models import ModelError, load

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = {
    "llama": dataclasses.replace(small_models.SHAPES["llama-wide"], layers=6),
    "gemma3": dataclasses.replace(small_models.SHAPES["gemma3"], layers=6, width=256, inner=512),
}
PROMPT = "abcd abc hij"


@pytest.fixture(scope="module", params=sorted(SHAPES))
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_models.write(tmp_path_factory.mktemp("traced") / "a.gguf", SHAPES[request.param])


def run_small(name: str, path: Path, broken: str | None = None) -> dict[str, float]:
    """Run on a prompt of the small vocabulary; a disturbance needs many activations to move one of them."""
    if name == "forward.noise-floor":
        return run(name, path, broken, prompt=8 * PROMPT, perturbation=1e-5)
    return run(name, path, broken, prompt=PROMPT)


@pytest.mark.parametrize("name", CASES)
def test_the_subject_holds_on_random_weights(path: Path, name: str) -> None:
    measured = run_small(name, path)
    assert not is_noticed(name, measured), measured


@pytest.mark.parametrize(("name", "broken"), FAULTS)
def test_a_fault_is_noticed_on_random_weights(path: Path, name: str, broken: str) -> None:
    measured = run_small(name, path, broken)
    if "norm" in broken or "gate" in broken:  # random gains are near 1, and random gates like ups
        subject = run_small(name, path)
        ratios = [each for each in measured if "std_ratio" in each and not each.endswith("_at")]
        assert max(abs(math.log(measured[each] / subject[each])) for each in ratios) > 0.01
    else:
        assert is_noticed(name, measured), measured


@pytest.mark.parametrize("name", CASES)
def test_two_runs_measure_the_same(path: Path, name: str) -> None:
    assert run(name, path, prompt=PROMPT) == run(name, path, prompt=PROMPT)


def test_the_artefact_divides_what_is_not_alike(path: Path) -> None:
    found = run("trace.std-ratio", path, prompt=PROMPT)
    assert found["std_ratio"] == found["std_a_last_token"] / found["std_b_last_token"]
    assert found["std_ratio_all_tokens"] == found["std_a_all_tokens"] / found["std_b_all_tokens"]
    assert found["artefact_all_tokens_by_last_token"] == found["std_a_all_tokens"] / found["std_b_last_token"]


def test_extremes_over_layers_name_their_layer(path: Path) -> None:
    found = run("trace.std-ratio-over-layers", path, prompt=PROMPT)
    ratios = [found[f"std_ratio_{layer:02d}"] for layer in range(6)]
    assert found["smallest_std_ratio"] == min(ratios) == ratios[int(found["smallest_std_ratio_at"])]
    assert found["largest_std_ratio"] == max(ratios) == ratios[int(found["largest_std_ratio_at"])]
    one = run("trace.std-ratio", path, prompt=PROMPT)
    assert one["std_ratio"] == ratios[3]
    assert found["largest_artefact"] >= one["artefact_all_tokens_by_last_token"]


def test_nothing_is_carried_where_each_layer_starts_from_path_a(path: Path) -> None:
    found = run("forward.chained-drift", path, "each layer starts from path A", prompt=PROMPT)
    for layer in range(6):
        assert found[f"free_drift_{layer:02d}"] == found[f"forced_drift_{layer:02d}"]
    free = run("forward.chained-drift", path, prompt=PROMPT)
    assert free["free_drift_00"] == free["forced_drift_00"]
    assert free["free_drift_05"] > free["forced_drift_05"]


def test_groups_are_the_weights_of_the_file_in_its_order(path: Path) -> None:
    matrix = find_matrix(load(path), 2, "down")
    groups = cut_into_groups(matrix, 256)
    assert (groups.rows, groups.columns) == (2 * matrix.rows, 256)
    assert groups.data.tobytes() == matrix.data.tobytes()
    assert np.shares_memory(groups.data, matrix.data)
    with pytest.raises(ModelError, match="no whole number of groups of 96"):
        cut_into_groups(matrix, 96)


def test_every_group_of_the_tensor_is_measured(path: Path) -> None:
    found = run("real-weights.matvec-drift", path)
    assert found["groups"] + found["groups_of_zero"] == 256 * 512 / 256
    assert 0 < found["median_drift"] < found["p95_drift"] < found["largest_drift"]
    assert found["first_amplification"] == found["first_drift"] / 0.00077


def test_groups_of_zeros_are_counted_and_not_divided_by(tmp_path: Path) -> None:
    shape = SHAPES["llama"]
    down = small_models.make_tensors(shape)["blk.3.ffn_down.weight"]
    down[:2] = 0
    path = small_models.write(tmp_path / "zeros.gguf", shape, tensors={"blk.3.ffn_down.weight": down})
    found = run("real-weights.matvec-drift", path)
    assert (found["groups"], found["groups_of_zero"]) == (508, 4)


def test_a_model_without_quantised_weights_has_no_crest_to_measure(tmp_path: Path) -> None:
    shape = small_models.SHAPES["llama-f32-partly-rotated"]
    path = small_models.write(tmp_path / "f32.gguf", shape)
    with pytest.raises(ModelError, match="path B quantises nothing"):
        run("activations.crest-factor", path, prompt=PROMPT)


@pytest.mark.parametrize("name", CASES)
def test_one_model_is_required(path: Path, name: str) -> None:
    found = FALSIFIERS[name]
    given = dict(PARAMS[name]) | ({} if name == "real-weights.matvec-drift" else {"prompt": PROMPT})
    for inputs in ({}, {"a": path, "b": path}):
        trial = Trial(found.subject, seed=0, inputs=inputs)
        with pytest.raises(ModelError, match=f"the test requires {len(inputs)} models"):
            found.function(trial, found.params_model.model_validate(given))


def test_a_layer_that_is_not_there_is_an_error(path: Path) -> None:
    for name in ("trace.std-ratio", "real-weights.matvec-drift"):
        with pytest.raises(ModelError, match="there is no layer 6"):
            run(name, path, layer=6)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("trace.completeness", {"prompt": ""}),
        ("trace.std-ratio", {"tensor": "residual"}),
        ("trace.std-ratio", {"layer": -1}),
        ("real-weights.matvec-drift", {"matrix": "output"}),
        ("real-weights.matvec-drift", {"reference_drift": 0}),
        ("forward.noise-floor", {"perturbation": 0}),
        ("forward.noise-floor", {"perturbation": 1e-3}),
        ("forward.chained-drift", {"seed": 1}),
    ],
)
def test_nonsense_is_refused(path: Path, name: str, params: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        run(name, path, **params)
