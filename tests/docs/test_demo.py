"""`make demo` runs to its end on the flagship as it is shipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).parents[2] / "docs" / "tutorial" / "demo.py"


def test_the_demo_discharges_a_search_and_notices_the_tampering() -> None:
    command = [sys.executable, str(DEMO)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hypothesis A2: UNTESTED -> CONTESTED" in done.stdout
    assert done.stdout.endswith("The tampering was noticed.\n")
