"""The environment of a trial: what is set for it, and what is recorded about it."""

from __future__ import annotations

import functools
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from pvengine.models.trial import Environment

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["THREAD_VARIABLES", "describe_environment", "make_worker_variables"]

THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""Variables that numerical libraries read their number of threads from, when they are loaded."""

_KEPT_PYTHON_VARIABLES = ("PYTHONPATH", "PYTHONHOME")
_UNKNOWN = "unknown"


def make_worker_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Make the environment variables of a worker from those of this process.

    One BLAS thread and a fixed hash seed, so that sums and sets have one order. Variables that change how
    Python itself behaves are left out, apart from those that say where modules are.
    """
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith("PYTHON") or name in _KEPT_PYTHON_VARIABLES
    }
    return {**kept, **dict.fromkeys(THREAD_VARIABLES, "1"), "PYTHONHASHSEED": "0"}


@functools.cache
def describe_environment() -> Environment:
    """Describe the environment of this process; imports NumPy where it is there."""
    numpy_version, config = _read_numpy()
    blas = config.get("Build Dependencies", {}).get("blas", {})
    simd = config.get("SIMD Extensions", {})
    return Environment(
        pvengine=_read_version("pvengine"),
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        platform=" ".join(filter(None, (platform.system(), *platform.libc_ver()))) or _UNKNOWN,
        machine=platform.machine() or _UNKNOWN,
        numpy=numpy_version,
        blas=f"{blas.get('name', _UNKNOWN)} {blas.get('version', _UNKNOWN)}",
        cpu_features=tuple(str(name) for key in ("baseline", "found") for name in simd.get(key) or ()),
        threads=int(os.environ.get("OPENBLAS_NUM_THREADS", "0")),
    )


def _read_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _UNKNOWN


def _read_numpy() -> tuple[str, dict[str, Any]]:
    try:
        import numpy as np  # noqa: PLC0415 - heavy; only a worker calls this
    except ImportError:
        return _UNKNOWN, {}
    try:
        config: Any = np.show_config(mode="dicts")
    except (TypeError, ValueError, AttributeError):  # a build without this information
        config = None
    return np.__version__, config if isinstance(config, dict) else {}
