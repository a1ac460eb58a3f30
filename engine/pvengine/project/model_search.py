"""Find the file of a model: by its path, in folders, or in the installed package that carries it."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvengine.registry.model_source import ModelSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.model_listing import Through
    from pvengine.project.configuration import Configuration
    from pvengine.registry.model_catalogue import ModelCatalogue

__all__ = ["ModelPlace", "ModelSearch"]


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """A path at which a model is looked for, and what led there.

    ``through`` is ``path`` or ``folder`` for the configuration, ``variable`` for `PV_MODELS`, ``package`` for
    an installed distribution, ``usual place`` for where a catalogue says that the file is put.
    """

    path: Path
    through: Through


@dataclass(frozen=True)
class ModelSearch:
    """Where the models of a project are looked for, and what is known about them.

    A path in the configuration is believed: the file is there, or in the package that the same entry names,
    or missing. Every other model is looked for in the folders of the configuration, in those of `PV_MODELS`,
    in the package that carries it, and where its catalogue says that it is put; the first file counts.
    """

    root: Path
    configuration: Configuration

    @cached_property
    def catalogue(self) -> ModelCatalogue:
        """What installed packages say about models, read when it is first needed."""
        found: ModelCatalogue = self._registry.read_catalogue()
        return found

    @cached_property
    def _registry(self) -> Any:
        # By its name, and now: reading what is installed takes longer than most contracts.
        return importlib.import_module("pvengine.registry.model_catalogue")

    @property
    def names(self) -> frozenset[str]:
        """The models that the configuration or a catalogue knows."""
        return frozenset((*self.configuration.models, *self.catalogue.models))

    def get_source(self, name: str) -> ModelSource:
        """Return what is known about a model; the configuration goes before the catalogue."""
        known = self.catalogue.models.get(name)
        own = self.configuration.models.get(name)
        return (own or ModelSource()).over(known.source if known else None)

    def find(self, name: str) -> ModelPlace | None:
        """Find the file of a model; None where it is at none of its places."""
        return next((place for place in self.iter_places(name) if place.path.is_file()), None)

    def iter_places(self, name: str) -> Iterator[ModelPlace]:
        """Iterate over the paths at which a model is looked for; later ones are found only when asked for."""
        own = self.configuration.models.get(name)
        if own is not None and own.path is not None:
            yield ModelPlace(self.root / Path(own.path).expanduser(), "path")
            yield from self._iter_packaged(own)
            return
        source = self.get_source(name)
        names = dict.fromkeys(filter(None, (f"{name}.gguf", name, source.filename)))
        for folder in self.configuration.model_folders:
            for file in names:
                yield ModelPlace(self.root / Path(folder).expanduser() / file, "folder")
        for folder in filter(None, os.environ.get("PV_MODELS", "").split(os.pathsep)):
            for file in names:
                yield ModelPlace(Path(folder) / file, "variable")
        yield from self._iter_packaged(source)
        if source.path is not None:
            yield ModelPlace(self.root / Path(source.path).expanduser(), "usual place")

    def _iter_packaged(self, source: ModelSource) -> Iterator[ModelPlace]:
        if source.package is None or source.file is None:
            return
        path = self._registry.locate(source.package, source.file)
        if path is not None:
            yield ModelPlace(path, "package")

    def find_version(self, package: str) -> str | None:
        """Return the installed version of a distribution; None where it is not installed."""
        version: str | None = self._registry.find_distribution_version(package)
        return version

    def say_how(self, name: str) -> str:
        """Say how to get a model that is not there: its command, else where to put the file."""
        return self.get_source(name).get or self._say_where(name)

    def say_missing(self, name: str) -> str:
        """Say that a test needs a model that is not there, and how to get it."""
        command = self.get_source(name).get
        if command is not None:
            return f"needs the model {name} (get it: {command})"
        return f"needs the model {name}: {self._say_where(name)}"

    def _say_where(self, name: str) -> str:
        own = self.configuration.models.get(name)
        if own is not None and own.path is not None:
            return f"put the file at {own.path}, where [tool.pv.models] says that it is"
        folders = [*self.configuration.model_folders, "a folder named by PV_MODELS"]
        return f"put {name}.gguf into {' or '.join(folders)}, or give its path under [tool.pv.models]"
