"""Byte-pair vocabularies as GPT-2's: words are split off by a pattern, and their bytes merged by rank."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pvfalsifiers.models.errors import ModelError
from pvfalsifiers.models.merging import merge_symbols

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SPLITS", "BytePairs", "map_bytes"]

_ENDINGS = r"'s|'t|'re|'ve|'m|'ll|'d"
_ENDINGS_ANY_CASE = r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
_GPT2 = _ENDINGS + r"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_QWEN2 = (
    _ENDINGS_ANY_CASE + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

SPLITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"gpt-2": (_GPT2,), "smollm": (r"\p{N}", _GPT2), "qwen2": (_QWEN2,)}
)
"""How a text is split before merging, by `tokenizer.ggml.pre`: each pattern splits what the last one left."""


class BytePairs:
    """Splits a text that has no special tokens.

    Parameters
    ----------
    numbers
        The number of each token by its text, bytes written as `map_bytes` does.
    merges
        Pairs, the best first, each two texts with a space between.
    pre
        Which of `SPLITS`.

    Raises
    ------
    ModelError
        The way to split is unknown, or the package `regex` is missing.
    """

    def __init__(self, numbers: Mapping[str, int], merges: list[str], pre: str) -> None:
        if pre not in SPLITS:
            raise ModelError(
                f"texts are split in the way {pre!r}",
                why=f"the ways known are {', '.join(SPLITS)}",
                fix="give tokens instead of a text, or use another model",
            )
        self._patterns = [_compile(pattern) for pattern in SPLITS[pre]]
        self._numbers = numbers
        pairs = (tuple(merge.split(" ", 1)) for merge in merges)
        self._ranks = {pair: rank for rank, pair in reversed(list(enumerate(pairs)))}

    def split(self, text: str) -> list[int | None]:
        """Return the number of each token; None for a byte that the vocabulary has not.

        Raises
        ------
        UnicodeEncodeError
            The text has lone surrogates.
        """
        table = map_bytes()
        found: list[int | None] = []
        for word in self._find_words(text):
            written = "".join(table[byte] for byte in word.encode())
            for symbol in merge_symbols(written, self._rank):
                if symbol in self._numbers:
                    found.append(self._numbers[symbol])
                else:
                    found.extend(self._numbers.get(character) for character in symbol)
        return found

    @staticmethod
    def join(text: str) -> bytes:
        """Return the bytes that the text of a token stands for."""
        back = {character: byte for byte, character in map_bytes().items()}
        return b"".join(
            bytes([back[character]]) if character in back else character.encode() for character in text
        )

    def _rank(self, left: str, right: str) -> int | None:
        return self._ranks.get((left, right))

    def _find_words(self, text: str) -> list[str]:
        words = [text]
        for pattern in self._patterns:
            words = [part for word in words for part in _cut(word, pattern)]
        return words


def _cut(text: str, pattern: Any) -> list[str]:
    """Cut a text before and after each match; nothing is lost."""
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [text[end : match.start()], match.group()]
        end = match.end()
    return [part for part in (*parts, text[end:]) if part]


@cache
def map_bytes() -> Mapping[int, str]:
    """Return the character that each byte is written as: itself where it prints, else from U+0100 up.

    Examples
    --------
    >>> map_bytes()[ord("a")], map_bytes()[ord(" ")]
    ('a', 'Ġ')
    """
    printing = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = (byte for byte in range(256) if byte not in printing)
    moved = {byte: chr(0x100 + place) for place, byte in enumerate(others)}
    return MappingProxyType({byte: moved.get(byte, chr(byte)) for byte in range(256)})


def _compile(pattern: str) -> Any:
    try:
        import regex  # type: ignore[import-untyped] # noqa: PLC0415 - an extra without types; few texts need it
    except ImportError as error:
        raise ModelError(
            "the package regex is missing",
            why="texts are split by classes of Unicode that Python's own patterns have not",
            fix="pip install 'pvengine[models]'",
        ) from error
    return regex.compile(pattern)
