"""Every layer of the trace is as llama.cpp computes it."""

from __future__ import annotations

import numpy as np
import pytest
from subjects import GEMMA, SMOLLM2, Subject, predict_with_exact_gelu

from pvfalsifiers.models import Trace, forward_traced

pytestmark = pytest.mark.models

PROMPT = "The capital of France is"
NAMES = {
    "attention_norm": "attn_norm",
    "q": "Qcur",
    "k": "Kcur",
    "v": "Vcur",
    "ffn_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_out",
    "residual": "l_out",
}
"""Our names and llama.cpp's."""


def _list_differences(ours: Trace, theirs: dict[str, np.ndarray], names: dict[str, str]) -> dict[str, float]:
    """Return the relative L2 difference of each array; the last layer has one row in llama.cpp."""
    found = {}
    for layer in range(len(ours.layers)):
        for our, their in names.items():
            reference = theirs[f"{their}-{layer}"]
            reference = reference.reshape(-1, ours.array(layer, our).shape[1])
            values = ours.array(layer, our)[-len(reference) :]
            found[f"{our}-{layer}"] = float(np.linalg.norm(values - reference) / np.linalg.norm(reference))
    return found


def test_the_layers_of_smollm2() -> None:
    tokens = SMOLLM2.reference.tokenize(PROMPT)
    _, theirs = SMOLLM2.reference.trace(tokens)
    names = NAMES | {"inner": "ffn_swiglu", "attention_out": "attn_out"}
    found = _list_differences(forward_traced(SMOLLM2.model, tokens), theirs, names)
    assert len(found) == 30 * 11
    assert {name: size for name, size in found.items() if size > 2e-5} == {}


def test_the_layers_of_gemma_with_its_gelu_in_float32() -> None:
    tokens = GEMMA.reference.tokenize(PROMPT)
    _, theirs = predict_with_exact_gelu(GEMMA, tokens)
    found = _list_differences(forward_traced(GEMMA.model, tokens), theirs, NAMES)
    assert len(found) == 18 * 9
    assert {name: size for name, size in found.items() if size > 2e-5} == {}


def test_tracing_llama_cpp_changes_nothing_it_predicts(subject: Subject) -> None:
    tokens = subject.reference.tokenize(PROMPT)
    assert np.array_equal(subject.reference.trace(tokens)[0], subject.reference.predict(tokens))
