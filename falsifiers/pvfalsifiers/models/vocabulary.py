"""The vocabulary of a model: special tokens, and the text between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

from pvfalsifiers.models.byte_pairs import BytePairs
from pvfalsifiers.models.errors import ModelError
from pvfalsifiers.models.sentence_pieces import SPACE, SentencePieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvfalsifiers.models.gguf_file import GgufFile

__all__ = ["Kind", "Vocabulary", "read_vocabulary"]

_KEY = "tokenizer.ggml."


class Kind(IntEnum):
    """What a token is, as the file numbers it."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


_SPECIAL = (Kind.UNKNOWN, Kind.CONTROL)


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model.

    Parameters
    ----------
    where
        The file, for messages.
    texts, kinds
        The text of each token as the file has it, and what it is.
    splitter
        What splits a text without special tokens.
    begin, end
        What is put before and after every text, where the model wants it.
    unknown
        What stands for a byte that the vocabulary has not.
    space_prefix
        Whether a space is put before a text, and before what follows a special token.
    """

    where: str
    texts: Sequence[str] = field(repr=False)
    kinds: Sequence[int] = field(repr=False)
    splitter: BytePairs | SentencePieces = field(repr=False)
    begin: int | None
    end: int | None
    unknown: int | None
    space_prefix: bool

    def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """Split a text; see `Model.tokenize`."""
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise self._refuse(
                f"the text has a lone surrogate at character {error.start}", "a text is Unicode"
            ) from error
        found = [] if self.begin is None else [self.begin]
        is_after_special = True
        for part in self._cut(text, special=special):
            if isinstance(part, int):
                found.append(part)
            else:
                found += self._split(" " + part if self.space_prefix and is_after_special else part)
            is_after_special = isinstance(part, int)
        return found if self.end is None else [*found, self.end]

    def detokenize(self, tokens: Sequence[int], *, special: bool = False) -> str:
        """Join tokens; see `Model.detokenize`."""
        for token in tokens:
            if not 0 <= token < len(self.texts):
                raise self._refuse(f"{token!r} is no token", f"tokens are 0 to {len(self.texts) - 1}")
        kept = [token for token in tokens if special or self.kinds[token] not in _SPECIAL]
        text = b"".join(self._read_bytes(token) for token in kept).decode(errors="replace")
        return text[1:] if self.space_prefix and text.startswith(" ") else text

    def _split(self, text: str) -> list[int]:
        numbers = self.splitter.split(text)
        if None in numbers and self.unknown is None:
            raise self._refuse(
                f"a byte of {text!r:.40} is not in the vocabulary", "it has no token for what is unknown"
            )
        return [self.unknown if number is None else number for number in numbers]  # type: ignore[misc] # checked

    def _read_bytes(self, token: int) -> bytes:
        text, kind = self.texts[token], self.kinds[token]
        if kind in (Kind.UNKNOWN, Kind.CONTROL, Kind.USER_DEFINED):
            return text.encode()
        if isinstance(self.splitter, BytePairs):
            return self.splitter.join(text)
        return bytes([int(text[3:5], 16)]) if kind == Kind.BYTE else text.replace(SPACE, " ").encode()

    def _cut(self, text: str, *, special: bool) -> list[str | int]:
        """Cut a text where a special token stands in it: the longest names first, as llama.cpp does."""
        parts: list[str | int] = [text]
        for name, number in self._names:
            if name not in text or not (special or self.kinds[number] == Kind.USER_DEFINED):
                continue
            parts = [piece for part in parts for piece in _cut_at(part, name, number)]
        return [part for part in parts if part != ""]

    @cached_property
    def _names(self) -> list[tuple[str, int]]:
        wanted = (*_SPECIAL, Kind.USER_DEFINED)
        names = [
            (text, number)
            for number, (text, kind) in enumerate(zip(self.texts, self.kinds, strict=True))
            if kind in wanted and text
        ]
        return sorted(names, key=lambda pair: -len(pair[0].encode()))

    def _refuse(self, what: str, why: str) -> ModelError:
        return ModelError(what, where=self.where, why=why, fix="give another text, or tokens")


def _cut_at(part: str | int, name: str, number: int) -> list[str | int]:
    if isinstance(part, int):
        return [part]
    first, *others = part.split(name)
    pieces: list[str | int] = [first]
    for other in others:
        pieces += [number, other]
    return pieces


def read_vocabulary(file: GgufFile, rows: int) -> Vocabulary:
    """Read the vocabulary of a model.

    Parameters
    ----------
    file
        The open file.
    rows
        How many embeddings there are.

    Raises
    ------
    ModelError
        There is none, it is of an unknown kind, or its parts do not fit.
    """
    model = file.get(_KEY + "model", str)
    texts, kinds = file.get(_KEY + "tokens", list), file.get(_KEY + "token_type", list)
    if not len(texts) == len(kinds) <= rows or not all(isinstance(text, str) for text in texts):
        raise file.refuse(
            f"it has {len(texts)} tokens, {len(kinds)} kinds and {rows} embeddings",
            "each token is a text, has a kind and an embedding",
        )
    numbers = {text: number for number, text in reversed(list(enumerate(texts)))}
    splitter = _make_splitter(file, model, numbers)
    is_pieces = model == "llama"
    begin = _read_number(file, "bos_token_id", len(texts))
    end = _read_number(file, "eos_token_id", len(texts))
    return Vocabulary(
        where=str(file.path),
        texts=texts,
        kinds=kinds,
        splitter=splitter,
        begin=begin if file.find(_KEY + "add_bos_token", bool, is_pieces) else None,
        end=end if file.find(_KEY + "add_eos_token", bool, default=False) else None,
        unknown=_read_number(file, "unknown_token_id", len(texts)),
        space_prefix=is_pieces and file.find(_KEY + "add_space_prefix", bool, default=True),
    )


def _make_splitter(file: GgufFile, model: str, numbers: dict[str, int]) -> BytePairs | SentencePieces:
    if model == "gpt2":
        merges = file.get(_KEY + "merges", list)
        for merge in merges:
            if not isinstance(merge, str) or " " not in merge:
                raise file.refuse(f"one of its merges is {merge!r:.40}", "a merge is a text of two parts")
        return BytePairs(numbers, merges, file.find(_KEY + "pre", str, "default"))
    if model != "llama":
        raise file.refuse(
            f"its vocabulary is of the kind {model!r}",
            "the kinds known are gpt2 and llama",
            "give tokens instead of a text, or use another model",
        )
    scores = file.get(_KEY + "scores", list)
    if len(scores) < len(numbers):
        raise file.refuse(f"{len(scores)} scores for {len(numbers)} tokens", "each token has a score")
    return SentencePieces(numbers, scores)


def _read_number(file: GgufFile, name: str, count: int) -> int | None:
    number: int | None = file.find(_KEY + name, int)
    if number is not None and not 0 <= number < count:
        raise file.refuse(f"{_KEY + name!r} is {number}", f"tokens are 0 to {count - 1}")
    return number
