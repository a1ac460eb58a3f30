"""Vocabularies as SentencePiece's: characters are merged by score, what is unknown is written in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvfalsifiers.models.merging import merge_symbols

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SPACE", "SentencePieces"]

SPACE = "\u2581"
"""How a vocabulary of this kind writes a space."""


class SentencePieces:
    """Splits a text that has no special tokens.

    Parameters
    ----------
    numbers
        The number of each token by its text.
    scores
        The score of each token by its number; the higher is merged first.
    """

    def __init__(self, numbers: Mapping[str, int], scores: Sequence[float]) -> None:
        self._numbers = numbers
        self._scores = scores

    def split(self, text: str) -> list[int | None]:
        """Return the number of each token; None for a byte that the vocabulary has not.

        Raises
        ------
        UnicodeEncodeError
            The text has lone surrogates.
        """
        found: list[int | None] = []
        for symbol in merge_symbols(text.replace(" ", SPACE), self._rank):
            if symbol in self._numbers:
                found.append(self._numbers[symbol])
            else:
                found.extend(self._numbers.get(f"<0x{byte:02X}>") for byte in symbol.encode())
        return found

    def _rank(self, left: str, right: str) -> float | None:
        number = self._numbers.get(left + right)
        return None if number is None else -self._scores[number]
