from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pvfalsifiers.blocks import FORMATS
from pvfalsifiers.blocks.layouts import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Callable


def make_weights(name: str, rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """Return rows of random bytes whose scales are finite and of a usual size."""
    rng = np.random.default_rng(seed)
    if name not in LAYOUTS:
        values = rng.standard_normal((rows, columns)).astype(np.float32)
        if name == "BF16":
            return (values.view(np.uint32) >> 16).astype("<u2").view(np.uint8)
        return values.astype("<f2" if name == "F16" else "<f4").view(np.uint8)
    data = rng.integers(0, 256, (rows, FORMATS[name].count_row_bytes(columns)), dtype=np.uint8)
    blocks = data.view(LAYOUTS[name].fields)
    for field in ("d", "dmin", "m"):
        if field in (blocks.dtype.names or ()):
            blocks[field] = rng.standard_normal(blocks.shape) * 0.01
    return data


@pytest.fixture(scope="session")
def weights() -> Callable[..., np.ndarray]:
    """Make weights of a format: name, rows, columns, seed."""
    return make_weights
