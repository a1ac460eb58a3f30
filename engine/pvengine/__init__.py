"""pvengine: falsifiers measure, the contract judges, evidence is stored, and only then a status moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pvengine.project.project import Project, open_project

__all__ = ["Project", "__version__", "open_project"]


def __getattr__(name: str) -> Any:
    """Load what is asked for, and nothing before: start-up stays small (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - it takes as long as a bare interpreter twice

        return version("pvengine")
    if name in ("Project", "open_project"):
        from pvengine.project import project  # noqa: PLC0415 - lazy on purpose, see the docstring

        return getattr(project, name)
    msg = f"module 'pvengine' has no attribute {name!r}"
    raise AttributeError(msg)
