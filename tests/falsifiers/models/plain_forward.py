"""The forward pass once more, in float64, from the file itself: what ours is held against.

Nothing of `pvfalsifiers` is used. Rotation is a complex multiplication, attention a loop over tokens and
heads.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["run"]

_QUANTISED_AS_Q8_0 = ("Q8_0", "Q4_0", "Q5_0")


class _File:
    def __init__(self, path: Path, route: str) -> None:
        reader = gguf.GGUFReader(path)
        self.values = {key: field.contents() for key, field in reader.fields.items()}
        self.tensors = {tensor.name: tensor for tensor in reader.tensors}
        self.name = self.values["general.architecture"]
        self.route = route

    def value(self, key: str) -> Any:
        return self.values[f"{self.name}.{key}"]

    def weight(self, name: str) -> NDArray[np.float64] | None:
        tensor = self.tensors.get(name)
        if tensor is None:
            return None
        return gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float64)

    def times(self, name: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        tensor = self.tensors[f"{name}.weight"]
        if self.route == "B" and tensor.tensor_type.name in _QUANTISED_AS_Q8_0:
            kind = gguf.GGMLQuantizationType.Q8_0
            x = gguf.dequantize(gguf.quantize(x.astype(np.float32), kind), kind).astype(np.float64)
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        product = np.array([weight @ v for v in x])
        return product if bias is None else product + bias

    def norm(self, name: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        weight = self.weight(f"{name}.weight")
        if weight is None:
            return x
        epsilon = self.value("attention.layer_norm_rms_epsilon")
        return np.array([row / math.sqrt(np.sum(row * row) / len(row) + epsilon) * weight for row in x])


def run(path: Path, tokens: Sequence[int], route: str = "A") -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Return the logits of every position, and what the last layer computed by the names of a trace."""
    file = _File(path, route)
    is_gemma = file.name == "gemma3"
    hidden = file.weight("token_embd.weight")[list(tokens)]
    hidden = hidden * (math.sqrt(hidden.shape[1]) if is_gemma else 1)
    kept: dict[str, Any] = {}
    for layer in range(file.value("block_count")):
        block = f"blk.{layer}"
        kept["attention_norm"] = normed = file.norm(f"{block}.attn_norm", hidden)
        attended = _attend(file, block, layer, normed, kept)
        kept["attention_out"] = file.times(f"{block}.attn_output", attended)
        hidden = hidden + file.norm(f"{block}.post_attention_norm", kept["attention_out"])
        kept["ffn_norm"] = normed = file.norm(f"{block}.ffn_norm", hidden)
        kept["gate"], kept["up"] = (file.times(f"{block}.ffn_{name}", normed) for name in ("gate", "up"))
        kept["activation"] = np.vectorize(_gelu if is_gemma else _silu)(kept["gate"])
        kept["inner"] = kept["activation"] * kept["up"]
        kept["down"] = file.times(f"{block}.ffn_down", kept["inner"])
        kept["residual"] = hidden = hidden + file.norm(f"{block}.post_ffw_norm", kept["down"])
    output = "output" if "output.weight" in file.tensors else "token_embd"
    return file.times(output, file.norm("output_norm", hidden)), kept


def _attend(
    file: _File, block: str, layer: int, x: NDArray[np.float64], kept: dict[str, Any]
) -> NDArray[np.float64]:
    heads, key_heads = file.value("attention.head_count"), file.value("attention.head_count_kv")
    width = file.value("attention.key_length")
    base, window = file.value("rope.freq_base"), len(x)
    if file.name == "gemma3" and (layer + 1) % file.value("attention.sliding_window_pattern"):
        base, window = 10000.0, file.value("attention.sliding_window")
    for name in "qkv":
        kept[name] = file.times(f"{block}.attn_{name}", x)
    q, k, v = (kept[name].copy().reshape(len(x), -1, width) for name in "qkv")
    for token in range(len(x)):
        for name, split in (("q", q), ("k", k)):
            split[token] = file.norm(f"{block}.attn_{name}_norm", split[token])
    out = np.zeros((len(x), heads, width))
    for token in range(len(x)):
        for head in range(heads):
            shared = head * key_heads // heads
            seen = range(max(0, token - window + 1), token + 1)
            query = _turn(file, q[token, head], token, base)
            scores = [sum(query * _turn(file, k[s, shared], s, base)) / math.sqrt(width) for s in seen]
            weights = np.exp(np.array(scores) - max(scores))
            weights /= sum(weights)
            out[token, head] = sum(w * v[s, shared] for w, s in zip(weights, seen, strict=True))
    return out.reshape(len(x), -1)


def _turn(file: _File, head: NDArray[np.float64], position: int, base: float) -> NDArray[np.float64]:
    turned, width = head.copy(), file.value("rope.dimension_count")
    for pair in range(width // 2):
        first, second = (2 * pair, 2 * pair + 1) if file.name == "llama" else (pair, pair + width // 2)
        angle = position * base ** (-2 * pair / width)
        value = complex(head[first], head[second]) * complex(math.cos(angle), math.sin(angle))
        turned[first], turned[second] = value.real, value.imag
    return turned


def _silu(x: float) -> float:
    return x / (1 + math.exp(-x))


def _gelu(x: float) -> float:
    return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
