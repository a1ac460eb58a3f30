"""Let the tests of this folder import what calls the libraries, and skip where these are missing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# With import-mode=importlib no folder of tests is on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from ggml import Ggml


@pytest.fixture(scope="session", params=["x64", "best"])
def any_build(request: pytest.FixtureRequest) -> Ggml:
    """The build without FMA, and the one that this machine would run."""
    return load(request.param)


@pytest.fixture(scope="session")
def ggml() -> Ggml:
    """The build without FMA."""
    return load("x64")


def load(build: str) -> Ggml:
    import ggml  # noqa: PLC0415 - of this folder, which is on the path by now

    folder = ggml.find_libraries()
    if folder is None:
        pytest.skip(ggml.MISSING)
    return ggml.Ggml.load_best(folder) if build == "best" else ggml.Ggml(folder, build)
