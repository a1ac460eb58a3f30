"""Each product of path B is llama.cpp's on the quantised weights, when it gets llama.cpp's activations.

End to end the two drift apart: one activation that is rounded to the other side changes all that follows. See
docs/how-to/test-with-real-models.md.
"""

from __future__ import annotations

import numpy as np
import pytest
from subjects import GEMMA, SMOLLM2, Subject

from pvfalsifiers.blocks import FORMATS, QuantisedMatrix, dequantize, multiply, quantize_activations

pytestmark = pytest.mark.models

PROMPT = "The capital of France is"
BOUND = 1e-6
OPERATIONS = (
    ("q", "attn_norm", "Qcur"),
    ("k", "attn_norm", "Kcur"),
    ("v", "attn_norm", "Vcur"),
    ("gate", "ffn_norm", "ffn_gate"),
    ("up", "ffn_norm", "ffn_up"),
)
"""The matrix, and llama.cpp's names of what it multiplies and of what comes out."""
MORE = {
    SMOLLM2: (("attention_out", "kqv_out", "attn_out"), ("down", "ffn_swiglu", "ffn_out")),
    GEMMA: (("down", "ffn_geglu", "ffn_out"),),
}


def _find_settled(matrix: QuantisedMatrix, x: np.ndarray) -> np.ndarray:
    """Return which tokens ggml's reference and its SIMD kernels round alike: they differ in ties."""
    kind = FORMATS[matrix.format].activations
    if kind == "Q8_K":
        return np.ones(len(x), bool)
    reference, simd = (quantize_activations(x, kind, rounding).quants for rounding in ("reference", "simd"))
    return np.all((reference == simd).reshape(len(x), -1), axis=1)


def _measure_scale(matrix: QuantisedMatrix, x: np.ndarray) -> np.ndarray:
    """Return the sum of |x| times the largest weight of the group.

    Not sum|w x|: a weight is scale * quant + offset, and both products are rounded before they cancel. That
    matters for the first token: one activation is a thousand times the others, and may meet such a weight.
    """
    weights = np.abs(dequantize(matrix.data, matrix.format)).reshape(matrix.rows, -1, 32)
    largest = np.repeat(weights.max(axis=-1), 32, axis=-1)
    return np.abs(x.astype(np.float64)) @ largest.T


@pytest.mark.parametrize("subject", MORE, ids=lambda subject: subject.file)
def test_each_product_of_path_b_is_that_of_llama_cpp(subject: Subject) -> None:
    _, trace = subject.quantized.trace(subject.quantized.tokenize(PROMPT))
    worst, compared, total = 0.0, 0, 0
    for layer, weights in enumerate(subject.model.layers):
        for name, before, after in (*OPERATIONS, *MORE[subject]):
            matrix = getattr(weights, name)
            x = trace[f"{before}-{layer}"].reshape(-1, matrix.columns)
            theirs = trace[f"{after}-{layer}"].reshape(len(x), matrix.rows)
            settled = _find_settled(matrix, x)
            errors = np.abs(multiply(matrix, x, "B") - theirs) / _measure_scale(matrix, x)
            worst = max(worst, float(errors[settled].max(initial=0)))
            compared += int(np.count_nonzero(settled))
            total += len(x)
    assert worst <= BOUND
    assert compared > 500
    assert compared > 0.9 * total
