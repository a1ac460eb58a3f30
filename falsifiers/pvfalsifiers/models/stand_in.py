"""Stands in for pvfalsifiers.blocks until it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FORMATS = {"F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q8_0", "Q4_K", "Q6_K", "Q5_K"}


@dataclass(frozen=True)
class QuantisedMatrix:
    format: str
    rows: int
    columns: int
    data: Any


def dequantize(data: Any, format: str) -> Any:
    import gguf

    kind = gguf.GGMLQuantizationType[format]
    if format in ("F32", "F16"):
        return data.view(np.float32 if format == "F32" else np.float16).astype(np.float32)
    return gguf.dequantize(data, kind)


def _quantise(x: Any, size: int) -> Any:
    blocks = x.reshape(len(x), -1, size)
    scale = (np.abs(blocks).max(-1, keepdims=True) / np.float32(127)).astype(np.float32)
    inverse = np.where(scale > 0, 1 / np.where(scale > 0, scale, 1), 0).astype(np.float32)
    return (np.rint(blocks * inverse) * scale).astype(np.float32).reshape(x.shape)


def multiply(matrix: QuantisedMatrix, x: Any, path: str) -> Any:
    if path == "B" and matrix.format not in ("F32", "F16", "BF16"):
        x = _quantise(x, 256 if matrix.format.endswith("_K") else 32)
    out = np.empty((len(x), matrix.rows), np.float32)
    for start in range(0, matrix.rows, 4096):
        w = dequantize(matrix.data[start : start + 4096], matrix.format)
        out[:, start : start + 4096] = x @ w.T
    return out
