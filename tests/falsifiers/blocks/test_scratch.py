from __future__ import annotations

import numpy as np

from pvfalsifiers.blocks.scratch import Scratch


def test_a_buffer_is_used_again_and_grows_where_it_must() -> None:
    scratch = Scratch()
    first = scratch.take("values", (4, 2), np.float32)
    assert np.shares_memory(first, scratch.take("values", (3,), "V8"))
    assert not np.shares_memory(first, scratch.take("other", (1,), np.uint8))
    grown = scratch.take("values", (5, 2), np.float32)
    assert not np.shares_memory(first, grown)
    assert np.shares_memory(grown, scratch.take("values", (1,), np.uint8))


def test_nothing_is_taken_for_an_empty_shape() -> None:
    assert Scratch().take("values", (3, 0), np.float32).shape == (3, 0)
