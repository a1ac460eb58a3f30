from __future__ import annotations

import sys
from pathlib import Path

# With import-mode=importlib no folder of tests is on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))

collect_ignore = ["fuzz_reader.py"]  # a program of its own, which needs the extra `fuzz`
