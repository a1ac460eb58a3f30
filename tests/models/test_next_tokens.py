"""The next token of path A is llama.cpp's, on the same weights in f32."""

from __future__ import annotations

import numpy as np
import pytest
from llamacpp import normalize
from prompts import LONG
from subjects import SUBJECTS, Subject, list_unlike, predict

from pvfalsifiers.models import embed, forward_layer, project_logits

pytestmark = pytest.mark.models


def test_log_probabilities_are_those_of_llama_cpp(subject: Subject) -> None:
    largest = 0.0
    for prompt in subject.prompts:
        tokens = tuple(subject.reference.tokenize(prompt))
        difference = np.abs(predict(subject, tokens) - subject.reference.predict(tokens)).max()
        largest = max(largest, float(difference))
    assert largest <= subject.allowed
    assert largest > 0, "two implementations that agree to the last bit are one"


def test_the_five_most_probable_tokens_are_those_of_llama_cpp(subject: Subject) -> None:
    assert len(subject.prompts) >= 10
    for prompt in subject.prompts:
        tokens = tuple(subject.reference.tokenize(prompt))
        assert list_unlike(predict(subject, tokens), subject.reference.predict(tokens)) == set(), prompt


def test_a_long_prompt_is_as_in_llama_cpp(subject: Subject) -> None:
    model = subject.model
    tokens = subject.reference.tokenize(LONG)
    assert len(tokens) > max((window or 0) for window in model.hyperparameters.windows)
    hidden = embed(model, tokens)
    for layer in range(len(model.layers)):
        hidden = forward_layer(model, layer, hidden, "A")
    ours, theirs = normalize(project_logits(model, hidden[-1:], "A")[0]), subject.reference.predict(tokens)
    assert np.abs(ours - theirs).max() <= subject.allowed
    assert list_unlike(ours, theirs) == set()


@pytest.mark.parametrize("model", SUBJECTS, ids=lambda model: model.file)
def test_the_oracle_notices_another_prompt(model: Subject) -> None:
    one, other = (tuple(model.reference.tokenize(prompt)) for prompt in model.prompts[:2])
    ours, theirs = predict(model, one), model.reference.predict(other)
    assert np.abs(ours - theirs).max() > 1
    assert list_unlike(ours, theirs) != set()
