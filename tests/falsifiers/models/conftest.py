from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# What writes the small models, and what runs them again in float64, lies beside the tests.
sys.path.insert(0, str(Path(__file__).parent))

import small_models

from pvfalsifiers.models import load

if TYPE_CHECKING:
    from pvfalsifiers.models import Model


@pytest.fixture(scope="session", params=sorted(small_models.SHAPES))
def shape(request: pytest.FixtureRequest) -> small_models.Shape:
    return small_models.SHAPES[request.param]


@pytest.fixture(scope="session")
def model(shape: small_models.Shape, tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load(small_models.write(tmp_path_factory.mktemp("model") / "small.gguf", shape))
