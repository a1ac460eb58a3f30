"""The harness itself: what counts as a tie, and what the re-export keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest
from llamacpp import normalize
from reexport import export_f32
from subjects import list_top, list_unlike

if TYPE_CHECKING:
    from pathlib import Path

SCORES = np.array([-1.0, -2.0, -3.0, -4.0, -5.0, -5.01, -9.0])


def test_the_most_probable() -> None:
    assert list_top(SCORES) == {0, 1, 2, 3, 4}
    assert list_unlike(SCORES, SCORES) == set()


@pytest.mark.parametrize(
    ("fifth", "unlike"),
    [(-5.0, set()), (-5.02, set()), (-5.04, {4, 5}), (-8.0, {4, 5})],
)
def test_a_tie_is_no_difference(fifth: float, unlike: set[int]) -> None:
    others = SCORES.copy()
    others[4] = fifth
    assert list_unlike(SCORES, others) <= unlike
    assert list_unlike(others, SCORES) == list_unlike(SCORES, others)
    assert bool(list_unlike(SCORES, others)) == bool(unlike)


def test_log_probabilities_sum_to_one_whatever_the_logits() -> None:
    logits = np.array([1000.0, 999.0, -1000.0], np.float32)
    found = normalize(logits)
    assert np.exp(found).sum() == pytest.approx(1, abs=1e-15)
    assert found[0] - found[1] == pytest.approx(1, abs=1e-12)


def test_a_re_export_has_the_values_and_all_but_the_quantisation(tmp_path: Path) -> None:
    source, weights = tmp_path / "a.gguf", np.linspace(-1, 1, 96, dtype=np.float32).reshape(3, 32)
    writer = gguf.GGUFWriter(source, "llama")
    writer.add_uint32("llama.block_count", 7)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_array("tokenizer.ggml.tokens", ["a", "ä"])
    packed = gguf.quantize(weights, gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("w", packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    target = export_f32(source, tmp_path / "a.f32.gguf")
    again = gguf.GGUFReader(target)
    assert again.fields["general.architecture"].contents() == "llama"
    assert again.fields["general.file_type"].contents() == gguf.LlamaFileType.ALL_F32
    assert again.fields["llama.block_count"].contents() == 7
    assert again.fields["tokenizer.ggml.tokens"].contents() == ["a", "ä"]
    (tensor,) = again.tensors
    assert tensor.tensor_type == gguf.GGMLQuantizationType.F32
    assert np.array_equal(tensor.data, gguf.dequantize(packed, gguf.GGMLQuantizationType.Q8_0))
    assert [path.name for path in tmp_path.iterdir() if path not in (source, target)] == []
