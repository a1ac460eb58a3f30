"""What a reporter brings with it: a command that is answered from a cache pays for every import."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "click",
    "email",
    "http",
    "jsonschema",
    "networkx",
    "numpy",
    "pydantic",
    "rich",
    "ssl",
    "xml",
    "yaml",
)


@pytest.mark.parametrize(
    "module", ["check", "fingerprints", "github", "junit", "sarif_places", "step_summary"]
)
def test_a_reporter_imports_nothing_heavy(module: str) -> None:
    assert list_heavy(module) == []


def test_sarif_imports_what_reads_the_version_of_the_package() -> None:
    assert set(list_heavy("sarif")) <= {"email"}  # importlib.metadata


def list_heavy(module: str) -> list[str]:
    """List what comes with a module beside what the interpreter has loaded already."""
    code = (
        f"import sys\nbefore = set(sys.modules)\nimport pvengine.reporters.{module}\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules.keys() - before))"
    )
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.split()
