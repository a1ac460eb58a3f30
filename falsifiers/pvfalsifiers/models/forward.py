"""The forward pass of a decoder on either path, with or without a trace.

Every position of the prompt runs at once, and nothing is cached between calls. Path A multiplies dequantised
weights with float32 activations; path B first quantises the activations as ggml does for the type of each
weight. All between the matrices (norms, rotation, attention, activation) is float32 on both.

The trace is a record that each step hands its result to; no step asks whether anybody listens, so that a
traced and an untraced pass compute the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from pvfalsifiers.blocks import QuantisedMatrix, dequantize, multiply
from pvfalsifiers.models.errors import ModelError
from pvfalsifiers.models.operations import ACTIVATIONS, attend, norm, rotate
from pvfalsifiers.models.trace import Path, Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pvfalsifiers.models.hyperparameters import Hyperparameters
    from pvfalsifiers.models.model import Layer, Model

__all__ = ["embed", "forward", "forward_layer", "forward_traced", "project_logits"]

Floats: TypeAlias = NDArray[np.float32]
Record: TypeAlias = "Callable[[str, Floats], None]"
"""What a step hands its result to."""


def forward(model: Model, tokens: Sequence[int], path: Path = "A", *, perturb: float = 0.0) -> Floats:
    """Compute the logits of every position, without a trace.

    Parameters
    ----------
    model
        The model.
    tokens
        At least one number of the vocabulary.
    path
        ``"A"`` or ``"B"``.
    perturb
        Relative size of a disturbance of the embeddings, see `embed`.

    Returns
    -------
    float32, shape (tokens, vocabulary)
        The same bytes as the logits of `forward_traced`.

    Raises
    ------
    ModelError
        No token, one that is not in the vocabulary, or another path.
    """
    hidden = embed(model, tokens, perturb=perturb)
    for layer in range(len(model.layers)):
        hidden = forward_layer(model, layer, hidden, path)
    return project_logits(model, hidden, path)


def forward_traced(model: Model, tokens: Sequence[int], path: Path = "A", *, perturb: float = 0.0) -> Trace:
    """Compute the logits of every position, and keep what each layer computed on the way.

    Parameters
    ----------
    model, tokens, path, perturb
        As for `forward`.

    Returns
    -------
    Trace
        Nobody writes to its arrays afterwards.

    Raises
    ------
    ModelError
        As for `forward`.
    """
    hidden = embeddings = embed(model, tokens, perturb=perturb)
    layers: list[dict[str, Floats]] = []
    for layer in range(len(model.layers)):
        kept: dict[str, Floats] = {}
        hidden = forward_layer(model, layer, hidden, path, record=kept.__setitem__)
        layers.append(kept)
    logits = project_logits(model, hidden, path)
    return Trace(path, tuple(tokens), embeddings, tuple(layers), logits)


def embed(model: Model, tokens: Sequence[int], *, perturb: float = 0.0) -> Floats:
    """Look the embeddings of the tokens up, and scale them where the architecture does.

    Parameters
    ----------
    model, tokens
        As for `forward`.
    perturb
        Element i of each row is multiplied by 1 + perturb where (13 i + 7) % 17 < 8, and by 1 - perturb
        elsewhere, in float64, rounded to float32. One factor for all would be lost in the first norm.

    Returns
    -------
    float32, shape (tokens, width)

    Raises
    ------
    ModelError
        No token, one that is not in the vocabulary, or a disturbance that is not from 0 to 1.
    """
    rows = model.embeddings.rows
    for token in tokens:
        if isinstance(token, bool) or not isinstance(token, (int, np.integer)) or not 0 <= token < rows:
            raise ModelError(
                f"{token!r} is no token",
                where=str(model.path),
                why=f"tokens are whole numbers from 0 to {rows - 1}",
                fix="use Model.tokenize",
            )
    if not len(tokens):
        raise ModelError(
            "there is no token", where=str(model.path), why="a forward pass has a prompt", fix="give a text"
        )
    if not 0 <= perturb < 1:
        raise ModelError(
            f"embeddings cannot be disturbed by {perturb!r}",
            why="it is a fraction from 0 to 1",
            fix="such as 1e-7",
        )
    found = dequantize(np.ascontiguousarray(model.embeddings.data[list(tokens)]), model.embeddings.format)
    found = found * np.float32(model.hyperparameters.embedding_scale)
    if perturb:
        rises = (13 * np.arange(found.shape[1]) + 7) % 17 < 8  # noqa: PLR2004 - the pattern of test 015
        signs = np.where(rises, 1.0, -1.0)
        found = (found.astype(np.float64) * (1 + perturb * signs)).astype(np.float32)
    return found


def forward_layer(
    model: Model, layer: int, hidden: Floats, path: Path, *, record: Record | None = None
) -> Floats:
    """Send what a layer reads through that layer alone.

    With the activations of another pass this is a teacher-forced layer: the drift that it adds, apart from
    the drift that it was handed.

    Parameters
    ----------
    model
        The model.
    layer
        Counted from 0.
    hidden : float32, shape (tokens, width)
        What the layer reads, from position 0 on; left as it is.
    path
        ``"A"`` or ``"B"``.
    record
        Called with a name of `trace.NAMES` and an array that nobody writes to afterwards, for each in turn.

    Returns
    -------
    float32, shape (tokens, width)
        What the layer hands on.

    Raises
    ------
    ModelError
        Another path.
    """
    if path not in get_args(Path):
        raise ModelError(f"there is no path {path!r}", why="the paths are A and B", fix="A or B")
    step = _Step(model.layers[layer], model.hyperparameters, layer, path, record or _forget)
    hidden = hidden + _run_attention(step, hidden)
    hidden = hidden + _run_feed_forward(step, hidden)
    step.keep("residual", hidden)
    return hidden


def project_logits(model: Model, hidden: Floats, path: Path) -> Floats:
    """Norm what the last layer handed on, and multiply it with the output matrix.

    Parameters
    ----------
    model
        The model.
    hidden : float32, shape (tokens, width)
        Of the last layer.
    path
        ``"A"`` or ``"B"``.

    Returns
    -------
    float32, shape (tokens, vocabulary)
    """
    normed = norm(hidden, model.output_norm, model.hyperparameters.epsilon)
    return _multiply("the logits", model.output, normed, path)


def _multiply(name: str, matrix: QuantisedMatrix, x: Floats, path: Path) -> Floats:
    try:
        return multiply(matrix, x, path)
    except ValueError as error:
        raise ModelError(
            f"{name}: {error}", why="weights and activations are finite numbers", fix="use another model"
        ) from error


@dataclass(frozen=True)
class _Step:
    """What the two blocks of a layer share."""

    weights: Layer
    found: Hyperparameters
    layer: int
    path: Path
    keep: Record

    def norm(self, x: Floats, weight: Floats | None) -> Floats:
        """Norm rows; without a weight the model has no such norm, and they stay."""
        return x if weight is None else norm(x, weight, self.found.epsilon)

    def multiply(self, name: str, matrix: QuantisedMatrix, x: Floats, bias: Floats | None = None) -> Floats:
        """Multiply on the path taken, and keep the product."""
        product = _multiply(f"{name} of layer {self.layer}", matrix, x, self.path)
        product = product if bias is None else product + bias
        self.keep(name, product)
        return product


def _run_attention(step: _Step, hidden: Floats) -> Floats:
    weights, found, tokens = step.weights, step.found, len(hidden)
    normed = step.norm(hidden, weights.attention_norm)
    step.keep("attention_norm", normed)
    q = step.multiply("q", weights.q, normed, weights.q_bias)
    k = step.multiply("k", weights.k, normed, weights.k_bias)
    v = step.multiply("v", weights.v, normed, weights.v_bias)
    mixed = attend(
        _turn(step, q, weights.q_norm),
        _turn(step, k, weights.k_norm),
        v.reshape(tokens, found.key_heads, found.value_width),
        found.attention_scale,
        found.windows[step.layer],
    )
    out = step.multiply("attention_out", weights.attention_out, mixed)
    return step.norm(out, weights.attention_post_norm)


def _turn(step: _Step, x: Floats, weight: Floats | None) -> Floats:
    """Split queries or keys into heads, norm them where the model does, and rotate them."""
    found = step.found
    heads = step.norm(x.reshape(len(x), -1, found.head_width), weight)
    return rotate(heads, np.arange(len(x)), found.rope_bases[step.layer], found.rope_width, found.pairing)


def _run_feed_forward(step: _Step, hidden: Floats) -> Floats:
    weights = step.weights
    normed = step.norm(hidden, weights.ffn_norm)
    step.keep("ffn_norm", normed)
    gate = step.multiply("gate", weights.gate, normed)
    up = step.multiply("up", weights.up, normed)
    activation = ACTIVATIONS[step.found.activation](gate)
    step.keep("activation", activation)
    inner = activation * up
    step.keep("inner", inner)
    down = step.multiply("down", weights.down, inner)
    return step.norm(down, weights.ffn_post_norm)


def _forget(_name: str, _values: Floats) -> None:
    """Keep nothing: the record of an untraced pass."""
