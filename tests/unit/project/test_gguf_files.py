from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest
from gguf.constants import GGML_QUANT_SIZES

from pvengine.project import gguf_files
from pvengine.project.gguf_files import find_damage

if TYPE_CHECKING:
    from pathlib import Path


def make(path: Path, endianess: gguf.GGUFEndian = gguf.GGUFEndian.LITTLE, alignment: int = 32) -> bytes:
    writer = gguf.GGUFWriter(path, "llama", endianess=endianess)
    writer.add_custom_alignment(alignment)
    writer.add_token_list(["a", "bcd", "\u00e9"])
    writer.add_array("some.numbers", [1, 2, 3])
    writer.add_float64("some.number", 1.5)
    writer.add_tensor("f32", np.arange(12, dtype=np.float32).reshape(3, 4))
    blocks = gguf.quants.quantize(np.ones((2, 64), np.float32), gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("q8_0", blocks, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


@pytest.mark.parametrize("endianess", list(gguf.GGUFEndian))
@pytest.mark.parametrize("alignment", [32, 64])
def test_a_file_is_whole_to_its_last_tensor_and_truncated_before_it(
    tmp_path: Path, endianess: gguf.GGUFEndian, alignment: int
) -> None:
    path = tmp_path / "m.gguf"
    content = make(path, endianess, alignment)
    assert find_damage(path) is None
    end = len(content.rstrip(b"\0"))  # the writer pads; the last block has no byte that is zero
    path.write_bytes(content[:end])
    assert find_damage(path) is None
    for length in range(4, end, 7):
        path.write_bytes(content[:length])
        said = find_damage(path)
        assert said is not None
        assert said.startswith("it is truncated: "), length
    path.write_bytes(content[: end - 1])
    assert find_damage(path) == (f"it is truncated: it has {end - 1} bytes, its header speaks of {end}")


@pytest.mark.parametrize("content", [b"", b"GG", b"ggjt and more", b"<html>not found</html>"])
def test_a_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert find_damage(path) == "it is no GGUF file: it does not begin with GGUF"
    other = tmp_path / "m.safetensors"
    other.write_bytes(content)
    assert find_damage(other) is None, "it is not called one"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (struct.pack("<I", 9), "its GGUF version 9 is not known; known are 2 and 3"),
        (struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"k", 77), "its metadata has a value of type 77"),
        (struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 9, 1), "its metadata has an array of type 9"),
        (struct.pack("<IQQQ1sI", 3, 1, 0, 1, b"t", 99), "a tensor of it has 99 dimensions, at most 4"),
        (struct.pack("<IQQ", 3, 2**64 - 1, 2**64 - 1), "it is truncated: it ends after 24 bytes"),
        (struct.pack("<IQQQ", 3, 1, 0, 2**64 - 1), "it is truncated: it ends after 32 bytes"),
        (struct.pack("<IQQQ17sII", 3, 0, 1, 17, b"general.alignment", 4, 0), "its alignment is 0"),
    ],
)
def test_a_hostile_header_ends_in_a_message(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF" + content)
    assert (find_damage(path) or "").startswith(said)


def test_block_sizes_are_those_of_ggml() -> None:
    theirs = {int(kind): size for kind, size in GGML_QUANT_SIZES.items()}
    assert {kind: size for kind, size in gguf_files._BLOCKS.items() if theirs.get(kind, size) != size} == {}
