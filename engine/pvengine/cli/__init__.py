"""The command line: ``pv``, ``pvengine`` and ``python -m pvengine``."""

from pvengine.cli.main import main

__all__ = ["main"]
