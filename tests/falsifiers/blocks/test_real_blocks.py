"""Blocks of a real model, and what ggml made of them; data/README.md tells whose they are."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pvfalsifiers.blocks import FORMATS, QuantisedMatrix, dequantize, dot, multiply, quantize_activations

_CONTENT = json.loads((Path(__file__).with_name("data") / "blocks.json").read_text(encoding="utf-8"))
_SHAPE = _CONTENT["source"]["rows"], _CONTENT["source"]["columns"]
_X = np.array([(37 * i % 101 - 50) * 0.0625 + (i % 7) * 0.5 for i in range(_SHAPE[1])], np.float32)


def read(name: str) -> tuple[np.ndarray, dict[str, Any]]:
    entry = _CONTENT["formats"][name]
    data = np.frombuffer(base64.b64decode(entry["data"]), np.uint8)
    return data.reshape(_SHAPE[0], FORMATS[name].count_row_bytes(_SHAPE[1])), entry


def test_every_quantised_format_but_q5_1_is_there() -> None:
    assert set(_CONTENT["formats"]) == {"Q4_0", "Q4_1", "Q5_0", "Q8_0", "Q4_K", "Q5_K", "Q6_K"}


@pytest.mark.parametrize("name", _CONTENT["formats"])
def test_weights_have_the_bits_of_ggml(name: str) -> None:
    data, entry = read(name)
    weights = dequantize(data, name).astype("<f4")
    assert 0.01 < weights.std() < 1
    assert hashlib.sha256(weights.tobytes()).hexdigest() == entry["weights_sha256"]


@pytest.mark.parametrize("name", _CONTENT["formats"])
def test_dots_have_the_bits_of_ggml(name: str) -> None:
    data, entry = read(name)
    dots = dot(data, name, quantize_activations(_X, FORMATS[name].activations))
    assert [f"{bits:08x}" for bits in dots.view(np.uint32)] == entry["dots"]


@pytest.mark.parametrize("name", _CONTENT["formats"])
def test_products_are_near_them(name: str) -> None:
    data, entry = read(name)
    expected = np.array([int(bits, 16) for bits in entry["dots"]], np.uint32).view(np.float32)
    product = multiply(QuantisedMatrix(name, *_SHAPE, data), _X[None], "B")[0]
    size = np.abs(dequantize(data, name)).astype(np.float64) @ np.abs(_X)
    assert np.all(np.abs(product - expected) <= 1e-6 * size)


def test_formats_of_more_bits_are_nearer_to_the_weights() -> None:
    """Among those without offsets: Q4_K meets four bits with offsets, as the original has, like Q5_K."""
    original = dequantize(read("Q4_1")[0], "Q4_1")
    errors = {name: float(np.std(dequantize(read(name)[0], name) - original)) for name in _CONTENT["formats"]}
    assert errors["Q8_0"] < errors["Q5_0"] < errors["Q4_0"]
    assert errors["Q4_1"] == 0
