"""Let the modules of this folder import each other, and give each test the models one after the other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# With import-mode=importlib no folder of tests is on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from subjects import Subject


@pytest.fixture(params=["SMOLLM2", "GEMMA"])
def subject(request: pytest.FixtureRequest) -> Subject:
    import subjects  # noqa: PLC0415 - only tests of real models need it

    return getattr(subjects, request.param)
