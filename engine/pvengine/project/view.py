"""One contract of a project, with everything that says where its tests stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.errors import RegistrationError
from pvengine.graph.lint import iter_graph_issues
from pvengine.ledger.amendments import find_pins, iter_chain_issues
from pvengine.ledger.grounding import Assessment, Standing, assess
from pvengine.ledger.store import EvidenceStore
from pvengine.loading import LoadedContract, load_contract
from pvengine.models.vocabulary import Status
from pvengine.project.discovery import show_path
from pvengine.project.inputs import say_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.contract import FalsificationTest
    from pvengine.project.configuration import Configuration
    from pvengine.registry.catalogue import Catalogue

__all__ = ["ContractView", "open_view"]

_CODES = {Standing.MISSING: "PV601", Standing.TAMPERED: "PV602"}


@dataclass(frozen=True)
class ContractView:
    """A loaded contract beside its evidence store and the falsifiers that are installed."""

    loaded: LoadedContract
    catalogue: Catalogue
    configuration: Configuration
    root: Path

    @property
    def store(self) -> EvidenceStore:
        """The evidence of the contract."""
        return EvidenceStore.of(self.loaded.path)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong with the contract by itself, its references and its amendments."""
        own = [*self.loaded.diagnostics, *self.graph_diagnostics]
        own += self.loaded.locate(iter_chain_issues(self.loaded.data))
        return tuple(sorted(own, key=lambda diagnostic: diagnostic.sort_key))

    @cached_property
    def graph_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Repeated ids, dangling references and cycles."""
        return self.loaded.locate(iter_graph_issues(self.loaded.contract, self.loaded.indexes))

    @cached_property
    def falsifier_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Tests that name a falsifier which is not installed, or has no planted fault."""
        return tuple(self._iter_falsifier_diagnostics())

    def _iter_falsifier_diagnostics(self) -> Iterator[Diagnostic]:
        for name, test in self.loaded.tests.items():
            if test.falsifier is None or self.catalogue.find(test.falsifier) is not None:
                continue
            near = self.catalogue.suggest(test.falsifier)
            hint = f"; did you mean {near!r}?" if near else ""
            place = self.loaded.document.place((*self.loaded.test_paths[name], "falsifier"))
            yield get_rule("PV401").report(f"falsifier {test.falsifier!r} is not installed{hint}", place)

    @cached_property
    def assessments(self) -> dict[str, Assessment]:
        """Where each test stands, by id, in the order of the text."""
        pins = find_pins(self.loaded.contract.amendments or ())
        return {
            name: assess(
                test,
                pins.get(name),
                self.store,
                claim_digest=None if self.loaded.claims[name].issues else self.loaded.claims[name].digest,
                source_digest=self.find_source_digest(test) if name in pins else None,
            )
            for name, test in self.loaded.tests.items()
        }

    @cached_property
    def evidence_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Evidence that is missing or was changed, and statuses that none grounds."""
        found = (self.report_standing(name) for name in self.assessments)
        return tuple(entry for entry in found if entry is not None)

    def report_standing(self, name: str) -> Diagnostic | None:
        """Report what is wrong with the ground of one test's status; None where nothing is."""
        assessment = self.assessments[name]
        place = self.loaded.document.place((*self.loaded.test_paths[name], "status"))
        if assessment.standing in _CODES:
            where = f" ({show_path(Path(assessment.where))})" if assessment.where else ""
            message = f"{name}: {'; '.join(assessment.reasons)}{where}"
            return get_rule(_CODES[assessment.standing]).report(message, place)
        if assessment.standing is Standing.SELF_DECLARED:
            return get_rule("PV501").report(f"{name} is {assessment.word} without evidence", place)
        return None

    def find_source_digest(self, test: FalsificationTest) -> str | None:
        """Return the digest of a test's falsifier as it is installed; None where it is not usable."""
        source = self.catalogue.find(test.falsifier) if test.falsifier else None
        if source is None:
            return None
        try:
            return source.closure.digest
        except RegistrationError:
            return None

    def say_blocked(self, test: FalsificationTest) -> str | None:
        """Say why a test cannot run whatever its predecessors do; None where it can."""
        missing = say_missing(test.requires or (), self.configuration.models, self.root)
        if missing:
            return missing
        if test.falsifier is not None and self.catalogue.find(test.falsifier) is None:
            return f"needs the falsifier {test.falsifier!r}, which is not installed"
        return None

    def say_status_meaning(self, word: str) -> str | None:
        """Return the status that a word means here; None where the word is unknown."""
        if word in list(Status):
            return word
        return self.configuration.status_words.get(word)


def open_view(path: Path, catalogue: Catalogue, configuration: Configuration, root: Path) -> ContractView:
    """Load a contract; raises what `pvengine.loading.load_contract` raises."""
    return ContractView(load_contract(path, show_path(path)), catalogue, configuration, root)
