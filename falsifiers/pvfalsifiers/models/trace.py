"""What a traced forward pass keeps, and the statistics of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, get_args

import numpy as np

from pvfalsifiers.models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["NAMES", "Path", "StatisticFacts", "Tokens", "Trace", "standard_deviation"]

Path: TypeAlias = Literal["A", "B"]
"""A: float32 activations. B: activations quantised as the type of each weight asks for."""
Tokens: TypeAlias = Literal["all", "last"]
"""Which positions a statistic is taken over."""

NAMES = (
    "attention_norm",
    "q",
    "k",
    "v",
    "attention_out",
    "ffn_norm",
    "gate",
    "up",
    "activation",
    "inner",
    "down",
    "residual",
)
"""What is kept of each layer, in the order in which it is computed."""


class StatisticFacts(TypedDict):
    """What `Trial.statistic` wants: the array, how it becomes one number, and what it was taken over."""

    values: NDArray[np.float32]
    reduce: Callable[[NDArray[np.float32]], float]
    axes: Sequence[str]
    which: str
    aggregation: str
    normalisation: str
    arithmetic: str


@dataclass(frozen=True)
class Trace:
    """What one forward pass computed.

    The projections q, k and v are kept as they leave their matrix and bias, before head norms and rotation;
    attention_out and down as they leave their matrix, before a norm that follows; residual is what the layer
    hands on.

    Parameters
    ----------
    path
        Which path was taken.
    tokens
        The tokens that went in.
    embeddings : float32, shape (tokens, width)
        What the first layer read, scaled where the architecture scales.
    layers
        The arrays of each layer, by the names in `NAMES`; each float32, shape (tokens, width of that name).
    logits : float32, shape (tokens, vocabulary)
        What came out.
    """

    path: Path
    tokens: tuple[int, ...]
    embeddings: NDArray[np.float32] = field(repr=False)
    layers: tuple[Mapping[str, NDArray[np.float32]], ...] = field(repr=False)
    logits: NDArray[np.float32] = field(repr=False)

    def array(self, layer: int, name: str) -> NDArray[np.float32]:
        """Return what was kept of a layer: float32, shape (tokens, width).

        Raises
        ------
        ModelError
            There is no such layer or name.
        """
        if not 0 <= layer < len(self.layers):
            raise ModelError(
                f"there is no layer {layer}",
                why=f"the layers are counted from 0 to {len(self.layers) - 1}",
                fix="name one of these",
            )
        if name not in self.layers[layer]:
            raise ModelError(
                f"the trace has no {name!r}",
                why=f"a layer's arrays are {', '.join(self.layers[layer])}",
                fix="name one of these",
            )
        return self.layers[layer][name]

    def select(self, layer: int, name: str, tokens: Tokens = "all") -> NDArray[np.float32]:
        """Return the rows of all tokens, or of the last alone: float32, shape (tokens or 1, width).

        Raises
        ------
        ModelError
            There is no such layer, name or choice of tokens.
        """
        if tokens not in get_args(Tokens):
            raise ModelError(
                f"no tokens are called {tokens!r}",
                why="a statistic is taken over all tokens or the last",
                fix="all or last",
            )
        found = self.array(layer, name)
        return found if tokens == "all" else found[-1:]

    def read_hidden(self, layer: int) -> NDArray[np.float32]:
        """Return what a layer read: float32, shape (tokens, width)."""
        return self.embeddings if layer == 0 else self.array(layer - 1, "residual")

    def std(self, layer: int, name: str, tokens: Tokens = "all") -> float:
        """Compute the population standard deviation over tokens and elements, in float64.

        Parameters
        ----------
        layer
            Counted from 0.
        name
            One of `NAMES`.
        tokens
            Over all tokens of the prompt, or over the last alone.

        Raises
        ------
        ModelError
            There is no such layer, name or choice of tokens.
        """
        return standard_deviation(self.select(layer, name, tokens))

    def describe_std(self, layer: int, name: str, tokens: Tokens = "all") -> StatisticFacts:
        """Return the same with what it was taken over, as keywords of `pvengine.plugin.Trial.statistic`.

        Two traces of one prompt give statistics of the same population; "all" and "last" do not, and neither
        do two layers or two names: the trial refuses to compare these.
        """
        which = f"{name}, layer {layer}, " + ("all tokens" if tokens == "all" else "the last token")
        return StatisticFacts(
            values=self.select(layer, name, tokens),
            reduce=standard_deviation,
            axes=("tokens", "elements"),
            which=which,
            aggregation="std",
            normalisation="n",
            arithmetic="float64 of float32",
        )


def standard_deviation(values: NDArray[np.float32]) -> float:
    """Compute sqrt(mean((x - mean(x))**2)) over all items, in float64.

    Examples
    --------
    >>> standard_deviation(np.array([[1, 3], [1, 3]], np.float32))
    1.0
    """
    return float(np.std(values, dtype=np.float64))
