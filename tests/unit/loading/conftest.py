"""Load the text of a contract and show its findings in one line each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.graph.lint import iter_graph_issues
from pvengine.loading.contract_file import LoadedContract, load_contract

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "metadata: {id: C, version: 1.0.0}\n"


@pytest.fixture
def load() -> Callable[[str], LoadedContract]:
    """Return a function that loads a text; one without metadata gets it in its first line."""

    def load_text(text: str) -> LoadedContract:
        full = text if "metadata:" in text else HEAD + text
        return load_contract(Path("x.yaml"), "x.yaml", full.encode())

    return load_text


@pytest.fixture
def find(load: Any) -> Callable[..., list[str]]:
    """Return a function that shows findings as ``line:column severity code message -> fix``.

    The fix is that of the finding; what its rule always says is left out.
    """

    def find_all(text: str, *codes: str) -> list[str]:
        loaded = load(text)
        issues = [*loaded.issues, *iter_graph_issues(loaded.contract, loaded.indexes)]
        located = [(loaded.locate([issue])[0], issue.fix) for issue in issues]
        return [
            f"{one.line}:{one.column} {one.severity} {one.code} {one.message}" + (f" -> {fix}" if fix else "")
            for one, fix in sorted(located, key=lambda pair: pair[0].sort_key)
            if not codes or one.code in codes
        ]

    return find_all
