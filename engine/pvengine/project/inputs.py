"""The inputs that tests require: model files, found by configuration or in the folders of `PV_MODELS`."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.runner.required import RequiredFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pvengine.models.claim import Requirement

__all__ = ["find_inputs", "find_model", "list_candidates", "say_missing"]

_CHUNK_BYTES = 1 << 20


def find_model(name: str, configured: Mapping[str, str], root: Path) -> Path | None:
    """Return the file of a model: its configured path, or NAME or NAME.gguf in a folder of `PV_MODELS`."""
    return next((path for path in list_candidates(name, configured, root) if path.is_file()), None)


def list_candidates(name: str, configured: Mapping[str, str], root: Path) -> list[Path]:
    """List the paths at which a model is looked for, in this order."""
    if name in configured:
        return [root / Path(configured[name]).expanduser()]
    folders = filter(None, os.environ.get("PV_MODELS", "").split(os.pathsep))
    return [Path(folder) / file for folder in folders for file in (f"{name}.gguf", name)]


def say_missing(requirements: Iterable[Requirement], configured: Mapping[str, str], root: Path) -> str | None:
    """Say which required input is not at hand; None where all are, with the content that was asked for."""
    for requirement in requirements:
        path = find_model(requirement.model, configured, root)
        if path is None:
            return (
                f"needs the model {requirement.model}: put {requirement.model}.gguf into a folder named by"
                " PV_MODELS, or give its path under [tool.pv.models]"
            )
        if requirement.sha256 is not None:
            found = _read_digest(path)
            if found != requirement.sha256:
                wanted = requirement.sha256[:12]
                return f"needs the model {requirement.model} with SHA-256 {wanted}, {path} has {found[:12]}"
    return None


def find_inputs(
    requirements: Iterable[Requirement], configured: Mapping[str, str], root: Path
) -> dict[str, RequiredFile]:
    """Find the required inputs that are at hand, each with the digest of its content, by name."""
    found = {}
    for requirement in requirements:
        path = find_model(requirement.model, configured, root)
        if path is not None:
            found[requirement.model] = RequiredFile(path.resolve(), _read_digest(path))
    return found


def _read_digest(path: Path) -> str:
    facts = path.stat()
    return _hash_file(path, facts.st_size, facts.st_mtime_ns)


@functools.lru_cache
def _hash_file(path: Path, size_bytes: int, mtime_ns: int) -> str:
    """Hash a file once a process and state: it may have many gigabytes and be asked for by every test."""
    del size_bytes, mtime_ns
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
