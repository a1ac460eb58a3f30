"""Write a model again with every tensor in f32, so that llama.cpp computes what path A computes.

The tensors are dequantised by gguf-py, not by this project: a wrong dequantiser here would not cancel out.
All that is not a tensor (the vocabulary, the hyperparameters) is carried over as it stands.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import gguf
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_REPLACED = {"general.architecture", "general.file_type", "general.quantization_version"}
"""The writer writes the first; the others speak of the quantisation that is no longer there."""


def export_f32(source: Path, target: Path) -> Path:
    """Return ``target``, which holds the model of ``source`` with f32 tensors; keep one that is there."""
    if target.exists():
        return target
    reader = gguf.GGUFReader(source)
    partial = target.with_suffix(f".{os.getpid()}")
    writer = gguf.GGUFWriter(partial, str(reader.fields["general.architecture"].contents()))
    _copy_fields(reader, writer)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    for tensor in reader.tensors:
        shape = [int(length) for length in reversed(tensor.shape)]
        writer.add_tensor_info(tensor.name, shape, np.dtype(np.float32), int(4 * tensor.n_elements))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in reader.tensors:
        values = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32, copy=False)
        writer.write_tensor_data(values)
    writer.close()
    return partial.replace(target)


def _copy_fields(reader: gguf.GGUFReader, writer: gguf.GGUFWriter) -> None:
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name in _REPLACED:
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=inner)
