"""Offer the params of bound tests to their models, each in a worker; nothing is measured."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, Diagnostic, get_rule
from pvengine.errors import RegistrationError
from pvengine.loading.contract_file import load_contract
from pvengine.project.measuring import limits_of, locate_refusals
from pvengine.project.view import ContractView
from pvengine.project.workshop import Workshop
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import try_params

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pvengine.project.contract_bytes import ContractBytes
    from pvengine.project.workspace import Workspace

__all__ = ["check_params"]


def check_params(workspace: Workspace, files: Iterable[ContractBytes]) -> list[Diagnostic]:
    """Check the params of every bound test whose falsifier is installed.

    A contract that cannot be read is left out: the findings about it say so already.
    """
    workshop = Workshop(workspace.root, workspace.configuration, workspace.configuration_file)
    found: list[Diagnostic] = []
    with Supervisor() as supervisor:
        for file in files:
            try:
                loaded = load_contract(Path(os.path.realpath(file.path)), file.shown, file.raw)
            except ContractError:
                continue
            found += _iter_refusals(ContractView(loaded, workshop), supervisor)
    return found


def _iter_refusals(view: ContractView, supervisor: Supervisor) -> Iterator[Diagnostic]:
    for name, test in view.loaded.tests.items():
        source = view.catalogue.find(test.falsifier or "")
        if source is None:
            continue
        place = view.loaded.document.place((*view.loaded.test_paths[name], "falsifier"))
        try:
            tried = try_params(supervisor, source, dict(test.params or {}), limits_of(test, view))
        except RegistrationError as error:
            yield get_rule("PV403").report(f"falsifier {source.name!r}: {error.what}", place, fix=error.fix)
            continue
        yield from locate_refusals(view.loaded, name, tried.refusals)
        if tried.failure is not None and not tried.refusals:
            message = f"falsifier {source.name!r} cannot take params: {tried.reason}"
            yield get_rule("PV403").report(message, place)
