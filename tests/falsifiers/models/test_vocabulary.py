from __future__ import annotations

import heapq
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import small_models
from hypothesis import given
from hypothesis import strategies as st

from pvfalsifiers.models import Model, ModelError, byte_pairs, load
from pvfalsifiers.models.merging import merge_symbols

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = small_models.SHAPES["llama"]
WRITTEN = list(byte_pairs.map_bytes().values())
MERGES = ["a b", "Ġ a", "Ġa b", "1 2", "ab ab", "' s", "Ċ Ċ"]
PAIRS = ["<|end|>", "<|", *WRITTEN, *(merge.replace(" ", "") for merge in MERGES)]


def load_pieces(folder: Path, **metadata: Any) -> Model:
    changed = {f"tokenizer.ggml.{key}": value for key, value in metadata.items()}
    return load(small_models.write(folder / "pieces.gguf", SHAPE, metadata=changed))


def load_pairs(folder: Path, **metadata: Any) -> Model:
    kinds = [3, 4] + [1] * (len(PAIRS) - 2)
    parts = {"model": "gpt2", "pre": "smollm", "tokens": PAIRS, "token_type": kinds, "merges": MERGES}
    return load_pieces(
        folder, scores=None, unknown_token_id=None, add_bos_token=False, **{**parts, **metadata}
    )


@pytest.fixture(scope="session")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_pieces(tmp_path_factory.mktemp("pieces"))


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_pairs(tmp_path_factory.mktemp("pairs"))


def name(model: Model, tokens: list[int]) -> list[str]:
    return [model.vocabulary.texts[token] for token in tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["<s>"]),
        ("ab", ["<s>", "▁ab"]),
        ("abcd", ["<s>", "▁", "abcd"]),
        (" abc", ["<s>", "▁", "▁ab", "c"]),
        ("dab", ["<s>", "▁", "d", "ab"]),
        ("é!", ["<s>", "▁", "<0xC3>", "<0xA9>", "<0x21>"]),
        ("a<turn>a<turn><turn>", ["<s>", "▁a", "<turn>", "▁a", "<turn>", "<turn>"]),
        ("a</s>", ["<s>", "▁a", "</s>"]),
    ],
)
def test_pieces_are_merged_by_score(pieces: Model, text: str, expected: list[str]) -> None:
    assert name(pieces, pieces.tokenize(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("ab ac", ["ab", "Ġa", "c"]),
        ("abab", ["abab"]),
        ("a12", ["a", "1", "2"]),
        ("it's", ["i", "t", "'s"]),
        ("\n\n\na", ["ĊĊ", "Ċ", "a"]),
        ("é", ["Ã", "©"]),
        ("a<|end|>b", ["a", "<|end|>", "b"]),
        ("a<|b", ["a", "<|", "b"]),
    ],
)
def test_byte_pairs_are_merged_by_rank_within_words(pairs: Model, text: str, expected: list[str]) -> None:
    assert name(pairs, pairs.tokenize(text)) == expected


@pytest.mark.parametrize(
    ("pre", "text", "expected"),
    [
        ("gpt-2", "a12 b", ["a", "12", " b"]),
        ("smollm", "a12 b", ["a", "1", "2", " b"]),
        ("qwen2", "a12 b", ["a", "1", "2", " b"]),
        ("gpt-2", "I'LL  x\n y", ["I", "'", "LL", " ", " x", "\n", " y"]),
        ("qwen2", "I'LL  x\n y", ["I", "'LL", " ", " x", "\n", " y"]),
        ("gpt-2", "a.b", ["a", ".", "b"]),
        ("qwen2", "a.b!\n", ["a", ".b", "!\n"]),
        ("smollm", "a  1", ["a", "  ", "1"]),
        ("gpt-2", "a  1", ["a", " ", " 1"]),
    ],
)
def test_words_are_split_as_the_file_says(pre: str, text: str, expected: list[str]) -> None:
    assert byte_pairs.BytePairs({}, [], pre)._find_words(text) == expected


def test_names_of_control_tokens_may_be_text(pairs: Model, pieces: Model) -> None:
    assert name(pairs, pairs.tokenize("<|end|>", special=False)) == ["<|", "e", "n", "d", "|", ">"]
    assert "<turn>" in name(pieces, pieces.tokenize("<turn>", special=False))
    assert "</s>" not in name(pieces, pieces.tokenize("</s>", special=False))


@given(st.text())
def test_texts_come_back(pairs: Model, pieces: Model, text: str) -> None:
    assert pairs.detokenize(pairs.tokenize(text, special=False)) == text
    assert pieces.detokenize(pieces.tokenize(text, special=False)) == text.replace("▁", " ")


def test_control_tokens_are_written_where_asked(pieces: Model) -> None:
    tokens = pieces.tokenize("a</s>")
    assert pieces.detokenize(tokens) == "a"
    assert pieces.detokenize(tokens, special=True) == "<s> a</s>"


def test_bytes_that_are_no_utf8_are_replaced(pieces: Model) -> None:
    assert pieces.detokenize([4 + 0xC3, 4 + 0x41]) == "\ufffdA"


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"add_bos_token": False}, ["▁a"]),
        ({"add_eos_token": True}, ["<s>", "▁a", "</s>"]),
        ({"add_space_prefix": False}, ["<s>", "a"]),
        ({"bos_token_id": 3}, ["<turn>", "▁a"]),
    ],
)
def test_the_file_says_what_is_put_around_a_text(
    tmp_path: Path, metadata: dict[str, Any], expected: list[str]
) -> None:
    model = load_pieces(tmp_path, **metadata)
    assert name(model, model.tokenize("a")) == expected


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"model": "bert"}, "of the kind 'bert'"),
        ({"tokens": None}, "'tokenizer.ggml.tokens' is not in the metadata"),
        ({"tokens": ["a"]}, "1 tokens, 277 kinds and 277 embeddings"),
        ({"tokens": [1] * 277}, "each token is a text"),
        ({"scores": [0.0]}, "1 scores for 277 tokens"),
        ({"scores": None}, "'tokenizer.ggml.scores' is not in the metadata"),
        ({"bos_token_id": 277}, "'tokenizer.ggml.bos_token_id' is 277"),
        ({"model": "gpt2", "merges": ["a b"], "pre": "tekken"}, "in the way 'tekken'"),
        ({"model": "gpt2"}, "'tokenizer.ggml.merges' is not in the metadata"),
        ({"model": "gpt2", "pre": "smollm", "merges": [1]}, "a merge is a text of two"),
    ],
)
def test_a_vocabulary_that_cannot_be_is_an_error_when_it_is_used(
    tmp_path: Path, metadata: dict[str, Any], said: str
) -> None:
    model = load_pieces(tmp_path, **metadata)
    with pytest.raises(ModelError) as caught:
        model.tokenize("a")
    assert said in str(caught.value)
    assert caught.value.fix


def test_what_no_token_stands_for_is_unknown_or_an_error(tmp_path: Path) -> None:
    tokens = [text if text != "<0x21>" else "<none>" for text in small_models.PIECES + small_models.MERGES]
    model = load_pieces(tmp_path, tokens=tokens)
    assert name(model, model.tokenize("a!")) == ["<s>", "▁a", "<unk>"]
    model = load_pieces(tmp_path, tokens=tokens, unknown_token_id=None)
    with pytest.raises(ModelError, match="a byte of ' a!' is not in the vocabulary"):
        model.tokenize("a!")


def test_what_merges_to_no_token_is_written_byte_by_byte(tmp_path: Path) -> None:
    model = load_pairs(tmp_path, merges=["x y", *MERGES])
    assert name(model, model.tokenize("xy ab")) == ["x", "y", "Ġ", "ab"]


def test_lone_surrogates_and_numbers_beyond_the_vocabulary_are_errors(pieces: Model) -> None:
    with pytest.raises(ModelError, match="a lone surrogate at character 1"):
        pieces.tokenize("a\ud800")
    with pytest.raises(ModelError, match="277 is no token"):
        pieces.detokenize([277])


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "regex", None)
    with pytest.raises(ModelError, match="package regex is missing"):
        byte_pairs.BytePairs({}, [], "gpt-2")


@given(st.text("abc", max_size=12), st.permutations(["aa", "ab", "ba", "bb", "aab", "abb", "abab", "ca"]))
def test_merging_is_that_of_looking_through_all_pairs_each_time(text: str, order: list[str]) -> None:
    ranks = {merged: rank for rank, merged in enumerate(order)}
    slow = list(text)
    while True:
        found = [(ranks[a + b], i) for i, (a, b) in enumerate(pairwise(slow)) if a + b in ranks]
        if not found:
            break
        place = heapq.nsmallest(1, found)[0][1]
        slow[place : place + 2] = [slow[place] + slow[place + 1]]
    assert merge_symbols(text, lambda a, b: ranks.get(a + b)) == slow
