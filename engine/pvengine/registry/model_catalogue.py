"""The models that installed packages know, from the TOML files that they name; no package is imported."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.registry.model_source import ModelSource
from pvengine.registry.sources import find_installed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GROUP", "KnownModel", "ModelCatalogue", "find_distribution_version", "locate", "read_catalogue"]

GROUP = "pv.models"
"""Entry-point group through which installed packages say which models there are: ``PACKAGE:FILE.toml``."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What a package says about a model, and the entry point that says it."""

    source: ModelSource
    origin: str


@dataclass(frozen=True)
class ModelCatalogue:
    """The models that packages know, by name, the files that say so, and what is wrong with those."""

    models: Mapping[str, KnownModel] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[Path, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_catalogue() -> ModelCatalogue:
    """Read the catalogues of all installed packages, in the order of their names.

    A name that two of them explain in different ways belongs to neither.
    """
    models: dict[str, KnownModel] = {}
    files: list[Path] = []
    found: list[Diagnostic] = []
    contested: set[str] = set()
    points = {(point.name, point.value) for point in metadata.entry_points(group=GROUP)}
    for name, value in sorted(points):
        origin = f"entry point {name}"
        path = _find_resource(value)
        if path is None:
            found.append(_report(f"{origin} names {value}, and there is no such file", origin))
            continue
        files.append(path)
        try:
            sources = _read_file(path)
        except (OSError, ValueError) as error:
            found.append(_report(f"{origin}: {_say_why(error)}", str(path)))
            continue
        for model, source in sources.items():
            other = models.setdefault(model, KnownModel(source, origin))
            if other.source != source:
                contested.add(model)
                found.append(
                    _report(f"{other.origin} and {origin} disagree about the model {model}", str(path))
                )
    kept = {name: known for name, known in models.items() if name not in contested}
    return ModelCatalogue(MappingProxyType(kept), tuple(files), tuple(found))


def _find_resource(value: str) -> Path | None:
    """Find the file that an entry point names, beside the ``__init__.py`` of its package."""
    package, colon, name = (part.strip() for part in value.partition(":"))
    module = find_installed(package) if colon else None
    if module is None or not module.is_package or not name.endswith(".toml"):
        return None
    path = module.path.with_name(name)
    return path if path.is_file() else None


def _read_file(path: Path) -> dict[str, ModelSource]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - heavy; most projects have no catalogue

    text = json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str)
    return TypeAdapter(dict[str, ModelSource]).validate_json(text)


def _say_why(error: OSError | ValueError) -> str:
    """Say in one line what is wrong with a catalogue: an unreadable file, no TOML, or a value in it."""
    details: list[Any] = getattr(error, "errors", list)()
    if details:
        name = ".".join(map(str, details[0]["loc"]))
        return f"{name}: {details[0]['msg'][:1].lower()}{details[0]['msg'][1:]}"
    return str(error)


def _report(message: str, where: str) -> Diagnostic:
    return get_rule("PV420").report(message, where)


def _find_distribution(name: str) -> metadata.Distribution | None:
    return next(iter(metadata.distributions(name=name)), None)


def find_distribution_version(name: str) -> str | None:
    """Return the installed version of a distribution; None where it is not installed."""
    found = _find_distribution(name)
    return None if found is None else found.version


def locate(distribution: str, file: str) -> Path | None:
    """Return the path that a file of a distribution has here; None where that is not installed.

    Nothing is imported. The file need not be there.
    """
    found = _find_distribution(distribution)
    return None if found is None else Path(str(found.locate_file(file)))
