"""pvengine: falsifiers measure, the contract judges, evidence is stored, and only then a status moves."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pvengine.project import Project, open_project

__all__ = ["Project", "__version__", "open_project"]


def __getattr__(name: str) -> Any:
    """Load the project layer when it is asked for: start-up stays small (PEP 562)."""
    if name == "__version__":
        return version("pvengine")
    if name in ("Project", "open_project"):
        import pvengine.project  # noqa: PLC0415 - lazy on purpose, see the docstring

        return getattr(pvengine.project, name)
    msg = f"module 'pvengine' has no attribute {name!r}"
    raise AttributeError(msg)
