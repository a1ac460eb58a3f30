"""The use cases, one module each, and the project that they work on."""

from pvengine.project.project import Project, open_project

__all__ = ["Project", "open_project"]
