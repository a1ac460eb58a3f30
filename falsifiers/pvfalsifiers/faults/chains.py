"""Broken chains of layers, in the place of a free-running path B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvfalsifiers.models import Model, Trace, forward_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvfalsifiers.kernels.arrays import Float32Array


def run_unquantized(model: Model, reference: Trace) -> Sequence[Float32Array]:
    """Take path A in every layer."""
    return [reference.array(layer, "residual") for layer in range(len(model.layers))]


def restart_from_path_a(model: Model, reference: Trace) -> Sequence[Float32Array]:
    """Feed each layer the activations of path A, so that nothing is carried from layer to layer."""
    return [
        forward_layer(model, layer, reference.read_hidden(layer), "B") for layer in range(len(model.layers))
    ]


def repeat_first_layer(model: Model, reference: Trace) -> Sequence[Float32Array]:
    """Run the first layer's weights in the place of every layer."""
    hidden, found = reference.embeddings, []
    for _ in model.layers:
        hidden = forward_layer(model, 0, hidden, "B")
        found.append(hidden)
    return found
