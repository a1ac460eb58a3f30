from __future__ import annotations

import sys
from pathlib import Path

# The helpers beside this file are modules of these tests alone; with import-mode=importlib no folder of
# tests is on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1] / "launch"))
