"""Read back what the scripts of this folder print, and run them as `make bench` does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "explanation" / "performance.md"


def run_script(name: str, *arguments: str) -> tuple[int, str]:
    """Run a script on which nothing outside has an influence; return its exit code and what it printed."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PV_")}
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(FOLDER / name), *arguments],
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    return done.returncode, done.stdout


def read_rows(text: str) -> list[tuple[str, str, str]]:
    """Read name, reference and limit of each row of tables; every amount and ratio is a number above 0."""
    rows = []
    for line in text.splitlines():
        if not line.startswith("| ") or line.startswith("| what "):
            continue
        name, amount, reference, reference_amount, ratio, limit = line.strip("| ").split(" | ")
        assert float(amount) > 0
        assert float(reference_amount) > 0
        assert float(ratio) > 0
        rows.append((name, reference, limit.removesuffix(" (not met)")))
    return rows


def read_section(mark: str) -> str:
    """Read a section of measured figures of the page."""
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(f"<!-- {mark} -->\n")[2].partition(f"<!-- end of {mark} -->\n")[0]
