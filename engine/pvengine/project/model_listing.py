"""List the models that a project can use: where each is, and how to get it (``pv models``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import Severity
from pvengine.errors import ExitCode, UsageError, choose_exit_code
from pvengine.models.model_listing import ModelEntry, ModelListing, ModelSummary, RequiringTest
from pvengine.project.discovery import show_path
from pvengine.project.file_digests import recall_digest
from pvengine.project.findings import list_diagnostics
from pvengine.project.gguf_files import find_damage
from pvengine.project.surveying import read_views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pvengine.models.model_listing import ModelState
    from pvengine.project.model_search import ModelPlace, ModelSearch
    from pvengine.project.project import Project

__all__ = ["find_model", "list_models"]


def find_model(search: ModelSearch, name: str) -> Path:
    """Return the file of a model.

    Raises
    ------
    UsageError
        It is not at hand, or is truncated or no model file.
    """
    place = search.find(name)
    if place is None:
        known = "" if name in search.names else "; `pv models` lists those that are known"
        raise UsageError(
            f"the model {name} is not at hand",
            why="it is at none of the places where a model is looked for" + known,
            fix=f"get it: {search.say_how(name)}",
        )
    damage = find_damage(place.path)
    if damage is not None:
        raise UsageError(
            f"the file of the model {name} cannot be used: {damage}",
            where=show_path(place.path),
            fix=f"get it again: {search.say_how(name)}",
        )
    return place.path


def list_models(project: Project, files: Sequence[Path], *, hashes_all: bool) -> ModelListing:
    """List every model that the contracts require, or that the configuration or a catalogue knows.

    A file is hashed where a contract, the configuration or a catalogue says what it should be, or all are
    where ``hashes_all``; the cache keeps what large files gave. A model that is missing is no error; a
    catalogue or a contract that cannot be read is.
    """
    search = project.model_search
    views, unread, codes = read_views(project, files)
    found = [*search.catalogue.diagnostics, *unread]
    if any(entry.severity is Severity.ERROR for entry in found):
        codes.append(ExitCode.INVALID)
    required: dict[str, list[RequiringTest]] = {}
    for view in views:
        for name, test in view.loaded.tests.items():
            for each in test.requires or ():
                entry = RequiringTest(contract=view.loaded.display_path, test=name, sha256=each.sha256)
                required.setdefault(each.model, []).append(entry)
    entries = [
        _describe(search, name, required.get(name, []), hashes=hashes_all)
        for name in sorted({*search.names, *required})
    ]
    return ModelListing(
        models=tuple(entries),
        summary=_count(entries, len(views)),
        diagnostics=list_diagnostics(found),
        exit_code=int(choose_exit_code(codes)),
    )


def _describe(search: ModelSearch, name: str, tests: Sequence[RequiringTest], *, hashes: bool) -> ModelEntry:
    source, place = search.get_source(name), search.find(name)
    is_compared = bool(source.sha256) or any(each.sha256 for each in tests)
    digest = None
    try:
        if place is not None and (hashes or is_compared):
            digest = recall_digest(place.path)
        state, problem = _judge(place, digest, source.sha256, tests)
    except OSError as error:
        state, problem = "damaged", f"it cannot be read: {(error.strerror or str(error)).lower()}"
    return ModelEntry(
        name=name,
        state=state,
        problem=problem,
        path=None if place is None else show_path(place.path),
        through=None if place is None else place.through,
        size_bytes=None if place is None else place.path.stat().st_size,
        sha256=digest,
        expected_sha256=source.sha256,
        package=source.package,
        package_version=None if source.package is None else search.find_version(source.package),
        license=source.license,
        known_by=_say_who(search, name),
        required_by=tuple(tests),
        places=tuple(show_path(each.path) for each in search.iter_places(name)),
        get=search.say_how(name),
    )


def _judge(
    place: ModelPlace | None, digest: str | None, expected: str | None, tests: Sequence[RequiringTest]
) -> tuple[ModelState, str | None]:
    """Judge a file: whether it is there, whole, and what every test asks for."""
    if place is None:
        return "missing", None
    damage = find_damage(place.path)
    if damage is not None:
        return "damaged", damage
    wanted = {f"{each.test} demands": each.sha256 for each in tests if each.sha256}
    if expected and (not tests or not all(each.sha256 for each in tests)):
        wanted["what is known of it says"] = expected
    others = [f"{who} {sha256[:12]}" for who, sha256 in wanted.items() if sha256 != digest]
    if not others or digest is None:
        return "found", None
    return "other content", f"it has the SHA-256 {digest[:12]}, {', '.join(others)}"


def _say_who(search: ModelSearch, name: str) -> str | None:
    if name in search.configuration.models:
        return "configuration"
    known = search.catalogue.models.get(name)
    return None if known is None else known.origin


def _count(entries: Sequence[ModelEntry], contracts: int) -> ModelSummary:
    states = [entry.state for entry in entries]
    return ModelSummary(
        models=len(entries),
        found=states.count("found"),
        missing=states.count("missing"),
        other_content=states.count("other content"),
        damaged=states.count("damaged"),
        required=sum(bool(entry.required_by) for entry in entries),
        contracts=contracts,
    )
