"""What sets Gemma's log-probabilities apart from llama.cpp's: ggml looks GELU up in a table of float16."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from llamacpp import load_library
from subjects import GEMMA, predict, predict_with_exact_gelu

from pvfalsifiers.models.operations import gelu, gelu_from_table

pytestmark = pytest.mark.models

PROMPTS = ("What is 2+2?", "The capital of France is", "def add(a, b):\n    return")


def test_gelu_of_ggml_is_its_table() -> None:
    _, trace = GEMMA.reference.trace(GEMMA.reference.tokenize(PROMPTS[0]))
    table = (ctypes.c_uint16 * 2**16).in_dll(load_library(), "ggml_table_gelu_f16")
    values = np.ctypeslib.as_array(table).view(np.float16).astype(np.float32)
    for layer in range(17):
        gate, up = trace[f"ffn_gate-{layer}"], trace[f"ffn_up-{layer}"]
        looked_up = values[gate.astype(np.float16).view(np.uint16)]
        looked_up = np.where(gate <= -10, np.float32(0), np.where(gate >= 10, gate, looked_up))
        assert np.array_equal(looked_up * up, trace[f"ffn_geglu-{layer}"])


def test_our_table_is_that_of_ggml_but_for_some_last_bits() -> None:
    GEMMA.reference.predict([2])  # the library has filled its table
    table = (ctypes.c_uint16 * 2**16).in_dll(load_library(), "ggml_table_gelu_f16")
    theirs = np.ctypeslib.as_array(table).view(np.float16)
    arguments = np.arange(2**16, dtype=np.uint16).view(np.float16)
    inside = np.abs(arguments) < 10
    ours = gelu_from_table(arguments[inside].astype(np.float32)).astype(np.float16)
    apart = np.abs(ours.astype(np.float64) - theirs[inside])
    assert np.all(apart <= np.maximum(np.spacing(np.abs(theirs[inside])), 2e-6))
    assert 0 < np.count_nonzero(apart) < 0.01 * apart.size


def test_with_an_exact_gelu_llama_cpp_is_as_near_to_path_a_as_on_smollm2() -> None:
    """The cause, and the whole of it: only the GELU of llama.cpp is replaced, and 1e-2 becomes 1e-4."""
    for prompt in PROMPTS:
        tokens = tuple(GEMMA.reference.tokenize(prompt))
        ours = predict(GEMMA, tokens)
        apart = np.abs(ours - GEMMA.reference.predict(tokens)).max()
        explained = np.abs(ours - predict_with_exact_gelu(GEMMA, tokens)[0]).max()
        assert explained < 2e-4
        assert apart > 20 * explained


def test_the_table_in_path_a_explains_a_part_only() -> None:
    """A table is a staircase: rounding errors of 1e-7 before it put some arguments onto another step."""
    errors = []
    for prompt in PROMPTS:
        tokens = tuple(GEMMA.reference.tokenize(prompt))
        theirs = GEMMA.reference.predict(tokens)
        errors.append([np.abs(predict(GEMMA, tokens, table=table) - theirs).max() for table in (False, True)])
    exact, table = np.mean(errors, axis=0)
    assert 2e-4 < table < exact


def test_gelu_in_float32_is_not_the_table() -> None:
    x = np.linspace(-4, 4, 1001, dtype=np.float32)
    assert 1e-4 < np.abs(gelu(x) - gelu_from_table(x)).max() < 4e-3
