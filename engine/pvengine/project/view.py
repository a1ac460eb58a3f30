"""One contract of a project, with everything that says where its tests stand."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.errors import RegistrationError
from pvengine.graph.lint import iter_graph_issues
from pvengine.ledger.amendments import (
    find_pins,
    iter_chain_issues,
    iter_drift,
    iter_entry_issues,
    list_heads,
)
from pvengine.ledger.derivation import iter_ungrounded_words
from pvengine.ledger.grounding import Assessment, Standing, assess
from pvengine.ledger.store import EvidenceStore
from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.models.vocabulary import Status
from pvengine.project.discovery import show_path
from pvengine.project.inputs import digest_inputs, find_inputs, say_missing
from pvengine.project.third_party import list_package_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pvengine.models.contract import FalsificationTest
    from pvengine.models.evidence import Predicate
    from pvengine.models.issue import Issue
    from pvengine.models.report import PackageChange
    from pvengine.project.configuration import Configuration
    from pvengine.project.workshop import Workshop
    from pvengine.registry.catalogue import Catalogue
    from pvengine.runner.required import RequiredFile

__all__ = ["ContractView", "open_view", "select_own_findings"]


@dataclass(frozen=True)
class ContractView:
    """A loaded contract beside its evidence store and the falsifiers that are installed."""

    loaded: LoadedContract
    workshop: Workshop
    reads_whole_chains: bool = False
    """Whether every record is read and judged again, or the newest of each test alone."""
    judged: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict, compare=False, repr=False)
    """Records that were judged already and hold, by test, each with the digest of the one before it."""

    @property
    def catalogue(self) -> Catalogue:
        """The falsifiers of the project."""
        return self.workshop.catalogue

    @property
    def configuration(self) -> Configuration:
        """The configuration of the project."""
        return self.workshop.configuration

    @property
    def root(self) -> Path:
        """The root of the project."""
        return self.workshop.root

    @property
    def is_current(self) -> bool:
        """Whether the file of the contract has the bytes that were loaded."""
        try:
            return self.loaded.path.read_bytes() == self.loaded.document.raw
        except OSError:  # loading it again says what is wrong
            return False

    def reload(self) -> ContractView:
        """Load the contract again, as its file is now; raises what `load_contract` raises."""
        return replace(self, loaded=load_contract(self.loaded.path, self.loaded.display_path))

    @functools.cached_property
    def store(self) -> EvidenceStore:
        """The evidence of the contract."""
        return EvidenceStore.of(self.loaded.path)

    @functools.cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong with the contract by itself, its references and its amendments."""
        own = [*self.loaded.diagnostics, *self.graph_diagnostics, *self.chain_diagnostics]
        return tuple(sorted(own, key=lambda diagnostic: diagnostic.sort_key))

    @functools.cached_property
    def chain_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Amendments that do not pin the one before them."""
        broken = iter_chain_issues(self.loaded.data)
        return self.loaded.locate([*broken, *iter_entry_issues(self.loaded.contract.amendments or ())])

    @functools.cached_property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors among `diagnostics`: what they are about is not among the models, or cannot be used."""
        return tuple(found for found in self.diagnostics if found.is_error)

    @functools.cached_property
    def graph_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Repeated ids, dangling references and cycles."""
        return self.loaded.locate(self.graph_issues)

    @functools.cached_property
    def graph_issues(self) -> tuple[Issue, ...]:
        """The same at paths of the data."""
        return tuple(iter_graph_issues(self.loaded.contract, self.loaded.indexes))

    def list_test_entries(self) -> list[Any]:
        """List the entries of `falsification_tests` as written, those that are no valid tests included."""
        entries = self.loaded.data.get("falsification_tests")
        return entries if isinstance(entries, list) else []

    @functools.cached_property
    def falsifier_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Tests that name a falsifier which is not there, and what is wrong with those of the project."""
        unknown = tuple(self._iter_falsifier_diagnostics())
        return (*unknown, *select_own_findings(self.catalogue, self.root)) if unknown else ()

    def _iter_falsifier_diagnostics(self) -> Iterator[Diagnostic]:
        for name, test in self.loaded.tests.items():
            if test.falsifier is None or self.catalogue.find(test.falsifier) is not None:
                continue
            place = self.loaded.document.place((*self.loaded.test_paths[name], "falsifier"))
            code = "PV408" if test.falsifier in self.catalogue.toothless else "PV401"
            message = f"falsifier {test.falsifier!r} {self._say_unusable(test.falsifier)}"
            yield get_rule(code).report(message, place)

    def _say_unusable(self, falsifier: str) -> str:
        if falsifier in self.catalogue.duplicates:
            return "is defined twice, so the name belongs to neither"
        if falsifier in self.catalogue.toothless:
            return "has no planted fault, so it cannot be registered"
        near = self.catalogue.suggest(falsifier)
        return "is not installed" + (f"; did you mean {near!r}?" if near else "")

    @functools.cached_property
    def assessments(self) -> dict[str, Assessment]:
        """Where each test stands, by id, in the order of the text."""
        pins = find_pins(self.loaded.contract.amendments or ())
        heads = list_heads(self.loaded.contract.amendments or ())
        return {
            name: assess(
                test,
                pins.get(name),
                self.store,
                claim_digest=self._digest_claim(name) if name in pins else None,
                source_digest=self.find_source_digest(test) if name in pins else None,
                inputs=self._digest_inputs(test) if name in pins else {},
                contract_id=self.loaded.id,
                find_package_changes=self.find_package_changes,
                reads_whole_chain=self.reads_whole_chains,
                heads=heads.get(name, ()),
                judged=self.judged.get(name, {}),
            )
            for name, test in self.loaded.tests.items()
        }

    @functools.cached_property
    def evidence_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Evidence that is missing or was changed, and statuses and verdicts that none grounds."""
        found = (self.report_standing(name) for name in self.assessments)
        words = list(iter_ungrounded_words(self.loaded.contract, self.loaded.indexes, self.assessments))
        if any(each.standing in _LOST for each in self.assessments.values()):
            words = [replace(word, fix="restore the lost evidence first") for word in words]
        words += iter_drift(self.loaded.contract)
        return (*(entry for entry in found if entry is not None), *self.loaded.locate(words))

    def report_standing(self, name: str) -> Diagnostic | None:
        """Report what is wrong with the ground of one test's status; None where nothing is."""
        assessment = self.assessments[name]
        if assessment.standing is not Standing.SELF_DECLARED and assessment.standing not in _LOST:
            return None
        place = self.loaded.document.place((*self.loaded.test_paths[name], "status"))
        if assessment.standing in _LOST:
            where = f" ({show_path(Path(assessment.where))})" if assessment.where else ""
            message = f"{name}: {'; '.join(assessment.reasons)}{where}"
            return get_rule(_choose_code(assessment)).report(message, place)
        return get_rule("PV501").report(f"{name}: {'; '.join(assessment.reasons)}", place)

    def find_source_digest(self, test: FalsificationTest) -> str | None:
        """Return the digest of a test's falsifier as it is installed; None where it is not usable."""
        source = self.catalogue.find(test.falsifier) if test.falsifier else None
        if source is None:
            return None
        try:
            return source.closure.digest
        except RegistrationError:
            return None

    def find_inputs(self, test: FalsificationTest) -> dict[str, RequiredFile]:
        """Find the inputs that a test requires and that are at hand, by name."""
        return find_inputs(test.requires or (), self.workshop.model_search)

    @property
    def find_package_changes(self) -> Callable[[Predicate], tuple[PackageChange, ...]] | None:
        """What finds packages whose versions make a record stale; None where the project wants none to."""
        is_stale = self.configuration.third_party == "stale"
        return functools.partial(list_package_changes, self.workshop) if is_stale else None

    def _digest_claim(self, name: str) -> str | None:
        claim = self.loaded.claims[name]
        return None if claim.issues else claim.digest

    def _digest_inputs(self, test: FalsificationTest) -> dict[str, str]:
        return digest_inputs(test.requires or (), self.workshop.model_search)

    def say_blocked(self, test: FalsificationTest) -> str | None:
        """Say why a test cannot run whatever its predecessors do; None where it can."""
        missing = say_missing(test.requires or (), self.workshop.model_search)
        if missing:
            return missing
        if test.falsifier is not None and self.catalogue.find(test.falsifier) is None:
            return f"needs the falsifier {test.falsifier!r}, which {self._say_unusable(test.falsifier)}"
        return None

    def say_status_meaning(self, word: str) -> str | None:
        """Return the status that a word means here; None where the word is unknown."""
        if word in list(Status):
            return word
        return self.configuration.status_words.get(word)


_LOST = frozenset({Standing.MISSING, Standing.TAMPERED})


def _choose_code(assessment: Assessment) -> str:
    """Choose the code for evidence that is not as it was, or for a contract that contradicts itself."""
    if assessment.standing is Standing.MISSING:
        return "PV601"
    return "PV602" if assessment.where else "PV603"


def select_own_findings(catalogue: Catalogue, root: Path) -> tuple[Diagnostic, ...]:
    """Select what is wrong with the falsifiers that a project configures, not with installed ones."""
    return tuple(found for found in catalogue.diagnostics if _is_own(Path(found.path), root))


def _is_own(path: Path, root: Path) -> bool:
    """Whether a path of the catalogue belongs to the project; a virtual environment in it does not."""
    if str(path).startswith("entry point ") or {"site-packages", "dist-packages"} & set(path.parts):
        return False
    return (root / path).is_relative_to(root)


def open_view(path: Path, workshop: Workshop) -> ContractView:
    """Load a contract; raises what `pvengine.loading.load_contract` raises.

    Through a symbolic link the contract is the file that it leads to, with the evidence beside that.
    """
    return ContractView(load_contract(Path(os.path.realpath(path)), show_path(path)), workshop)
