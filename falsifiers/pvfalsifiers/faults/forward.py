"""Broken forward passes and broken traces, in the place of `forward_traced`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.models import Layer, Model, Trace, embed, forward_layer, forward_traced, project_logits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pvfalsifiers.kernels.arrays import Float32Array
    from pvfalsifiers.models.trace import Path


def trace_without_inner(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Keep everything but the inner product."""
    trace = forward_traced(model, tokens, path)
    kept = tuple({name: each[name] for name in each if name != "inner"} for each in trace.layers)
    return replace(trace, layers=kept)


def trace_without_last_layer(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Stop keeping one layer too early."""
    trace = forward_traced(model, tokens, path)
    return replace(trace, layers=trace.layers[:-1])


def trace_last_token(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Keep the last token alone, as one side of the published comparison did."""
    trace = forward_traced(model, tokens, path)
    kept = tuple({name: each[name][-1:] for name in each} for each in trace.layers)
    return replace(trace, layers=kept)


def trace_into_one_buffer(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Keep every layer in the same memory, so that the last one overwrites the others."""
    trace = forward_traced(model, tokens, path)
    return replace(trace, layers=(trace.layers[-1],) * len(trace.layers))


def trace_centring_inner(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Take the mean off the inner product where it lies, as a careless statistic would."""

    def spoil(name: str, values: Float32Array) -> None:
        if name == "inner":
            values -= values.mean()

    return _trace_spoiling(model, tokens, path, spoil)


def trace_rounding_residual(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Cut the residual to bfloat16 where it lies, as a trace that saves memory would."""

    def spoil(name: str, values: Float32Array) -> None:
        if name == "residual":
            values.view(np.uint32)[...] &= np.uint32(0xFFFF0000)

    return _trace_spoiling(model, tokens, path, spoil)


def trace_path_a(model: Model, tokens: Sequence[int], _path: Path) -> Trace:
    """Take path A, whichever was asked for."""
    return forward_traced(model, tokens, "A")


def trace_with_up_for_gate(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Multiply with the gate's weights twice on path A, as one wrong name of a tensor does."""
    return _trace_with(model, tokens, path, lambda layer: replace(layer, up=layer.gate))


def trace_without_norm_gain(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Leave the gain of the norm before the feed-forward block out on path A."""
    return _trace_with(
        model, tokens, path, lambda layer: replace(layer, ffn_norm=np.ones_like(layer.ffn_norm))
    )


def trace_with_norm_gain_twice(model: Model, tokens: Sequence[int], path: Path) -> Trace:
    """Apply the gain of the norm before the feed-forward block twice on path A."""
    return _trace_with(model, tokens, path, lambda layer: replace(layer, ffn_norm=layer.ffn_norm**2))


def trace_undisturbed(model: Model, tokens: Sequence[int], path: Path, _perturb: float) -> Trace:
    """Lose the disturbance of the embeddings."""
    return forward_traced(model, tokens, path)


def trace_disturbed_thousandfold(model: Model, tokens: Sequence[int], path: Path, perturb: float) -> Trace:
    """Disturb the embeddings a thousand times as much as asked."""
    return forward_traced(model, tokens, path, perturb=min(1000 * perturb, 0.5))


def trace_path_a_disturbed(model: Model, tokens: Sequence[int], _path: Path, perturb: float) -> Trace:
    """Take path A, whichever was asked for."""
    return forward_traced(model, tokens, "A", perturb=perturb)


def _trace_with(model: Model, tokens: Sequence[int], path: Path, change: Callable[[Layer], Layer]) -> Trace:
    """Trace a model whose layers are changed on path A alone."""
    if path == "B":
        return forward_traced(model, tokens, path)
    return forward_traced(replace(model, layers=tuple(map(change, model.layers))), tokens, path)


def _trace_spoiling(
    model: Model, tokens: Sequence[int], path: Path, spoil: Callable[[str, Float32Array], None]
) -> Trace:
    """Trace with a record that writes into what it is handed."""
    hidden = embeddings = embed(model, tokens)
    layers: list[dict[str, Float32Array]] = []
    for layer in range(len(model.layers)):
        kept: dict[str, Float32Array] = {}

        def keep(name: str, values: Float32Array, kept: dict[str, Float32Array] = kept) -> None:
            spoil(name, values)
            kept[name] = values

        hidden = forward_layer(model, layer, hidden, path, record=keep)
        layers.append(kept)
    return Trace(path, tuple(tokens), embeddings, tuple(layers), project_logits(model, hidden, path))
