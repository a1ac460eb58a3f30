from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from pvfalsifiers.blocks import FORMATS, dequantize

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("name", FORMATS)
def test_weights_have_the_bits_of_gguf(name: str) -> None:
    """On random bytes: scales are of every size, infinite and NaN as well."""
    data = np.random.default_rng(3).integers(
        0, 256, (600, FORMATS[name].count_row_bytes(1024)), dtype=np.uint8
    )
    with np.errstate(all="ignore"):
        theirs = gguf.dequantize(data, gguf.GGMLQuantizationType[name])
    ours = dequantize(data, name)
    both_nan = np.isnan(ours) & np.isnan(theirs)
    assert both_nan.any()
    assert ours.dtype == np.float32
    assert np.array_equal(ours.view(np.uint32)[~both_nan], theirs.view(np.uint32)[~both_nan])


@pytest.mark.parametrize("name", FORMATS)
def test_tiles_do_not_show(name: str, weights: Callable[..., np.ndarray]) -> None:
    """Rows of more than one tile, and more rows than a tile has, give what single blocks give."""
    columns = 9 * 1024
    data = weights(name, 70, columns)
    block = 256 if FORMATS[name].weights == 1 else FORMATS[name].weights
    singly = dequantize(data.reshape(-1, FORMATS[name].count_row_bytes(block)), name)
    assert np.array_equal(dequantize(data, name).view(np.uint32), singly.reshape(70, columns).view(np.uint32))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2), (2, 3), ()])
def test_leading_axes_are_kept(name: str, shape: tuple[int, ...], weights: Callable[..., np.ndarray]) -> None:
    data = weights(name, int(np.prod(shape)), 256)
    out = dequantize(data.reshape(*shape, data.shape[1]), name)
    assert out.shape == (*shape, 256)
    assert np.array_equal(out.reshape(-1, 256), dequantize(data, name))


@pytest.mark.parametrize("name", ["F16", "Q4_K", "Q8_0"])
def test_rows_of_another_stride_are_read(name: str, weights: Callable[..., np.ndarray]) -> None:
    data = weights(name, 6, 512)
    wide = np.zeros((6, 2 * data.shape[1] + 2), np.uint8)
    wide[:, 2 : 2 + data.shape[1]] = data
    shown = wide[::2, 2 : 2 + data.shape[1]]
    assert np.array_equal(dequantize(shown, name), dequantize(data[::2], name))
    every_other = np.zeros((6, 2 * data.shape[1]), np.uint8)
    every_other[:, ::2] = data
    assert np.array_equal(dequantize(every_other[:, ::2], name), dequantize(data, name))


def test_out_is_written_and_returned(weights: Callable[..., np.ndarray]) -> None:
    data = weights("Q6_K", 3, 512)
    out = np.full((3, 512), np.nan, np.float32)
    assert dequantize(data, "Q6_K", out) is out
    assert np.array_equal(out, dequantize(data, "Q6_K"))


def test_what_does_not_fit_is_refused(weights: Callable[..., np.ndarray]) -> None:
    data = weights("Q4_K", 2, 256)
    with pytest.raises(ValueError, match=r"^data: expected an array of uint8, got int8$"):
        dequantize(data.view(np.int8), "Q4_K")
    with pytest.raises(ValueError, match=r"^row_bytes: got 144, which is no multiple of 34"):
        dequantize(data, "Q8_0")
    with pytest.raises(ValueError, match=r"^format: 'Q4K' is not read here"):
        dequantize(data, "Q4K")
    with pytest.raises(ValueError, match=r"^data: expected rows of bytes, got a scalar$"):
        dequantize(np.zeros((), np.uint8), "F32")
    for out in (np.empty((2, 255), np.float32), np.empty((256, 2), np.float32).T):
        with pytest.raises(ValueError, match=r"^out: expected a contiguous array of the shape \(2, 256\)"):
            dequantize(data, "Q4_K", out)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("shape", [(1100, 2048), (8, 300_032)])
def test_scratch_is_at_most_8_mib(
    name: str, shape: tuple[int, int], weights: Callable[..., np.ndarray]
) -> None:
    data = weights(name, *shape)
    out = np.empty(shape, np.float32)
    tracemalloc.start()
    try:
        dequantize(data, name, out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 0 < peak < 8 * 2**20
