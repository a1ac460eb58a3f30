"""A manifest says what the claim says, to the oracle as to the engine, for claims of every shape."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import falsify_prml
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pvengine import open_project
from pvengine.project.exports.prml import BROKEN_CONDITIONS, Registration, export_prml, read_time
from pvengine.project.exports.prml_form import refuse_text

if TYPE_CHECKING:
    from pvengine.project.exports.account import ExportedContract
    from pvengine.project.project import Project

FALSIFIER = '''\
from pvengine.plugin import Params, Trial, falsifier


class P(Params):
    value: float


@falsifier("own.value", subject=float, planted_faults={"none": str})
def own(trial: Trial, p: P) -> None:
    """Nothing."""
'''
CREATED = datetime(2026, 11, 23, 4, 44, 44, tzinfo=UTC)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda one: str(one) != "-0.0"
) | st.integers(-(2**53) + 1, 2**53 - 1)
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
CONDITIONS = st.fixed_dictionaries(
    {"metric": WORDS},
    optional=dict.fromkeys(("lt", "ge", "eq", "ne"), NUMBERS)
    | {"in": st.lists(NUMBERS, min_size=1, max_size=2)},
).filter(lambda condition: len(condition) > 1)
TESTS = st.fixed_dictionaries(
    {"id": WORDS, "falsifier": st.just("own.value"), "accept": st.lists(CONDITIONS, min_size=1, max_size=3)},
    optional={
        "rule": WORDS,
        "prediction": WORDS,
        "params": st.dictionaries(WORDS, NUMBERS | WORDS, max_size=3),
        "requires": st.lists(st.fixed_dictionaries({"model": WORDS}), min_size=1, max_size=2),
        "limits": st.just({"seconds": 1}),
    },
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("project")
    (root / "pv.toml").write_text('contracts = ["."]\nfalsifiers = ["own.py"]\n')
    (root / "own.py").write_text(FALSIFIER)
    return open_project(root)


def export(project: Project, *tests: dict[str, Any], producer: str | None = None) -> ExportedContract:
    data = {"metadata": {"id": "C-X", "version": "1.0.0"}, "falsification_tests": tests}
    path = project.root / "x-v1.yaml"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    view = project.view(path)
    assert not view.loaded.contract.falsification_tests or view.loaded.tests
    return export_prml(view, list(view.loaded.tests), Registration(producer, CREATED))


def export_one(project: Project, **test: Any) -> tuple[dict[str, Any], ExportedContract]:
    exported = export(project, {"id": "FT-001", "falsifier": "own.value", **test})
    return yaml.safe_load(exported.documents[0].content), exported


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TESTS)
def test_bytes_and_digest_are_those_of_the_oracle(project: Project, test: dict[str, Any]) -> None:
    exported = export(project, test)
    if exported.refused:
        assert "PRML cannot hold its" in exported.refused[0].reason
        assert any(refuse_text(text) for text in json.dumps(test, ensure_ascii=False).split('"'))
        return
    manifest, digest, claim = (document.content for document in exported.documents[:3])
    read = yaml.load(manifest, falsify_prml._core_loader())  # noqa: S506 - a safe loader of the oracle
    assert falsify_prml.validate_manifest(read) == []
    assert falsify_prml.canonicalize(read).encode() == manifest
    assert f"{falsify_prml.manifest_hash(read)}\n".encode() == digest
    assert exported.tests[0].place == f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    assert read["dataset"]["hash"] == hashlib.sha256(claim).hexdigest()
    assert {key: json.loads(claim, parse_int=float)[key] for key in test if key != "limits"} == {
        key: value for key, value in test.items() if key != "limits"
    }


@pytest.mark.parametrize(
    ("condition", "comparator", "threshold"),
    [
        ({"lt": 10}, "<", 10.0),
        ({"le": 1e-5}, "<=", 1e-5),
        ({"gt": 0.5}, ">", 0.5),
        ({"ge": -3}, ">=", -3.0),
        ({"eq": 0}, "==", 0.0),
    ],
)
def test_one_comparison_stays_what_it_is(
    project: Project, condition: dict[str, Any], comparator: str, threshold: float
) -> None:
    manifest, _ = export_one(project, accept=[{"metric": "m", **condition}])
    assert (manifest["metric"], manifest["comparator"], manifest["threshold"]) == ("m", comparator, threshold)
    assert "accept" not in manifest["metric_args"]


@pytest.mark.parametrize(
    "accept",
    [
        [{"metric": "m", "lt": 10.0}, {"metric": "n", "gt": 1.0}],
        [{"metric": "m", "lt": 10.0, "gt": 1.0}],
        [{"metric": "m", "ne": 0.0}],
        [{"metric": "m", "in": [1.0, 2.0]}],
        [{"metric": "m", "bits": "3f800000"}],
    ],
)
def test_any_other_bar_is_the_number_of_broken_conditions(project: Project, accept: list[Any]) -> None:
    manifest, exported = export_one(project, accept=accept)
    bar = (manifest["metric"], manifest["comparator"], manifest["threshold"])
    assert bar == (BROKEN_CONDITIONS, "<=", 0.0)
    assert json.loads(manifest["metric_args"]["accept"]) == accept
    (loss,) = [loss for loss in exported.tests[0].losses if loss.fate == "restated"]
    assert (loss.what, loss.reason) == (
        "accept",
        "as the number of its conditions that do not hold, which must be 0",
    )


@pytest.mark.parametrize("threshold", [0.0, 1.0, 5e-324, 1e308])
def test_equal_means_equal_to_the_oracle_too(project: Project, threshold: float) -> None:
    manifest, _ = export_one(project, accept=[{"metric": "m", "eq": threshold}])
    tolerance = manifest["metric_args"]["tolerance"]
    near = [threshold, *(threshold + sign * max(abs(threshold), 5e-324) * 2**-52 for sign in (-1, 1))]
    held = [falsify_prml.evaluate_predicate(each, "==", manifest["threshold"], tolerance) for each in near]
    assert held == [each == threshold for each in near]


def test_a_required_model_is_named_and_two_stand_in_the_claim(project: Project) -> None:
    accept = [{"metric": "m", "lt": 1.0}]
    one = {"model": "llama", "sha256": "0" * 64}
    manifest, exported = export_one(project, accept=accept, requires=[one])
    assert manifest["model"] == {"id": "llama", "hash": "0" * 64}
    assert "requires" not in [loss.what for loss in exported.tests[0].losses]
    manifest, exported = export_one(project, accept=accept, requires=[one, {"model": "other"}])
    assert "model" not in manifest
    assert "requires" in [loss.what for loss in exported.tests[0].losses if loss.fate == "pinned"]


def test_every_part_of_a_test_is_carried_or_listed(project: Project) -> None:
    _, exported = export_one(
        project,
        rule="e\u0301",
        prediction="p",
        accept=[{"metric": "m", "lt": 1.0}],
        params={"value": 1.0},
        reproduce={"relative": 1e-6},
        limits={"seconds": 5},
        depends_on=["FT-000"],
        if_fails="it breaks",
        severity="high",
        status="NEW",
    )
    listed = {(loss.what, loss.fate) for loss in exported.tests[0].losses}
    assert listed == {
        ("rule", "pinned"),
        ("prediction", "pinned"),
        ("params", "pinned"),
        ("reproduce", "pinned"),
        ("planted faults", "left out"),
        ("limits", "left out"),
        ("depends_on", "left out"),
        ("if_fails", "left out"),
        ("severity", "left out"),
        ("status", "left out"),
    }


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ({"falsifier": None}, "it names no falsifier, so nothing measures it"),
        (
            {"falsifier": "gone"},
            "the code of falsifier 'gone' cannot be read, so nothing says what measures it",
        ),
        (
            {"accept": None, "decides": {"metric": "m", "CONFIRMED": {"lt": 1}, "FALSIFIED": {"ge": 1}}},
            "it has no accept condition, and the bands of `decides` are no bar that passes or fails",
        ),
        (
            {"accept": [{"metric": "m" * 257, "lt": 1}]},
            "PRML cannot hold its metric: it has 257 characters of 256 at most",
        ),
        (
            {"id": "e\u0301"},
            "PRML cannot hold its dataset.id: it is not in Unicode NFC",
        ),
    ],
)
def test_what_is_refused(project: Project, test: dict[str, Any], reason: str) -> None:
    whole = {"id": "T", "falsifier": "own.value", "accept": [{"metric": "m", "lt": 1.0}], **test}
    exported = export(project, {key: value for key, value in whole.items() if value is not None})
    assert [(each.test, each.reason) for each in exported.refused] == [(whole["id"], reason)]
    assert exported.documents == ()


def test_ids_are_version_7_and_differ_with_the_manifest(project: Project) -> None:
    accept = [{"metric": "m", "lt": 1.0}]
    first, second = (export_one(project, accept=accept, rule=rule)[0]["claim_id"] for rule in ("a", "b"))
    assert first != second
    assert {uuid.UUID(each).version for each in (first, second)} == {7}
    assert {uuid.UUID(each).int >> 80 for each in (first, second)} == {int(CREATED.timestamp()) * 1000}
    assert export_one(project, accept=accept, rule="a")[0]["claim_id"] == first


def test_the_producer_is_named(project: Project) -> None:
    test = {"id": "T", "falsifier": "own.value", "accept": [{"metric": "m", "lt": 1.0}]}
    content = export(project, test, producer="example.org").documents[0].content
    assert b"producer:\n  id: example.org\n" in content


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-11-23T04:44:44Z", "2026-11-23T04:44:44+00:00"),
        ("2026-11-23T04:44:44.999Z", "2026-11-23T04:44:44+00:00"),
        ("2026-11-23T05:44:44+01:00", "2026-11-23T04:44:44+00:00"),
        ("2026-11-23T04:44:44", None),
        ("1969-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("yesterday", None),
    ],
)
def test_a_time_has_a_zone(text: str, read: str | None) -> None:
    found = read_time(text)
    assert (found.isoformat() if found else None) == read
