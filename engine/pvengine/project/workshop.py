"""A workspace with its falsifiers: what a contract is read beside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pvengine.project.workspace import Workspace
from pvengine.registry.catalogue import Catalogue, discover

__all__ = ["Workshop"]


@dataclass(frozen=True)
class Workshop(Workspace):
    """A workspace that knows its falsifiers; they are looked up when one is first asked for."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """The falsifiers that contracts of this project can name, found without running them."""
        return discover(self.root, self.configuration.falsifiers)
