"""One forward pass, of which each layer's spreads are kept and nothing else.

A trace of a whole model holds every array of every layer. Here the spread of an array is taken when its layer
has run, so that a long prompt and a large model need the memory of one layer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.models import Model, embed, forward_layer, project_logits
from pvfalsifiers.models.trace import standard_deviation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from pvfalsifiers.models.trace import Path

__all__ = ["MOST_PROBABLE", "NextToken", "PassFacts", "Spread", "rank_next_tokens", "run_pass"]

MOST_PROBABLE = 5
"""How many next tokens are told."""


@dataclass(frozen=True)
class Spread:
    """The population standard deviation of one array, in float64, and what it was taken over.

    Parameters
    ----------
    over_all, over_last
        Over all tokens and elements, and over the elements of the last token alone.
    elements
        Elements of each token.
    """

    over_all: float
    over_last: float
    elements: int


@dataclass(frozen=True)
class NextToken:
    """A token that may follow the prompt.

    Parameters
    ----------
    token
        Its number.
    log_probability
        Natural logarithm of its probability among all tokens of the vocabulary.
    """

    token: int
    log_probability: float


@dataclass(frozen=True)
class PassFacts:
    """What one forward pass told.

    Parameters
    ----------
    path
        Which path was taken.
    spreads
        By layer and name, those that were asked for.
    next_tokens
        The most probable ones, the first of them first.
    seconds
        How long it took.
    """

    path: Path
    spreads: Mapping[tuple[int, str], Spread]
    next_tokens: tuple[NextToken, ...]
    seconds: float


def run_pass(  # noqa: PLR0913 - the five that are one question, and who listens
    model: Model,
    tokens: Sequence[int],
    path: Path,
    *,
    layers: Collection[int],
    tensors: Collection[str],
    progress: Callable[[int], None] = lambda _: None,
) -> PassFacts:
    """Run a model on a prompt, and keep the spreads of some layers and tensors.

    Parameters
    ----------
    model, tokens, path
        As for `pvfalsifiers.models.forward_traced`, whose figures these are to the bit.
    layers, tensors
        Of which spreads are kept. All layers run.
    progress
        Called with the number of layers that have run.

    Returns
    -------
    PassFacts
        The next tokens come from the logits of the last position alone; they may differ in the last bits from
        those of `forward`, which multiplies all positions at once.

    Raises
    ------
    ModelError
        A token is not in the vocabulary, or activations are not finite on path B.
    """
    begin = time.perf_counter()
    spreads: dict[tuple[int, str], Spread] = {}
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # what is not finite is told as such
        hidden = embed(model, tokens)
        for layer in range(len(model.layers)):
            record = _make_record(spreads, layer, tensors) if layer in layers else None
            hidden = forward_layer(model, layer, hidden, path, record=record)
            progress(layer + 1)
        logits = project_logits(model, np.ascontiguousarray(hidden[-1:]), path)[0]
        ranked = rank_next_tokens(logits)
    return PassFacts(path, spreads, ranked, time.perf_counter() - begin)


def _make_record(
    spreads: dict[tuple[int, str], Spread], layer: int, tensors: Collection[str]
) -> Callable[[str, NDArray[np.float32]], None]:
    def record(name: str, values: NDArray[np.float32]) -> None:
        if name in tensors:
            spreads[layer, name] = Spread(
                standard_deviation(values), standard_deviation(values[-1:]), values.shape[1]
            )

    return record


def rank_next_tokens(logits: NDArray[np.float32]) -> tuple[NextToken, ...]:
    """Return the most probable tokens with the logarithms of their probabilities, computed in float64.

    Of equally probable tokens the one with the smaller number comes first.

    Examples
    --------
    >>> [each.token for each in rank_next_tokens(np.array([0, 2, 1, 2], np.float32))]
    [1, 3, 2, 0]
    """
    wide = logits.astype(np.float64)
    wide -= wide.max()
    wide -= np.log(np.exp(wide).sum())
    first = np.argsort(-wide, kind="stable")[:MOST_PROBABLE]
    return tuple(NextToken(int(token), float(wide[token])) for token in first)
