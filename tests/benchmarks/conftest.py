"""Let the scripts of this folder import each other when pytest looks at them."""

from __future__ import annotations

import sys
from pathlib import Path

# With import-mode=importlib no folder is on the path; a script that is run has its own there.
sys.path.insert(0, str(Path(__file__).parent))
