"""A registry that a test may fill."""

from __future__ import annotations

import pytest

from pvengine.plugin import registration


@pytest.fixture(autouse=True)
def _empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "_registered", {})
