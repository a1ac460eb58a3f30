"""What is set for a worker, and what is recorded about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from pvengine.runner import environment
from pvengine.runner.environment import THREAD_VARIABLES, describe_environment, make_worker_variables

if TYPE_CHECKING:
    import pytest


def test_variables_of_a_worker() -> None:
    made = make_worker_variables(
        {
            "PATH": "/bin",
            "PYTHONPATH": "lib",
            "PYTHONOPTIMIZE": "2",
            "PYTHONHASHSEED": "9",
            "OMP_NUM_THREADS": "8",
        }
    )
    assert made == {
        "PATH": "/bin",
        "PYTHONPATH": "lib",
        "PYTHONHASHSEED": "0",
        **dict.fromkeys(THREAD_VARIABLES, "1"),
    }


def test_the_environment_is_described() -> None:
    found = describe_environment()
    assert found.numpy == np.__version__
    assert found.python == "{}.{}.{}".format(*sys.version_info)
    assert found.blas
    assert describe_environment() is found


def test_what_cannot_be_known_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "show_config", lambda **_: None)
    monkeypatch.setitem(sys.modules, "numpy", np)
    found = environment.describe_environment.__wrapped__()
    assert (found.blas, found.cpu_features) == ("unknown unknown", ())
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert environment.describe_environment.__wrapped__().numpy == "unknown"
    assert environment._read_version("no-such-package") == "unknown"
