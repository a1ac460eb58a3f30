"""The models under test: ours on either path, and the same weights in llama.cpp."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import fetch
import llamacpp
import numpy as np
import pytest
from prompts import CHATS, PROMPTS
from reexport import export_f32

from pvfalsifiers.models import Model, forward, load
from pvfalsifiers.models.operations import gelu

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

COUNT, TIE = 5, 0.02
"""How many of the most probable tokens are compared, and which difference of log-probabilities is a tie."""


@dataclass(frozen=True)
class Subject:
    """A model of the pins, and how far path A may be from llama.cpp."""

    name: str
    file: str
    allowed: float

    @functools.cached_property
    def path(self) -> Path:
        """The file; the test is skipped where it is absent."""
        (pin,) = (pin for pin in fetch.read_pins()["files"] if pin["file"] == self.file)
        path = fetch.locate(pin, fetch.FOLDER)
        if not path.is_file():
            pytest.skip(f"{self.file} is absent: run `make models`")
        return path

    @functools.cached_property
    def model(self) -> Model:
        """The model as this project reads it."""
        return load(self.path)

    @functools.cached_property
    def model_with_table(self) -> Model:
        """The same with the GELU that ggml computes: looked up for its float16 argument, as a float16."""
        found = dataclasses.replace(self.model.hyperparameters, activation="gelu_from_table")
        return dataclasses.replace(self.model, hyperparameters=found)

    @functools.cached_property
    def reference(self) -> llamacpp.LlamaCpp:
        """Llama.cpp on an F32 re-export of the model: what path A is compared with."""
        return _open(export_f32(self.path, fetch.FOLDER / f"{self.path.stem}.f32.gguf"))

    @functools.cached_property
    def quantized(self) -> llamacpp.LlamaCpp:
        """Llama.cpp on the model as it is: what path B is like."""
        return _open(self.path)

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompts of this model."""
        return (*PROMPTS, CHATS[self.model.hyperparameters.architecture])


SMOLLM2 = Subject("SmolLM2-135M-Instruct Q4_1", "SmolLM2-135M-Instruct.Q4_1.gguf", 1e-3)
GEMMA = Subject("Gemma 3 270M Q4_K_M", "gemma3-270m-q4_k_m.gguf", 2e-2)
SUBJECTS = (SMOLLM2, GEMMA)


@functools.cache
def predict(
    subject: Subject, tokens: tuple[int, ...], path: str = "A", *, table: bool = False
) -> NDArray[np.float64]:
    """Return our log-probability of each token of the vocabulary after the last of ``tokens``.

    With ``table``, the GELU is ggml's.
    """
    model = subject.model_with_table if table else subject.model
    return llamacpp.normalize(forward(model, tokens, path)[-1])


def predict_with_exact_gelu(
    subject: Subject, tokens: Sequence[int]
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float32]]]:
    """Return what llama.cpp predicts when its GELU is computed in float32 as path A does, and its trace."""
    return subject.reference.trace(tokens, _replace_geglu)


def _replace_geglu(name: str, trace: dict[str, NDArray[np.float32]]) -> NDArray[np.float32] | None:
    kind, _, layer = name.partition("-")
    if kind != "ffn_geglu":
        return None
    return gelu(trace[f"ffn_gate-{layer}"]) * trace[f"ffn_up-{layer}"]


def list_top(scores: NDArray[np.float64]) -> set[int]:
    """Return the most probable tokens."""
    return {int(token) for token in np.argsort(-scores, kind="stable")[:COUNT]}


def list_unlike(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> set[int]:
    """Return the tokens that are among the most probable of one side alone, ties left out.

    A tie: on the other side, the token is less than TIE below the last of the most probable.
    """
    tops = list_top(ours), list_top(theirs)
    unlike = set()
    for top, others, scores in ((tops[0], tops[1], theirs), (tops[1], tops[0], ours)):
        last = min(scores[token] for token in others)
        unlike |= {token for token in top - others if last - scores[token] > TIE}
    return unlike


def _open(path: Path) -> llamacpp.LlamaCpp:
    if llamacpp.find_library() is None:
        pytest.skip("xllamacpp is not installed: run `make models`")
    return llamacpp.LlamaCpp(path)
