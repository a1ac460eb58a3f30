from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING

import gguf
import pytest
import small_models
from hypothesis import given, settings
from hypothesis import strategies as st

from pvfalsifiers.models import ModelError, gguf_file, load

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = small_models.SHAPES["llama"]
UINT8, UINT32, STRING, ARRAY = 0, 4, 8, 9


def name(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def header(*, tensors: int = 0, values: int = 0, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, values)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return small_models.write(tmp_path_factory.mktemp("whole") / "a.gguf", SHAPE).read_bytes()


def value(kind: int, content: bytes = b"", key: str = "a") -> bytes:
    return name(key) + struct.pack("<I", kind) + content


def tensor(dimensions: list[int], kind: int, offset: int = 0) -> bytes:
    counts = struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
    return header(tensors=1) + name("t") + counts + struct.pack("<IQ", kind, offset) + bytes(256)


HOSTILE = {
    "empty": b"",
    "no GGUF": b"PK\x03\x04" + bytes(100),
    "three bytes": b"GGU",
    "an old version": header(version=1) + bytes(64),
    "a number of 2**62 values": header(values=2**62),
    "a number of 2**62 tensors": header(tensors=2**62),
    "a key of 2**63 bytes": header(values=1) + struct.pack("<Q", 2**63),
    "a list of 2**60 numbers": header(values=1) + value(ARRAY, struct.pack("<IQ", UINT8, 2**60)),
    "a list of 2**60 texts": header(values=1) + value(ARRAY, struct.pack("<IQ", STRING, 2**60)),
    "lists in lists": header(values=1) + value(ARRAY, struct.pack("<IQ", ARRAY, 1) * 9999),
    "a value of type 99": header(values=1) + value(99, bytes(64)),
    "a key that is no UTF-8": header(values=1) + struct.pack("<QBI", 1, 0xFF, UINT8) + bytes(64),
    "a key twice": header(values=2) + value(UINT8, b"1") * 2,
    "a tensor of type 99": tensor([32], 99),
    "a tensor of 2**40 weights": tensor([2**40], 0),
    "counts that wrap": tensor([2**32, 2**32], 0),
    "a tensor at 2**63": tensor([32], 0, 2**63),
    "a tensor of 2**31 dimensions": header(tensors=1) + name("t") + struct.pack("<I", 2**31) + bytes(256),
    "an alignment of 0": header(values=1) + value(UINT32, bytes(4), "general.alignment"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_an_error_of_four_parts(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        load(path)
    error = caught.value
    assert error.what.startswith("is no whole GGUF file: ")
    assert error.where == str(path)
    assert error.why
    assert error.fix


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_file_that_ends_early_is_never_a_model(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.gguf"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    size = path.stat().st_size
    if size > len(whole) - 32:  # the last tensor may be padded up to here: then nothing is missing
        return
    with pytest.raises(ModelError):
        load(path)


@settings(deadline=None, max_examples=120)
@given(data=st.data())
def test_changed_bytes_give_a_model_or_an_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("changed") / "changed.gguf"
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, 14000))] = data.draw(st.integers(0, 255))
    path.write_bytes(changed)
    with contextlib.suppress(ModelError):
        assert load(path).tokenize("ab cd")


@pytest.mark.parametrize(("make", "said"), [("missing", "No such file"), ("folder", "Is a directory")])
def test_what_is_no_file_is_an_error(tmp_path: Path, make: str, said: str) -> None:
    path = tmp_path / "model.gguf"
    if make == "folder":
        path.mkdir()
    with pytest.raises(ModelError, match=f"cannot be read: {said}"):
        load(path)


def test_the_other_byte_order_is_an_error(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "big.gguf", "llama", endianess=gguf.GGUFEndian.BIG)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelError, match="other byte order"):
        load(tmp_path / "big.gguf")


def test_reads_the_values_and_tensors_that_the_package_reads(tmp_path: Path) -> None:
    path = small_models.write(tmp_path / "a.gguf", SHAPE)
    ours, theirs = gguf_file.open_gguf(path), gguf.GGUFReader(path)
    assert {key: field.contents() for key, field in ours.fields.items()} == {
        key: field.contents() for key, field in theirs.fields.items()
    }
    assert {key: field.types for key, field in ours.fields.items()} == {
        key: field.types for key, field in theirs.fields.items()
    }
    assert list(ours.tensors) == [tensor.name for tensor in theirs.tensors]
    for tensor in theirs.tensors:
        found = ours.tensors[tensor.name]
        assert found.data.tobytes() == tensor.data.tobytes()
        assert found.shape == tuple(reversed(tensor.shape.tolist()))
        assert found.format == tensor.tensor_type.name


def test_tensors_stay_in_the_file(tmp_path: Path) -> None:
    path = small_models.write(tmp_path / "a.gguf", SHAPE)
    matrix = load(path).layers[0].gate.data
    assert not matrix.flags.owndata
    assert not matrix.flags.writeable


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gguf", None)
    gguf_file._import_reader.cache_clear()
    with pytest.raises(ModelError, match="package gguf is missing") as caught:
        load(tmp_path / "a.gguf")
    assert caught.value.fix == "pip install 'pvengine[models]'"
    gguf_file._import_reader.cache_clear()
