"""Write a model of two layers with random weights, for pages that run one: ``python write_model.py FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "models"))

import small_models

if __name__ == "__main__":
    small_models.write(Path(sys.argv[1]), small_models.SHAPES["llama-wide"])
