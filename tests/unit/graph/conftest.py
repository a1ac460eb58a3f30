"""Validate the text of a contract, without its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.loading.validation import validate_data
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.contract import Contract

HEAD = "metadata: {id: C, version: 1.0.0}\n"


@pytest.fixture
def validate() -> Callable[[str], tuple[Contract, dict[str, tuple[int, ...]]]]:
    """Return a function that gives the models of a text, and their indexes."""

    def validate_text(text: str) -> tuple[Contract, dict[str, tuple[int, ...]]]:
        data: dict[str, Any] = read_document(
            (text if "metadata" in text else HEAD + text).encode(), "x.yaml"
        ).data
        contract, indexes, _ = validate_data(data)
        return contract, indexes

    return validate_text
