"""What the searches of the flagship find, against the suprema that analysis gives.

``python tests/benchmarks/suprema.py`` runs the search of every test of a contract whose supremum is known,
once with the points that the falsifier expects to be the worst and once without, and prints a table;
``--write`` puts it into the page docs/explanation/the-cascade.md. It ends with 1 where a search with these
points comes to less than 99 % of a supremum, or to more than a proved bound allows.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pvfalsifiers.searched
from pvengine.loading.contract_file import load_contract
from pvengine.models.search import METHODS, Search
from pvengine.plugin import Falsifier, Range, Trial, iter_registered
from pvengine.searching.search import Instrument, search_domain
from pvfalsifiers.searched import norm_any_direction, rope_any_direction, softmax_logit_drift
from pvfalsifiers.searched.chain_paths import LARGEST_DRIFT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from pvengine.models.measurement import Measurement
    from pvengine.models.search import SearchReport
    from pvengine.plugin import Domain

ROOT = Path(__file__).parents[2]
FLAGSHIP = ROOT / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
PAGE = ROOT / "docs" / "explanation" / "the-cascade.md"
MARK = "measured: suprema"
_WANTED = 0.99
_SEED = 0


@dataclass(frozen=True)
class Row:
    """One search: what it found with the expected worst points, and without; and what is true."""

    test: str
    metric: str
    true: float
    found: SearchReport
    alone: SearchReport

    @property
    def holds(self) -> bool:
        """Whether the search with the expected points met the supremum, and no proved bound was broken."""
        is_met = all(bound.is_met for report in (self.found, self.alone) for bound in report.bounds)
        return is_met and _worst_of(self.found) >= _WANTED * self.true


def find_chain_supremum(p: Any, _domain: Domain) -> float:
    """Compute the largest drift of two vectors of one length, by the reference drift."""
    return float(LARGEST_DRIFT / p.reference_drift)


def find_softmax_supremum(p: softmax_logit_drift.LogitParams, domain: Domain) -> float:
    """Compute the supremum over the box of logits."""
    return softmax_logit_drift.find_supremum(len(p.logits), domain["logits"].high)[0]


def find_rope_supremum(p: rope_any_direction.DirectionParams, domain: Domain) -> float:
    """Compute the largest condition number over the positions."""
    return rope_any_direction.find_worst_difference(p, domain)[1]


SUPREMA: Mapping[str, Callable[[Any, Domain], float]] = {
    "q4-k.searched-chain-drift": find_chain_supremum,
    "q4-k.searched-batch-drift": find_chain_supremum,
    "softmax.searched-logit-drift": find_softmax_supremum,
    "rope.searched-any-direction": find_rope_supremum,
    "rms-norm.searched-any-direction": norm_any_direction.find_supremum,
}
"""What is true of each falsifier's metric, largest over a domain."""


def main() -> int:
    """Search, print, and write the page where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--contract", type=Path, default=FLAGSHIP, help="contract with the searches")
    parser.add_argument("--evaluations", type=int, help="budget of every search, instead of its own")
    parser.add_argument("--write", action="store_true", help="write the table into the page of the docs")
    arguments = parser.parse_args()
    rows = list(iter_rows(arguments.contract, arguments.evaluations))
    table = render(rows)
    sys.stdout.write(table)
    if arguments.write:
        write_page(table)
    return 0 if rows and all(row.holds for row in rows) else 1


def iter_rows(contract: Path, evaluations: int | None) -> Iterator[Row]:
    """Search for each test whose supremum is known and is looked for, in the order of the contract."""
    for module in pkgutil.iter_modules(pvfalsifiers.searched.__path__):
        importlib.import_module(f"{pvfalsifiers.searched.__name__}.{module.name}")
    falsifiers = {falsifier.name: falsifier for falsifier in iter_registered()}
    data = load_contract(contract, str(contract)).document.data
    for test in data["falsification_tests"]:
        name = test.get("falsifier")
        if "search" not in test or "maximise" not in test["search"] or name not in SUPREMA:
            continue
        search = Search.model_validate(test["search"])
        if evaluations is not None:
            budget = search.budget.model_copy(update={"evaluations": evaluations})
            search = search.model_copy(update={"budget": budget})
        probe = Probe(falsifiers[name], test["params"], search)
        true = SUPREMA[name](probe.published, probe.domain)
        found, alone = (probe.search(methods) for methods in (None, METHODS[1:]))
        yield Row(test["id"], search.metric, true, found, alone)


class Probe:
    """Searches with a falsifier in this process."""

    def __init__(self, falsifier: Falsifier, params: Mapping[str, Any], search: Search) -> None:
        self._falsifier, self._params, self._search = falsifier, params, search
        self.published = falsifier.params_model.model_validate(dict(params))
        self.domain = {
            name: Range(*variable.bounds, tuple(variable.shape), variable.kind)
            for name, variable in search.domain.items()
        }

    def search(self, methods: Sequence[Any] | None) -> SearchReport:
        """Run the search by some methods; None stands for those of the contract."""
        asked = self._search
        asked = asked if methods is None else asked.model_copy(update={"methods": tuple(methods)})
        aids = self._falsifier
        instrument = Instrument(
            self._measure,
            self._measure_many if aids.vectorised else None,
            candidates=aids.worst_case(self.published, self.domain) if aids.worst_case else (),
            bounds=aids.bounds(self.published, self.domain) if aids.bounds else (),
        )
        return search_domain(asked, self._params, instrument, seed=_SEED).report

    def _validate(self, varying: Mapping[str, Any]) -> BaseModel | None:
        try:
            return self._falsifier.params_model.model_validate({**self._params, **varying})
        except ValueError:
            return None

    def _measure(self, varying: dict[str, Any]) -> Mapping[str, Measurement] | None:
        model = self._validate(varying)
        if model is None:
            return None
        trial = Trial(self._falsifier.subject, seed=_SEED)
        self._falsifier.function(trial, model)
        return trial.measurements

    def _measure_many(self, points: Sequence[dict[str, Any]]) -> list[Mapping[str, Measurement] | None]:
        models = [self._validate(varying) for varying in points]
        trials = [None if model is None else Trial(self._falsifier.subject, seed=_SEED) for model in models]
        if self._falsifier.vectorised is not None:
            taken = [trial for trial in trials if trial is not None]
            self._falsifier.vectorised(taken, [model for model in models if model is not None])
        return [None if trial is None else trial.measurements for trial in trials]


def _worst_of(report: SearchReport) -> float:
    return float("nan") if report.worst.value is None else float(report.worst.value.number)


def render(rows: Sequence[Row]) -> str:
    """Return the table."""
    lines = [
        "| test | metric | true | found | evaluations | seconds | unaided | evaluations | seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [row.test.removeprefix("FALSIFY-FFN-GGUF-"), row.metric, f"{row.true:.6g}"]
        for report in (row.found, row.alone):
            worst = _worst_of(report)
            part = f"{worst:.6g} ({100 * worst / row.true:.2f} %)"
            cells += [part, str(report.evaluations), f"{report.seconds:.2f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def write_page(table: str) -> None:
    """Put the table between its markers on the page, with what it was measured on."""
    begin, end = f"<!-- {MARK} -->\n", f"<!-- end of {MARK} -->\n"
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(begin, 1)
    machine = f"{os.cpu_count()} cores ({platform.machine()})"
    where = f"Measured with Python {platform.python_version()} on {machine}, seed {_SEED}.\n\n"
    PAGE.write_text(head + begin + where + table + end + rest.split(end, 1)[1], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
