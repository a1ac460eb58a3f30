"""Small subjects of the bank: what its tests measure, and nothing of how."""

from __future__ import annotations

from typing import Any

import numpy as np


def softmax(x: Any) -> Any:
    """Turn rows of logits into probabilities."""
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def scale(x: Any) -> Any:
    """Multiply by three."""
    return x * 3.0


def dequantize(codes: Any) -> Any:
    """Turn codes of 8 bits into numbers with a step of 1/16."""
    return codes.astype(np.float32) * np.float32(0.0625)
