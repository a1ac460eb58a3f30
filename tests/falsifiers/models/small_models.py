"""Models of two to four layers with random weights, written by the package `gguf`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["PIECES", "SHAPES", "Shape", "make_metadata", "make_tensors", "write"]


@dataclass(frozen=True)
class Shape:
    """What a small model is like."""

    architecture: str
    layers: int
    width: int
    inner: int
    heads: int
    key_heads: int
    head_width: int
    rope_width: int
    base: float
    format: str
    is_tied: bool = True
    has_bias: bool = False
    window: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


SHAPES = {
    "llama": Shape("llama", 2, 64, 96, 4, 2, 16, 16, 10000.0, "Q8_0"),
    "llama-f32-partly-rotated": Shape("llama", 2, 64, 96, 4, 4, 16, 8, 500.0, "F32", is_tied=False),
    "llama-wide": Shape("llama", 2, 256, 512, 8, 2, 32, 32, 10000.0, "Q4_0"),
    "qwen2": Shape("qwen2", 2, 64, 128, 4, 1, 16, 16, 1e6, "Q5_0", is_tied=False, has_bias=True),
    "gemma3": Shape(
        "gemma3", 4, 64, 96, 4, 2, 32, 32, 1e6, "Q8_0", window=3,
        metadata={"gemma3.attention.sliding_window_pattern": 2},
    ),
}  # fmt: skip
"""Both ways to rotate, grouped and ungrouped heads, tied and untied logits, local and global layers."""

PIECES = ["<unk>", "<s>", "</s>", "<turn>", *(f"<0x{byte:02X}>" for byte in range(256)), *"abcdefghij", "▁"]
"""A vocabulary for them; the scores of its merges are in `make_metadata`."""
MERGES = ["ab", "cd", "abcd", "▁a", "▁ab", "bc"]


def make_metadata(shape: Shape) -> dict[str, Any]:
    """Return all that the file says beside its tensors, by key."""
    name, tokens = shape.architecture, PIECES + MERGES
    kinds = [2, 3, 3, 4] + [6] * 256 + [1] * (len(tokens) - 260)
    scores = [0.0] * len(PIECES) + [-float(place) for place in range(len(MERGES))]
    return {
        f"{name}.block_count": shape.layers,
        f"{name}.context_length": 128,
        f"{name}.embedding_length": shape.width,
        f"{name}.feed_forward_length": shape.inner,
        f"{name}.attention.head_count": shape.heads,
        f"{name}.attention.head_count_kv": shape.key_heads,
        f"{name}.attention.key_length": shape.head_width,
        f"{name}.attention.value_length": shape.head_width,
        f"{name}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{name}.rope.freq_base": shape.base,
        f"{name}.rope.dimension_count": shape.rope_width,
        **({f"{name}.attention.sliding_window": shape.window} if shape.window else {}),
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.scores": scores,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        **shape.metadata,
    }


def make_tensors(shape: Shape, seed: int = 7) -> dict[str, np.ndarray[Any, Any]]:
    """Return the weights in float32, by the names of the file."""
    rng = np.random.default_rng(seed)

    def draw(*counts: int) -> np.ndarray[Any, Any]:
        return rng.normal(0, counts[-1] ** -0.5, counts).astype(np.float32)

    def draw_gain(count: int) -> np.ndarray[Any, Any]:
        return rng.uniform(0.5, 1.5, count).astype(np.float32)

    rows = len(PIECES + MERGES)
    queries, keys = shape.heads * shape.head_width, shape.key_heads * shape.head_width
    tensors = {"token_embd.weight": draw(rows, shape.width), "output_norm.weight": draw_gain(shape.width)}
    if not shape.is_tied:
        tensors["output.weight"] = draw(rows, shape.width)
    for layer in range(shape.layers):
        found = {
            "attn_norm.weight": draw_gain(shape.width),
            "attn_q.weight": draw(queries, shape.width),
            "attn_k.weight": draw(keys, shape.width),
            "attn_v.weight": draw(keys, shape.width),
            "attn_output.weight": draw(shape.width, queries),
            "ffn_norm.weight": draw_gain(shape.width),
            "ffn_gate.weight": draw(shape.inner, shape.width),
            "ffn_up.weight": draw(shape.inner, shape.width),
            "ffn_down.weight": draw(shape.width, shape.inner),
        }
        if shape.has_bias:
            found |= {"attn_q.bias": draw(queries), "attn_k.bias": draw(keys), "attn_v.bias": draw(keys)}
        if shape.architecture == "gemma3":
            found |= {
                "attn_q_norm.weight": draw_gain(shape.head_width),
                "attn_k_norm.weight": draw_gain(shape.head_width),
                "post_attention_norm.weight": draw_gain(shape.width),
                "post_ffw_norm.weight": draw_gain(shape.width),
            }
        tensors |= {f"blk.{layer}.{name}": tensor for name, tensor in found.items()}
    return tensors


def write(
    path: Path,
    shape: Shape,
    *,
    metadata: Mapping[str, Any] | None = None,
    tensors: Mapping[str, np.ndarray[Any, Any] | None] | None = None,
) -> Path:
    """Write a model; what is given replaces its own by name, and None leaves it out."""
    writer = gguf.GGUFWriter(path, (metadata or {}).get("general.architecture", shape.architecture))
    for key, value in {**make_metadata(shape), **(metadata or {})}.items():
        if key != "general.architecture" and value is not None:
            _add(writer, key, value)
    kind = gguf.GGMLQuantizationType[shape.format]
    for name, tensor in {**make_tensors(shape), **(tensors or {})}.items():
        if tensor is None:
            continue
        if tensor.ndim == 1 or shape.format == "F32" or tensor.dtype != np.float32:
            writer.add_tensor(name, tensor)
        else:
            writer.add_tensor(name, gguf.quantize(tensor, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    """Add one value, of the type that Python gives it."""
    add: dict[type, Any] = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        float: writer.add_float32,
        str: writer.add_string,
        list: writer.add_array,
    }
    add[type(value)](key, value)
