from __future__ import annotations

import sys
from pathlib import Path

# The small models are written by a module beside the tests of the models.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1] / "models"))
