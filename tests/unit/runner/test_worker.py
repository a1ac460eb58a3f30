"""The worker stays small: it imports nothing that reads contracts or records evidence."""

from __future__ import annotations

import subprocess
import sys


def test_a_worker_imports_no_upper_layer_and_no_heavy_library() -> None:
    program = (
        "import sys, pvengine.runner.worker\n"
        "heavy = {'networkx', 'yaml', 'click', 'rich', 'jsonschema', 'pvfalsifiers'}\n"
        "layers = ('loading', 'ledger', 'project', 'graph', 'yamldoc', 'cli', 'reporters')\n"
        "upper = {f'pvengine.{name}' for name in layers}\n"
        "print(sorted((heavy | upper) & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - fixed program
    assert answer.stdout.strip() == "[]"
