from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import small_models

from pvfalsifiers.models import NAMES, ModelError, forward, forward_traced, load
from pvfalsifiers.tracing import passes
from pvfalsifiers.tracing.passes import rank_next_tokens, run_pass

if TYPE_CHECKING:
    from pathlib import Path

    from pvfalsifiers.models.trace import Path as PathName

TOKENS = [1, 260, 262, 5, 270]


@pytest.mark.parametrize("name", sorted(small_models.SHAPES))
@pytest.mark.parametrize("path", ["A", "B"])
def test_the_spreads_are_those_of_the_trace_to_the_bit(tmp_path: Path, name: str, path: PathName) -> None:
    model = load(small_models.write(tmp_path / "model.gguf", small_models.SHAPES[name]))
    trace = forward_traced(model, TOKENS, path)
    layers = range(len(model.layers))
    found = run_pass(model, TOKENS, path, layers=layers, tensors=NAMES)
    assert found.path == path
    assert list(found.spreads) == [(layer, tensor) for layer in layers for tensor in NAMES]
    for (layer, tensor), spread in found.spreads.items():
        assert spread.over_all == trace.std(layer, tensor, "all")
        assert spread.over_last == trace.std(layer, tensor, "last")
        assert spread.elements == trace.array(layer, tensor).shape[1]


@pytest.mark.parametrize("path", ["A", "B"])
def test_the_next_tokens_are_those_of_the_forward_pass(file: Path, path: PathName) -> None:
    model = load(file)
    logits = forward(model, TOKENS, path)[-1].astype(np.float64)
    expected = logits - math.log(sum(math.exp(each) for each in logits))
    found = run_pass(model, TOKENS, path, layers=(), tensors=()).next_tokens
    assert [each.token for each in found] == np.argsort(-expected)[:5].tolist()
    assert [each.log_probability for each in found] == pytest.approx(
        [float(expected[each.token]) for each in found], abs=1e-5
    )


def test_only_what_is_asked_for_is_kept_and_every_layer_runs(file: Path) -> None:
    model, done = load(file), []
    found = run_pass(model, TOKENS, "A", layers=(1,), tensors=("down", "q"), progress=done.append)
    assert list(found.spreads) == [(1, "q"), (1, "down")]
    assert done == [1, 2]
    assert found.seconds > 0


def test_a_layer_is_forgotten_when_it_has_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(small_models.write(tmp_path / "model.gguf", small_models.SHAPES["gemma3"]))
    seen: list[weakref.ref[np.ndarray[Any, Any]]] = []
    alive: list[int] = []

    def spy(values: np.ndarray[Any, Any]) -> float:
        seen.append(weakref.ref(values))
        return 0.0

    monkeypatch.setattr(passes, "standard_deviation", spy)
    progress = lambda _: alive.append(sum(each() is not None for each in seen))  # noqa: E731 - one line
    run_pass(model, TOKENS, "A", layers=range(4), tensors=NAMES, progress=progress)
    assert alive == [1, 1, 1, 1], "what the layer hands on, and nothing else"
    assert len(seen) == 4 * len(NAMES) * 2


def test_ranks_by_probability_and_then_by_number() -> None:
    found = rank_next_tokens(np.array([0, 3, 1, 3, 1, 1, 0], np.float32))
    assert [each.token for each in found] == [1, 3, 2, 4, 5]
    total = math.log(2 * math.exp(3) + 3 * math.exp(1) + 2)
    assert [each.log_probability for each in found] == pytest.approx(
        [3 - total, 3 - total, 1 - total, 1 - total, 1 - total], rel=1e-14
    )
    assert len(rank_next_tokens(np.array([1, 2], np.float32))) == 2
    assert rank_next_tokens(np.array([1e30, -1e30], np.float32))[0].log_probability == 0.0


def test_what_overflows_is_told_and_is_no_warning(file: Path, tmp_path: Path) -> None:
    huge: dict[str, Any] = {"output_norm.weight": np.full(256, 3e38, np.float32)}
    path = small_models.write(tmp_path / "huge.gguf", small_models.SHAPES["llama-wide"], tensors=huge)
    del file
    found = run_pass(load(path), TOKENS, "A", layers=(0,), tensors=("down",))
    assert all(math.isnan(each.log_probability) for each in found.next_tokens)
    with pytest.raises(ModelError):
        run_pass(load(path), TOKENS, "B", layers=(0,), tensors=("down",))
