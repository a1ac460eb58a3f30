"""The shipped contract was discharged by the tool, in the order of the cascade, and its evidence holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pvengine import open_project

if TYPE_CHECKING:
    from pvengine.models.report import ContractEntry

ROOT = Path(__file__).parents[2]
FLAGSHIP = ROOT / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
CASCADE = {
    "005": "1.2.0",
    "006": "1.3.0",
    "007": "1.4.0",
    "008": "1.5.0",
    "009": "1.6.0",
    "010": "1.7.0",
    "011": "1.8.0",
    "012": "1.9.0",
    "013": "1.10.0",
    "015": "1.11.0",
}
VERDICTS = {
    "S28": "CONTESTED",
    "H2a'": "FALSIFIED",
    "H2d.2": "FALSIFIED",
    "H2d.3": "CONFIRMED",
    "H2d.4": "CONFIRMED",
    "COMPOUNDING": "CONFIRMED",
    "H1": "CONFIRMED",
    "H2": "FALSIFIED",
    "A5": "CONTESTED",
    "CUMULATIVE": "PARTIALLY_CONFIRMED",
    "CREST": "CONFIRMED",
    "NOISE": "CONFIRMED",
    "A1": "CONTESTED",
    "A2": "CONTESTED",
    "A3": "CONTESTED",
    "A4": "CONTESTED",
    "A6": "CONTESTED",
}
SEARCHED: dict[str, tuple[str, str, str, float]] = {
    "005-S": ("DISCHARGED", "CONFIRMED", "counterexample", 689),
    "006-S": ("FALSIFIED", "CONFIRMED", "counterexample", 9),
    "007-S": ("DISCHARGED", "FALSIFIED", "theorem", 0),
    "008-S": ("FALSIFIED", "CONFIRMED", "counterexample", 6.7076e30),
    "008-S-N": ("DISCHARGED", "CONFIRMED", "theorem", 1.0),
    "009-S": ("FALSIFIED", "FALSIFIED", "counterexample", 2.102e-4),
    "009-S-MAX": ("FALSIFIED", "CONFIRMED", "counterexample", 2597.4),
    "010-S": ("DISCHARGED", "PARTIALLY_CONFIRMED", "counterexample", 4702304.99),
    "011-S": ("DISCHARGED", "CONFIRMED", "counterexample", 35.0),
    "011-S-1": ("DISCHARGED", "PARTIALLY_CONFIRMED", "counterexample", 3.4634),
    "011-S-64": ("DISCHARGED", "CONFIRMED", "counterexample", 320.0),
    "012-S": ("DISCHARGED", "CONFIRMED", "counterexample", 41623),
    "012-S-FIXED": ("DISCHARGED", "FALSIFIED", "theorem", 1.047),
    "013-S": ("DISCHARGED", "CONFIRMED", "counterexample", 455.477),
    "015-S": ("DISCHARGED", "FALSIFIED", "theorem", 1.0),
    "015-S-GAIN": ("DISCHARGED", "CONFIRMED", "counterexample", 16.0),
    "015-S-INF": ("DISCHARGED", "CONFIRMED", "counterexample", 8.53),
    "015-S-INF-GAIN": ("DISCHARGED", "CONFIRMED", "counterexample", 24.57),
}
"""Status, verdict, what was learnt and the worst value of each search: docs/explanation/the-cascade.md."""
REAL = {
    "001": None,
    "002": None,
    "003": "H1 CONFIRMED (SmolLM2-135M-Instruct Q4_1, layer 3, the last token); "
    "H2 FALSIFIED (SmolLM2-135M-Instruct Q4_1, layer 3, the last token)",
    "003-G": "H1 CONFIRMED (Gemma-3-270M Q4_K_M, layer 3, the last token); "
    "H2 FALSIFIED (Gemma-3-270M Q4_K_M, layer 3, the last token)",
    "004": None,
    "004-G": None,
    "014": "FALSIFIED",
    "014-G": "PARTIALLY_CONFIRMED",
    "017": "PARTIALLY_CONFIRMED",
    "017-G": "PARTIALLY_CONFIRMED",
    "018": "CONFIRMED",
    "018-G": "CONFIRMED",
    "019": "CONFIRMED",
    "019-G": "CONFIRMED",
}
"""Verdicts of the tests on real weights, discharged where the models were at hand."""
PUBLISHED_BITS = {
    ("006", "left_fold"): "44191e70",
    ("006", "lanes"): "44191e70",
    ("007", "first_weight"): "412c0000",
    ("007", "last_weight"): "3fa00000",
    ("008", "path_a"): "c69384e3",
    ("008", "path_b"): "c693a21e",
}
PUBLISHED_DIGITS = {
    ("008", "drift"): (100, "0.077"),
    ("009", "final_drift"): (1, "0.00439143"),
    ("009", "growth"): (1, "5.70"),
    ("010", "smallest_drift"): (100, "0.091873"),
    ("010", "largest_drift"): (100, "0.092017"),
    ("010", "spread"): (1, "1.00"),
    ("011", "input_drift"): (100, "0.051333"),
    ("011", "output_drift"): (100, "0.000578"),
    ("011", "amplification"): (1, "0.0113"),
    ("012", "input_drift"): (100, "0.076997"),
    ("012", "output_drift"): (100, "0.076986"),
    ("012", "amplification"): (1, "0.9999"),
    ("013", "drift_token_0"): (100, "0.439143"),
    ("013", "drift_token_1"): (100, "0.246297"),
    ("013", "drift_token_2"): (100, "0.020914"),
    ("013", "drift_token_3"): (100, "0.028250"),
    ("013", "drift_token_4"): (100, "0.023573"),
    ("013", "drift_token_5"): (100, "0.024674"),
    ("013", "drift_token_6"): (100, "0.020246"),
    ("013", "mean_drift"): (100, "0.114728"),
    ("013", "amplification"): (1, "0.2613"),
    ("013", "mean_std_a"): (1, "0.033416"),
    ("013", "mean_std_b"): (1, "0.032228"),
    ("013", "std_ratio_excess"): (100, "3.69"),
    ("015", "input_drift"): (100, "0.077000"),
    ("015", "output_drift"): (100, "0.077000"),
    ("015", "amplification"): (1, "1.0000"),
}


@pytest.fixture(scope="module")
def entry() -> ContractEntry:
    report = open_project(FLAGSHIP).verify([FLAGSHIP])
    assert report.exit_code == 0, [found.message for found in report.diagnostics]
    return report.contracts[0]


def read_measurements(entry: ContractEntry, test: str) -> dict[str, Any]:
    name = f"FALSIFY-FFN-GGUF-{test}"
    digest = next(each.evidence for each in entry.tests if each.id == name)
    path = FLAGSHIP.parent / "evidence" / FLAGSHIP.stem / name / f"{(digest or '')[7:]}.json"
    measured: dict[str, Any] = json.loads(path.read_bytes())["predicate"]["measurements"]
    return measured


def test_each_test_of_the_cascade_made_one_amendment() -> None:
    view = open_project(FLAGSHIP).view(FLAGSHIP)
    amendments = view.loaded.contract.amendments or ()
    first = {}
    for amendment in amendments:
        for test in amendment.tests:
            first.setdefault(test.id.removeprefix("FALSIFY-FFN-GGUF-"), amendment.version)
    assert first == CASCADE | dict.fromkeys(SEARCHED, "1.13.0") | dict.fromkeys(REAL, "2.1.0")


def test_every_test_is_grounded(entry: ContractEntry) -> None:
    for test in entry.tests:
        name = test.id.removeprefix("FALSIFY-FFN-GGUF-")
        if name in SEARCHED:
            assert (test.status, test.standing, test.verdict) == (
                SEARCHED[name][0],
                "verified",
                SEARCHED[name][1],
            )
        elif name in CASCADE:
            assert (test.status, test.standing, test.blocked) == ("DISCHARGED", "verified", None)
        else:
            assert (test.status, test.standing, test.verdict) == ("DISCHARGED", "verified", REAL[name])


def test_hypotheses_have_the_published_verdicts(entry: ContractEntry) -> None:
    found = {each.id: each.derived for each in entry.hypotheses if each.derived != "UNTESTED"}
    assert found == VERDICTS
    assert all(each.status == each.derived for each in entry.hypotheses)


def test_searches_found_what_the_page_tells() -> None:
    report = open_project(FLAGSHIP).landscape(FLAGSHIP)
    found = {each.test.removeprefix("FALSIFY-FFN-GGUF-"): each.search for each in report.searches}
    assert {name: each.learnt for name, each in found.items()} == {
        name: facts[2] for name, facts in SEARCHED.items()
    }
    for name, each in found.items():
        assert each.worst.value == pytest.approx(SEARCHED[name][3], rel=1e-3)
        assert all(bound.is_met for bound in each.bounds)


def test_the_example_of_softmax_has_few_numbers_that_are_integers() -> None:
    report = open_project(FLAGSHIP).landscape(FLAGSHIP)
    (search,) = [each.search for each in report.searches if each.test == "FALSIFY-FFN-GGUF-011-S"]
    assert search.minimal is not None
    logits = search.minimal.params["logits"]
    assert 0 < sum(value != 0 for value in logits) <= 3
    assert all(float(value).is_integer() for value in logits)


def test_a_counterexample_replays_to_the_last_bit() -> None:
    report = open_project(FLAGSHIP).landscape(FLAGSHIP)
    (searched,) = [each for each in report.searches if each.test == "FALSIFY-FFN-GGUF-011-S"]
    replayed = open_project(FLAGSHIP).replay(FLAGSHIP, searched.test, searched.evidence)
    assert replayed.exit_code == 0
    assert replayed.replay is not None
    assert all(
        each.same_bits or replayed.replay.environment for each in replayed.replay.measurements.values()
    )


def test_the_published_product_has_the_findings_that_it_deserves() -> None:
    (published,) = open_project(FLAGSHIP).landscape(FLAGSHIP).attributions
    assert published.findings == ("PV508", "PV509", "PV510")
    assert published.residual is not None


@pytest.mark.parametrize(("key", "bits"), PUBLISHED_BITS.items())
def test_published_bits_are_in_the_evidence(entry: ContractEntry, key: tuple[str, str], bits: str) -> None:
    assert read_measurements(entry, key[0])[key[1]]["bits"] == bits


@pytest.mark.parametrize(("key", "published"), PUBLISHED_DIGITS.items())
def test_published_digits_are_in_the_evidence(
    entry: ContractEntry, key: tuple[str, str], published: tuple[int, str]
) -> None:
    factor, digits = published
    value = factor * read_measurements(entry, key[0])[key[1]]["value"]
    assert f"{value:.{len(digits.split('.')[1])}f}" == digits


def test_every_record_names_its_arithmetic(entry: ContractEntry) -> None:
    for test in CASCADE:
        assert all(measured["arithmetic"] for measured in read_measurements(entry, test).values())
