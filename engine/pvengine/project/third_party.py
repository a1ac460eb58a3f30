"""Versions of the packages that falsifiers import: what a record says of them, and what is installed now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.errors import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.evidence import Predicate
    from pvengine.models.report import PackageChange
    from pvengine.project.view import ContractView
    from pvengine.project.workshop import Workshop

__all__ = ["find_packages", "iter_package_notes", "list_package_changes", "list_reported_changes"]

_SHOWN = 3
"""Tests that a note names; the report has the versions of every test."""


def find_packages(workshop: Workshop, falsifier: str) -> dict[str, str | None] | None:
    """Find the distributions that a falsifier imports, as a record has them; None where it cannot be read."""
    modules = _list_modules(workshop, falsifier)
    return None if modules is None else workshop.packages.find_packages(modules)


def list_package_changes(workshop: Workshop, facts: Predicate) -> tuple[PackageChange, ...]:
    """List the distributions that have another version now than when a record was made.

    A record that does not say which the code imports, because it is older, knows the version of NumPy, which
    counts where the code of now imports it.
    """
    recorded = facts.packages
    if recorded is None:
        modules = _list_modules(workshop, facts.falsifier) or ()
        is_imported = any(module.partition(".")[0] == "numpy" for module in modules)
        recorded = {"numpy": facts.environment.numpy} if is_imported else {}
        recorded = {name: version for name, version in recorded.items() if version != "unknown"}
    return workshop.packages.list_changes(recorded)


def _list_modules(workshop: Workshop, falsifier: str) -> tuple[str, ...] | None:
    source = workshop.catalogue.find(falsifier)
    try:
        return None if source is None else source.third_party
    except RegistrationError:
        return None


def list_reported_changes(view: ContractView, name: str) -> tuple[PackageChange, ...]:
    """List the changes beside the newest record of a test, where the configuration does not ignore them."""
    record = view.assessments[name].record
    if record is None or view.configuration.third_party == "ignore":
        return ()
    return list_package_changes(view.workshop, record.predicate)


def iter_package_notes(view: ContractView) -> Iterator[Diagnostic]:
    """Iterate over notes on other versions, one for all tests with the same; none where they make stale."""
    if view.configuration.third_party != "report":
        return
    tests: dict[tuple[PackageChange, ...], list[str]] = {}
    for name in view.assessments:
        changes = list_reported_changes(view, name)
        if changes:
            tests.setdefault(changes, []).append(name)
    for changes, names in tests.items():
        place = view.loaded.document.place((*view.loaded.test_paths[names[0]], "status"))
        others = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        said = "; ".join(change.text for change in changes)
        yield get_rule("PV612").report(f"{', '.join(names[:_SHOWN])}{others}: {said}", place)
