from __future__ import annotations

import itertools
import statistics
from typing import TYPE_CHECKING

import pytest

from pvengine.plugin import NotComparableError, Trial
from pvfalsifiers.models import NAMES, ModelError, Trace, embed, forward_traced

if TYPE_CHECKING:
    from pvfalsifiers.models import Model

TOKENS = [1, 260, 262, 5]


@pytest.fixture(scope="module")
def trace(model: Model) -> Trace:
    return forward_traced(model, TOKENS)


def test_every_array_has_a_row_for_each_token(model: Model, trace: Trace) -> None:
    found = model.hyperparameters
    queries, keys = found.heads * found.head_width, found.key_heads * found.head_width
    widths = {"q": queries, "k": keys, "v": keys}
    widths |= dict.fromkeys(("gate", "up", "activation", "inner"), found.inner)
    for layer in range(found.layers):
        for name in NAMES:
            array = trace.array(layer, name)
            assert (array.shape, array.dtype.name) == ((4, widths.get(name, found.width)), "float32")
    assert trace.logits.shape == (4, model.embeddings.rows)
    assert trace.tokens == tuple(TOKENS)


def test_a_layer_reads_what_the_one_before_handed_on(model: Model, trace: Trace) -> None:
    assert trace.read_hidden(0).tobytes() == embed(model, TOKENS).tobytes()
    assert trace.read_hidden(1) is trace.array(0, "residual")


@pytest.mark.parametrize("name", NAMES)
def test_std_divides_by_n_and_is_taken_over_tokens_and_elements(trace: Trace, name: str) -> None:
    rows = trace.array(1, name).astype(float).tolist()
    assert trace.std(1, name) == pytest.approx(statistics.pstdev(itertools.chain(*rows)), rel=1e-12)
    assert trace.std(1, name, tokens="last") == pytest.approx(statistics.pstdev(rows[-1]), rel=1e-12)


def test_a_trial_compares_like_with_like_alone(model: Model, trace: Trace) -> None:
    other, trial = forward_traced(model, TOKENS, "B"), Trial(None, seed=0)
    a = trial.statistic(**trace.describe_std(1, "inner", "last"))
    b = trial.statistic(**other.describe_std(1, "inner", "last"))
    trial.compare("std_ratio", a, b)
    measured = trial.measurements["std_ratio"]
    assert float(measured.value) == trace.std(1, "inner", "last") / other.std(1, "inner", "last")
    assert (
        measured.population
        == f"tokens: 1, elements: {model.hyperparameters.inner}; inner, layer 1, the last token"
    )
    assert (measured.aggregation, measured.normalisation) == ("ratio of std", "n")
    whole = trial.statistic(**trace.describe_std(1, "inner", "all"))
    with pytest.raises(NotComparableError, match="tokens"):
        trial.compare("artefact", whole, b)
    assert trial.refusal is not None


@pytest.mark.parametrize(
    ("layer", "name", "tokens", "said"),
    [
        (-1, "inner", "all", "no layer -1"),
        (99, "inner", "all", "no layer 99"),
        (0, "outer", "all", "no 'outer'"),
        (0, "inner", "first", "no tokens are called 'first'"),
    ],
)
def test_refuses_what_it_has_not(trace: Trace, layer: int, name: str, tokens: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        trace.std(layer, name, tokens)
