from __future__ import annotations

import gguf
import pytest

from pvfalsifiers.blocks import FORMATS
from pvfalsifiers.blocks.formats import find_format


@pytest.mark.parametrize("name", FORMATS)
def test_sizes_are_those_of_gguf(name: str) -> None:
    weights, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]]
    assert (FORMATS[name].weights, FORMATS[name].bytes) == (weights, size)


def test_a_row_is_counted_both_ways() -> None:
    assert FORMATS["Q6_K"].count_row_bytes(1024) == 840
    assert FORMATS["Q6_K"].count_columns(840) == 1024
    assert FORMATS["Q4_0"].count_columns(0) == 0


def test_a_row_of_no_whole_blocks_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^columns: got 257, which is no multiple of 256; a row of Q4_K holds"
    ):
        FORMATS["Q4_K"].count_row_bytes(257)
    with pytest.raises(
        ValueError, match=r"^row_bytes: got 35, which is no multiple of 34; .*: is it another form"
    ):
        FORMATS["Q8_0"].count_columns(35)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^format: 'Q3_K' is not read here; these are: F32, F16, BF16, Q4_0"
    ):
        find_format("Q3_K")
