"""What a model's metadata says about its layers, for each architecture that the forward pass knows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from pvfalsifiers.models.gguf_file import GgufFile

__all__ = ["ARCHITECTURES", "Hyperparameters", "Pairing", "read_hyperparameters"]

Pairing: TypeAlias = Literal["adjacent", "halves"]
"""Which elements of a head turn together: (2 i, 2 i + 1), or (i, i + n / 2)."""

ARCHITECTURES = ("llama", "qwen2", "gemma3")
_LOCAL_ROPE_BASE = 10000.0
_GEMMA_PERIOD = 6
_GEMMA_27B = 62
"""Layers of the one Gemma 3 whose scores are scaled by the width of an even share, not by that of a head."""
_LIMIT = 2**24
"""No count of a model is larger; a larger one is a broken file and not a reason to ask for that memory."""


@dataclass(frozen=True)
class Hyperparameters:
    """The numbers that shape a forward pass.

    Parameters
    ----------
    architecture
        Its name in the file.
    layers, width, inner
        Layers, elements of the residual stream, elements of the inner product of the feed-forward block.
    heads, key_heads
        Query heads, and key and value heads; the second divides the first.
    head_width, value_width
        Elements of a query or key head, and of a value head.
    context
        Most tokens that the model was trained on; not enforced.
    epsilon
        Added to the mean square in each norm.
    rope_bases
        Base of the rotation's frequencies, for each layer.
    rope_width
        Elements of a head that turn; the others stay.
    pairing
        Which of them turn together.
    windows
        How many tokens back each layer sees, its own among them; None sees all.
    embedding_scale, attention_scale
        Factor of the embeddings and of the scores.
    activation
        ``"silu"`` or ``"gelu"`` (tanh).
    """

    architecture: str
    layers: int
    width: int
    inner: int
    heads: int
    key_heads: int
    head_width: int
    value_width: int
    context: int
    epsilon: float
    rope_bases: tuple[float, ...]
    rope_width: int
    pairing: Pairing
    windows: tuple[int | None, ...]
    embedding_scale: float
    attention_scale: float
    activation: Literal["silu", "gelu"]

    @property
    def has_head_norms(self) -> bool:
        """Whether queries and keys are normed, and both blocks once more after they ran."""
        return self.architecture == "gemma3"


def read_hyperparameters(file: GgufFile) -> Hyperparameters:
    """Read the shape of the model from its metadata.

    Raises
    ------
    ModelError
        The architecture is unknown, a value is missing, of another kind or impossible, or the model asks for
        something that the forward pass has not (experts, scaled rotation, capped logits).
    """
    architecture = file.get("general.architecture", str)
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise file.refuse(
            f"its architecture is {architecture!r}", f"the forward pass knows {known}", "use a model of these"
        )
    _refuse_what_is_not_computed(file, architecture)
    count = _Counts(file, architecture)
    width, heads, layers = count("embedding_length"), count("attention.head_count"), count("block_count")
    head_width = count("attention.key_length", width // heads)
    base = _read_positive(file, f"{architecture}.rope.freq_base", 10000.0)
    is_gemma = architecture == "gemma3"
    local = _find_local_layers(file, layers, count) if is_gemma else (False,) * layers
    window = count("attention.sliding_window") if any(local) else None
    local_base = _read_positive(file, f"{architecture}.rope.freq_base_swa", _LOCAL_ROPE_BASE)
    found = Hyperparameters(
        architecture=architecture,
        layers=layers,
        width=width,
        inner=count("feed_forward_length"),
        heads=heads,
        key_heads=count("attention.head_count_kv", heads),
        head_width=head_width,
        value_width=count("attention.value_length", width // heads),
        context=count("context_length"),
        epsilon=_read_positive(file, f"{architecture}.attention.layer_norm_rms_epsilon"),
        rope_bases=tuple(local_base if is_local else base for is_local in local),
        rope_width=count("rope.dimension_count", head_width),
        pairing="adjacent" if architecture == "llama" else "halves",
        windows=tuple(window if is_local else None for is_local in local),
        embedding_scale=math.sqrt(width) if is_gemma else 1.0,
        attention_scale=1 / math.sqrt(width // heads if is_gemma and layers == _GEMMA_27B else head_width),
        activation="gelu" if is_gemma else "silu",
    )
    _check_shapes(file, found)
    return found


class _Counts:
    """Reads counts below the architecture's name; each is a whole number of 1 and more."""

    def __init__(self, file: GgufFile, architecture: str) -> None:
        self._file, self._architecture = file, architecture

    def __call__(self, name: str, default: int | None = None) -> int:
        key = f"{self._architecture}.{name}"
        value: int = self._file.get(key, int) if default is None else self._file.find(key, int, default)
        if not 1 <= value <= _LIMIT:
            raise self._file.refuse(f"{key!r} is {value}", f"it is a whole number from 1 to {_LIMIT}")
        return value


def _read_positive(file: GgufFile, key: str, default: float | None = None) -> float:
    value: float = file.get(key, float) if default is None else file.find(key, float, default)
    if not value > 0:
        raise file.refuse(f"{key!r} is {value}", "it is above 0")
    return value


def _find_local_layers(file: GgufFile, layers: int, count: _Counts) -> tuple[bool, ...]:
    """Return whether each layer sees a window: five of six do, unless the file has another period."""
    key = "gemma3.attention.sliding_window_pattern"
    if key in file.fields and isinstance(file.fields[key].contents(), list):
        pattern = file.get(key, list)
        if len(pattern) != layers:
            raise file.refuse(f"{key!r} has {len(pattern)} entries", f"there are {layers} layers")
        return tuple(bool(is_local) for is_local in pattern)
    period = count("attention.sliding_window_pattern", _GEMMA_PERIOD)
    return tuple((layer + 1) % period != 0 for layer in range(layers))


def _refuse_what_is_not_computed(file: GgufFile, architecture: str) -> None:
    fix = "use a model without it"
    if file.find(f"{architecture}.expert_count", int, 0):
        raise file.refuse("it has experts", "the forward pass has one feed-forward block a layer", fix)
    if file.find(f"{architecture}.rope.scaling.type", str, "none") != "none":
        raise file.refuse("its rotation is scaled", "the forward pass rotates by position alone", fix)
    for name in ("attn_logit_softcapping", "final_logit_softcapping"):
        if file.find(f"{architecture}.{name}", float, 0.0):
            raise file.refuse(f"it has {name}", "the forward pass does not cap", fix)


def _check_shapes(file: GgufFile, found: Hyperparameters) -> None:
    if found.heads % found.key_heads:
        raise file.refuse(
            f"{found.heads} query heads do not share {found.key_heads} key heads evenly",
            "each key head serves the same number of query heads",
        )
    if found.rope_width % 2 or found.rope_width > found.head_width:
        raise file.refuse(
            f"{found.rope_width} elements of a head of {found.head_width} are to turn",
            "elements turn in pairs within the head",
        )
