from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import small_models

from pvfalsifiers.models import ModelError, load

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = small_models.SHAPES["llama"]
GEMMA = small_models.SHAPES["gemma3"]


def write(tmp_path: Path, **changes: Any) -> Path:
    return small_models.write(tmp_path / "model.gguf", changes.pop("shape", SHAPE), **changes)


METADATA = {
    "architecture": ({"general.architecture": "mamba"}, "its architecture is 'mamba'"),
    "missing": ({"llama.block_count": None}, "'llama.block_count' is not in the metadata"),
    "other kind": ({"llama.block_count": "two"}, "'llama.block_count' is 'two'"),
    "list": ({"llama.attention.head_count": [4, 4]}, r"'llama.attention.head_count' is \[4, 4\]"),
    "zero": ({"llama.embedding_length": 0}, "'llama.embedding_length' is 0"),
    "huge": ({"llama.block_count": 2**31}, "'llama.block_count' is 2147483648"),
    "nan": ({"llama.attention.layer_norm_rms_epsilon": float("nan")}, "layer_norm_rms_epsilon' is nan"),
    "negative": ({"llama.rope.freq_base": -1.0}, "'llama.rope.freq_base' is -1.0"),
    "uneven groups": ({"llama.attention.head_count_kv": 3}, "4 query heads do not share 3 key heads"),
    "odd rotation": ({"llama.rope.dimension_count": 5}, "5 elements of a head of 16 are to turn"),
    "wide rotation": ({"llama.rope.dimension_count": 18}, "18 elements of a head of 16 are to turn"),
    "experts": ({"llama.expert_count": 8}, "it has experts"),
    "scaled": ({"llama.rope.scaling.type": "yarn"}, "its rotation is scaled"),
    "capped": ({"llama.final_logit_softcapping": 30.0}, "it has final_logit_softcapping"),
    "more layers": ({"llama.block_count": 3}, "the tensor 'blk.2.attn_q.weight' is missing"),
    "fewer layers": ({"llama.block_count": 1}, "the tensor 'blk.1.attn_k.weight', and 8 more, would not be"),
    "other width": ({"llama.embedding_length": 32}, r"'token_embd.weight' has the shape \(277, 64\)"),
}


@pytest.mark.parametrize(("metadata", "said"), METADATA.values(), ids=METADATA)
def test_metadata_that_cannot_be_are_an_error(tmp_path: Path, metadata: dict[str, Any], said: str) -> None:
    path = write(tmp_path, metadata=metadata)
    with pytest.raises(ModelError, match=said) as caught:
        load(path)
    assert caught.value.where == str(path)
    assert caught.value.why
    assert caught.value.fix


TENSORS = {
    "missing": ({"blk.1.ffn_up.weight": None}, "the tensor 'blk.1.ffn_up.weight' is missing"),
    "missing norm": ({"output_norm.weight": None}, "the tensor 'output_norm.weight' is missing"),
    "missing embeddings": ({"token_embd.weight": None}, "the tensor 'token_embd.weight' is missing"),
    "another shape": (
        {"blk.0.attn_k.weight": np.zeros((64, 64), np.float32)},
        r"'blk.0.attn_k.weight' has the shape \(64, 64\)",
    ),
    "a vector": ({"blk.0.attn_k.weight": np.zeros(64, np.float32)}, "it has 2 dimensions"),
    "integers": ({"blk.0.attn_k.weight": np.zeros((32, 64), np.int8)}, "'blk.0.attn_k.weight' is of type I8"),
    "a norm in f16": ({"blk.0.attn_norm.weight": np.zeros(64, np.float16)}, "is of type F16"),
    "unknown": ({"rope_freqs.weight": np.ones(8, np.float32)}, "'rope_freqs.weight', and 0 more, would not"),
}


@pytest.mark.parametrize(("tensors", "said"), TENSORS.values(), ids=TENSORS)
def test_tensors_that_do_not_fit_are_an_error(tmp_path: Path, tensors: dict[str, Any], said: str) -> None:
    path = write(tmp_path, tensors=tensors)
    with pytest.raises(ModelError) as caught:
        load(path)
    assert caught.match(said) if "dimensions" not in said else said in (caught.value.why or "")


@pytest.mark.parametrize(
    ("pattern", "windows"),
    [(None, (3, 3, 3, 3)), (2, (3, None, 3, None)), ([True, False, False, True], (3, None, None, 3))],
)
def test_gemma_says_which_layers_see_a_window(
    tmp_path: Path, pattern: Any, windows: tuple[int | None, ...]
) -> None:
    path = write(tmp_path, shape=GEMMA, metadata={"gemma3.attention.sliding_window_pattern": pattern})
    found = load(path).hyperparameters
    assert found.windows == windows
    assert found.rope_bases == tuple(10000.0 if window else 1e6 for window in windows)


def test_a_text_that_is_no_utf8_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, metadata={"tokenizer.ggml.model": "no text"})
    path.write_bytes(path.read_bytes().replace(b"no text", b"no\xfftext"))
    with pytest.raises(ModelError, match=r"the text of 'tokenizer\.ggml\.model' is not UTF-8"):
        load(path).tokenize("a")


def test_a_pattern_has_an_entry_for_each_layer(tmp_path: Path) -> None:
    path = write(tmp_path, shape=GEMMA, metadata={"gemma3.attention.sliding_window_pattern": [True]})
    with pytest.raises(ModelError, match="has 1 entries"):
        load(path)


def test_what_the_metadata_leave_out_follows_from_the_rest(tmp_path: Path) -> None:
    left_out = ("attention.key_length", "attention.value_length", "rope.dimension_count", "rope.freq_base")
    path = write(tmp_path, metadata={f"llama.{name}": None for name in left_out})
    found = load(path).hyperparameters
    assert (found.head_width, found.value_width, found.rope_width, found.rope_bases[0]) == (16, 16, 16, 1e4)
    assert (found.pairing, found.activation, found.embedding_scale) == ("adjacent", "silu", 1.0)
    assert found.attention_scale == 0.25


def test_importing_the_models_imports_no_extra() -> None:
    code = (
        "import pvfalsifiers.models, sys; print([n for n in ('gguf', 'regex', 'tqdm') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - this Python
    assert found.stdout == "[]\n"
