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
    "S28": "FALSIFIED",
    "H2a'": "FALSIFIED",
    "H2d.2": "FALSIFIED",
    "H2d.3": "CONFIRMED",
    "H2d.4": "CONFIRMED",
    "COMPOUNDING": "CONFIRMED",
    "A1": "FALSIFIED",
    "A2": "FALSIFIED",
    "A3": "FALSIFIED",
    "A4": "FALSIFIED",
    "A6": "FALSIFIED",
}
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
            first.setdefault(test.id[-3:], amendment.version)
    assert first == CASCADE


def test_what_is_bound_is_discharged_and_the_rest_is_blocked(entry: ContractEntry) -> None:
    for test in entry.tests:
        if test.id[-3:] in CASCADE:
            assert (test.status, test.standing, test.blocked) == ("DISCHARGED", "verified", None)
        else:
            assert (test.status, test.standing) == ("NEW", "new")
            assert "qwen2.5-coder-7b-instruct-q4_k_m" in (test.blocked or "")


def test_hypotheses_have_the_published_verdicts(entry: ContractEntry) -> None:
    found = {each.id: each.derived for each in entry.hypotheses if each.derived != "UNTESTED"}
    assert found == VERDICTS
    assert all(each.status == each.derived for each in entry.hypotheses)


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
