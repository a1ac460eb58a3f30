from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import plain_forward
import pytest
import small_models

from pvfalsifiers.models import (
    NAMES,
    ModelError,
    embed,
    forward,
    forward_layer,
    forward_traced,
    load,
    project_logits,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pvfalsifiers.models import Model

TOKENS = [1, 260, 262, 5, 270, 261, 260]


def test_path_a_agrees_with_a_plain_forward_pass_in_float64(model: Model) -> None:
    trace = forward_traced(model, TOKENS)
    logits, kept = plain_forward.run(model.path, TOKENS)
    assert trace.logits.dtype == np.float32
    assert np.abs(trace.logits - logits).max() < 3e-6 * np.abs(logits).max()
    last = len(model.layers) - 1
    for name in NAMES:
        expected = kept[name].reshape(len(TOKENS), -1)
        assert np.abs(trace.array(last, name) - expected).max() < 3e-6 * np.abs(expected).max(), name


def test_path_b_agrees_but_for_activations_that_round_the_other_way(model: Model) -> None:
    """One activation that lies on the edge of two quants moves all that follows it by up to some per cent."""
    drifts = []
    for token in TOKENS:
        logits, _ = plain_forward.run(model.path, [token], "B")
        drifts.append(np.abs(forward(model, [token], "B") - logits).max() / np.abs(logits).max())
    assert np.median(drifts) < 3e-6
    assert max(drifts) < 0.05


@pytest.mark.parametrize("path", ["A", "B"])
def test_tracing_changes_no_byte(model: Model, path: str) -> None:
    traced, untraced = forward_traced(model, TOKENS, path), forward(model, TOKENS, path)
    assert traced.logits.tobytes() == untraced.tobytes()
    assert [tuple(layer) for layer in traced.layers] == [NAMES] * len(model.layers)


def test_what_a_trace_keeps_is_not_written_to_afterwards(model: Model) -> None:
    kept: dict[str, bytes] = {}
    hidden = embed(model, TOKENS)
    before = hidden.tobytes()
    arrays = {}

    def record(name: str, values: np.ndarray) -> None:
        kept[name], arrays[name] = values.tobytes(), values

    forward_layer(model, 0, hidden, "A", record=record)
    assert {name: array.tobytes() for name, array in arrays.items()} == kept
    assert hidden.tobytes() == before


def test_a_pass_is_its_layers_one_after_the_other(model: Model) -> None:
    trace = forward_traced(model, TOKENS, "B")
    for layer in range(len(model.layers)):
        forced = forward_layer(model, layer, trace.read_hidden(layer), "B")
        assert forced.tobytes() == trace.array(layer, "residual").tobytes()
    logits = project_logits(model, trace.array(len(model.layers) - 1, "residual"), "B")
    assert logits.tobytes() == trace.logits.tobytes()


def test_paths_differ_where_weights_are_quantised_and_nowhere_else(
    model: Model, shape: small_models.Shape
) -> None:
    a, b = forward(model, TOKENS, "A"), forward(model, TOKENS, "B")
    drift = np.linalg.norm(a - b) / np.linalg.norm(a)
    if shape.format == "F32":
        assert drift < 1e-6
    else:
        assert 1e-4 < drift < 5e-2


def test_a_token_sees_nothing_that_comes_after_it(model: Model) -> None:
    whole = forward(model, TOKENS)
    head = forward(model, TOKENS[:4])
    assert np.abs(whole[:4] - head).max() < 1e-5 * np.abs(head).max()


def test_a_window_hides_what_is_further_back(tmp_path: Path) -> None:
    shape = dataclasses.replace(
        small_models.SHAPES["gemma3"], layers=1, metadata={"gemma3.attention.sliding_window_pattern": 2}
    )
    model = load(small_models.write(tmp_path / "local.gguf", shape))
    assert model.hyperparameters.windows == (3,)
    one, other = forward(model, [1, 260, 261, 262]), forward(model, [9, 260, 261, 262])
    assert one[3].tobytes() == other[3].tobytes()
    assert one[2].tobytes() != other[2].tobytes()


def test_embeddings_are_disturbed_up_and_down_by_about_what_is_asked(model: Model) -> None:
    before, after = embed(model, TOKENS), embed(model, TOKENS, perturb=1e-3)
    relative = (after - before)[np.abs(before) > 1e-3] / before[np.abs(before) > 1e-3]
    assert np.allclose(np.abs(relative), 1e-3, rtol=1e-2)
    assert 0.3 < (relative > 0).mean() < 0.7
    assert embed(model, TOKENS, perturb=1e-7).tobytes() != before.tobytes()
    assert forward(model, TOKENS, perturb=1e-3).tobytes() != forward(model, TOKENS).tobytes()


@pytest.mark.parametrize("tokens", [[], [-1], [277], [1.0], [True]])
def test_refuses_what_is_no_token(model: Model, tokens: list[int]) -> None:
    with pytest.raises(ModelError, match="token"):
        forward(model, tokens)


@pytest.mark.parametrize("perturb", [-1e-7, 1.0, float("nan")])
def test_refuses_a_disturbance_that_is_no_fraction(model: Model, perturb: float) -> None:
    with pytest.raises(ModelError, match="disturbed"):
        forward(model, TOKENS, perturb=perturb)


def test_refuses_another_path(model: Model) -> None:
    with pytest.raises(ModelError, match="no path 'C'"):
        forward(model, TOKENS, "C")


def test_activations_that_are_not_finite_are_an_error_on_path_b(tmp_path: Path) -> None:
    shape = small_models.SHAPES["llama"]
    bad = np.full(shape.width, np.nan, np.float32)
    model = load(small_models.write(tmp_path / "nan.gguf", shape, tensors={"blk.1.ffn_norm.weight": bad}))
    with pytest.raises(ModelError, match="gate of layer 1"):
        forward(model, TOKENS, "B")
