"""A workspace with its falsifiers: what a contract is read beside."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pvengine.project.model_search import ModelSearch
from pvengine.project.workspace import Workspace

if TYPE_CHECKING:
    from pvengine.registry.catalogue import Catalogue
    from pvengine.registry.third_party import InstalledPackages

__all__ = ["Workshop"]


@dataclass(frozen=True)
class Workshop(Workspace):
    """A workspace that knows its falsifiers; they are looked up when one is first asked for."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """The falsifiers that contracts of this project can name, found without running them."""
        # By its name, and now: contracts without falsifiers do without the reader of Python sources.
        registry = importlib.import_module("pvengine.registry.catalogue")
        found: Catalogue = registry.discover(self.root, self.configuration.falsifiers)
        return found

    @cached_property
    def model_search(self) -> ModelSearch:
        """Where the models that tests require are looked for."""
        return ModelSearch(self.root, self.configuration)

    @cached_property
    def packages(self) -> InstalledPackages:
        """The distributions that are installed, looked up when first asked for."""
        registry = importlib.import_module("pvengine.registry.third_party")
        packages: InstalledPackages = registry.InstalledPackages()
        return packages
