from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# What writes the small models lies beside the tests of the models, the other modules beside this file.
sys.path.insert(0, str(Path(__file__).parents[1] / "models"))
sys.path.insert(1, str(Path(__file__).parent))

import small_models
import small_tables

if TYPE_CHECKING:
    from pvfalsifiers.tracing.table import TraceTable


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_models.write(
        tmp_path_factory.mktemp("model") / "small.gguf", small_models.SHAPES["llama-wide"]
    )


@pytest.fixture
def table() -> TraceTable:
    return small_tables.make_table()
