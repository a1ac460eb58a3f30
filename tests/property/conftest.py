from __future__ import annotations

import sys
from pathlib import Path

# The laws of the reader are checked here by Hypothesis, and in tests/fuzz by a fuzzer.
sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
# And what the laws of comparing count, `contract_leaves`, lies beside them.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1] / "launch"))

from unmeasured import pytest_runtest_call, pytest_runtest_setup  # noqa: F401 - hooks of this folder
