"""The inputs that tests require: model files, each with the content that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.project.file_digests import hash_file, recall_digest
from pvengine.runner.required import RequiredFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.models.claim import Requirement
    from pvengine.project.model_search import ModelSearch

__all__ = ["digest_inputs", "find_inputs", "say_missing"]


def say_missing(requirements: Iterable[Requirement], search: ModelSearch) -> str | None:
    """Say which required input is not at hand; None where all are, with the content that was asked for.

    The content is what the requirement demands, else what the configuration or a catalogue says that the
    name stands for.
    """
    for requirement in requirements:
        place = search.find(requirement.model)
        if place is None:
            return search.say_missing(requirement.model)
        wanted = requirement.sha256 or search.get_source(requirement.model).sha256
        if wanted is not None:
            found = recall_digest(place.path)
            if found != wanted:
                return (
                    f"needs the model {requirement.model} with SHA-256 {wanted[:12]},"
                    f" {place.path} has {found[:12]}"
                )
    return None


def find_inputs(requirements: Iterable[Requirement], search: ModelSearch) -> dict[str, RequiredFile]:
    """Find the required inputs that are at hand, each with the digest of its content as it is, by name."""
    places = {each.model: search.find(each.model) for each in requirements}
    return {
        name: RequiredFile(place.path.resolve(), hash_file(place.path))
        for name, place in places.items()
        if place is not None
    }


def digest_inputs(requirements: Iterable[Requirement], search: ModelSearch) -> dict[str, str]:
    """Return the digests of the same, to compare them with a record; a cache may know them."""
    places = {each.model: search.find(each.model) for each in requirements}
    return {name: recall_digest(place.path) for name, place in places.items() if place is not None}
