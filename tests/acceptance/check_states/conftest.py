"""Repositories for the states of a change: what several have in common is built once, and copied."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The modules beside this file are of these tests alone; with import-mode=importlib no folder is on the path.
sys.path.insert(0, str(Path(__file__).parent))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lab import CONTRACT, DAY, Lab, start_lab
from signing import write_private

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch


@pytest.fixture(scope="session")
def built() -> dict[str, Lab]:
    """Return where what was built is kept for all modules."""
    return {}


@pytest.fixture(scope="module")
def began(make_scratch: Callable[[], Scratch], built: dict[str, Lab]) -> Lab:
    """Return the repository that every state takes a copy of."""
    if "began" not in built:
        with pytest.MonkeyPatch.context() as patch:
            set_alone(patch)
            built["began"] = start_lab(make_scratch())
    return built["began"]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    set_alone(monkeypatch)


def set_alone(patch: pytest.MonkeyPatch) -> None:
    """Leave out what this machine says about git, and let it be the same day."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        patch.delenv(name)
    for name, value in {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **DAY}.items():
        patch.setenv(name, value)


@pytest.fixture
def lab(began: Lab, scratch: Scratch) -> Lab:
    """Return a repository whose `main` has discharged two of three tests; `change` is checked out."""
    copied = began.copy(scratch)
    copied.begin_change()
    return copied


@pytest.fixture
def fresh(began: Lab, scratch: Scratch) -> Lab:
    """Return a repository whose `main` has discharged nothing yet; `change` is checked out."""
    copied = began.copy(scratch)
    assert copied.git("reset", "--quiet", "--hard", "begin").code == 0
    copied.begin_change()
    return copied


@pytest.fixture
def signed(fresh: Lab) -> Lab:
    """Return a repository whose `main` has a signed record."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    write_private(fresh.beside("key.pem"), key)
    fresh.pv("discharge", CONTRACT, "--test", "FT-001", "--sign", str(fresh.beside("key.pem")))
    fresh.commit("Discharge")
    fresh.accept()
    return fresh
