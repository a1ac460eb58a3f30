"""Call ggml's own kernels through ctypes, from the libraries of the npm package @node-llama-cpp/linux-x64.

``make models`` fetches them into ``.models/ggml`` of the repository; the variable PV_GGML names another
folder. Tests skip, with the reason, where they are not there.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pvfalsifiers.blocks import FORMATS

_DEFAULT = Path(__file__).parents[2] / ".models" / "ggml"
_BASE = "libggml-base.so"
_TYPES = {"F32": 0, "F16": 1, "BF16": 30, "Q4_0": 2, "Q4_1": 3, "Q5_0": 6, "Q5_1": 7, "Q8_0": 8}
_TYPES |= {"Q4_K": 12, "Q5_K": 13, "Q6_K": 14}
"""The numbers of `enum ggml_type`."""
_ACTIVATIONS = {
    "Q8_0": np.dtype([("d", "<f2"), ("quants", "i1", 32)]),
    "Q8_1": np.dtype([("d", "<f2"), ("sum", "<f2"), ("quants", "i1", 32)]),
    "Q8_K": np.dtype([("d", "<f4"), ("quants", "i1", 256), ("sums", "<i2", 16)]),
}
"""The blocks of activations as ggml holds them in memory."""
_FLOATS = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}


def find_libraries() -> Path | None:
    """Return the folder of the libraries, None where they are not there."""
    named = os.environ.get("PV_GGML")
    root = Path(named) if named else _DEFAULT
    return next((path.parent for path in sorted(root.rglob(_BASE))), None)


MISSING = f"needs {_BASE}: run `make models`, or name the folder of the libraries in the variable PV_GGML"


class Activations(NamedTuple):
    """Quantised activations as ggml holds them."""

    kind: str
    blocks: np.ndarray

    @property
    def scales(self) -> np.ndarray:
        """Float32, one a block."""
        return self.blocks["d"].astype(np.float32)

    @property
    def quants(self) -> np.ndarray:
        """Int8, one a value."""
        return self.blocks["quants"].reshape(-1)


class Ggml:
    """One build of ggml; "x64" is that without AVX and without fused multiply-add."""

    def __init__(self, folder: Path, build: str = "x64") -> None:
        """Load the libraries."""
        self.folder, self.build = folder, build
        self._base = ctypes.CDLL(str(folder / _BASE), mode=ctypes.RTLD_GLOBAL)
        self._cpu = ctypes.CDLL(str(folder / f"libggml-cpu-{build}.so"))
        self._cpu.ggml_cpu_init()

    @classmethod
    def load_best(cls, folder: Path) -> Ggml:
        """Load the build that ggml itself would choose on this machine."""
        scores = {}
        for path in sorted(folder.glob("libggml-cpu-*.so")):
            scores[path.stem.removeprefix("libggml-cpu-")] = ctypes.CDLL(str(path)).ggml_backend_score()
        return cls(folder, max(scores, key=lambda build: scores[build]))

    def dequantize(self, data: np.ndarray, name: str, out: np.ndarray | None = None) -> np.ndarray:
        """Expand rows of blocks."""
        data = np.ascontiguousarray(data)
        columns = FORMATS[name].count_columns(data.shape[-1])
        out = np.empty((*data.shape[:-1], columns), np.float32) if out is None else out
        if name == "F32":
            return data.view("<f4").copy()
        floats = {"F16": "ggml_fp16_to_fp32_row", "BF16": "ggml_bf16_to_fp32_row"}
        function = self._base[floats.get(name, f"dequantize_row_{_spell(name)}")]
        function(_pointer(data), _pointer(out), ctypes.c_int64(out.size))
        return out

    def quantize_weights(self, weights: np.ndarray, name: str) -> np.ndarray:
        """Quantise rows of weights."""
        weights = np.ascontiguousarray(weights, np.float32)
        rows, columns = weights.shape
        data = np.zeros((rows, FORMATS[name].count_row_bytes(columns)), np.uint8)
        self._base.ggml_quantize_chunk.restype = ctypes.c_size_t
        written = self._base.ggml_quantize_chunk(
            ctypes.c_int(_TYPES[name]),
            _pointer(weights),
            _pointer(data),
            ctypes.c_int64(0),
            ctypes.c_int64(rows),
            ctypes.c_int64(columns),
            None,
        )
        assert written == data.size
        return data

    def quantize_activations(self, x: np.ndarray, kind: str, *, native: bool = False) -> Activations:
        """Quantise one vector, by the reference or by what this build runs."""
        x = np.ascontiguousarray(x, np.float32)
        if kind in _FLOATS:
            return Activations(kind, self._round(x, kind))
        layout = _ACTIVATIONS[kind]
        blocks = np.zeros(x.size // layout["quants"].shape[0], layout)
        name = f"quantize_row_{_spell(kind)}"
        function = self._cpu[name] if native else self._base[f"{name}_ref"]
        function(_pointer(x), _pointer(blocks), ctypes.c_int64(x.size))
        return Activations(kind, blocks)

    def _round(self, x: np.ndarray, kind: str) -> np.ndarray:
        values = np.empty(x.size, _FLOATS[kind])
        if kind == "F32":
            values[:] = x
        else:
            function = self._base[{"F16": "ggml_fp32_to_fp16_row", "BF16": "ggml_fp32_to_bf16_row_ref"}[kind]]
            function(_pointer(x), _pointer(values), ctypes.c_int64(x.size))
        return values

    def multiply(self, data: np.ndarray, name: str, y: Activations) -> np.ndarray:
        """Compute the dot product of each row with the activations."""
        out = np.empty(len(data), np.float32)
        columns = FORMATS[name].count_columns(data.shape[1])
        suffix = _spell(name) if name in _FLOATS else f"{_spell(name)}_{_spell(y.kind)}"
        function = self._cpu[f"ggml_vec_dot_{suffix}"]
        size, pointer, number = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int
        function.argtypes = [number, pointer, size, pointer, size, pointer, size, number]
        weights, stride = data.ctypes.data, data.strides[0]
        target, vector = out.ctypes.data, y.blocks.ctypes.data
        for row in range(len(data)):
            function(columns, target + 4 * row, 0, weights + stride * row, 0, vector, 0, 1)
        return out


def _spell(name: str) -> str:
    """Return a format as ggml's functions spell it: q4_K, bf16."""
    return name.lower().replace("_k", "_K")


def _pointer(array: np.ndarray) -> Any:
    return array.ctypes.data_as(ctypes.c_void_p)
