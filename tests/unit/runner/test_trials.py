"""All trials of a test run in order, and none in vain."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pvengine.errors import RegistrationError
from pvengine.models.trial import Failure
from pvengine.numerics.canonical import derive_seed
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import Limits, describe_falsifier, run_mutant, run_replacements, run_test

if TYPE_CHECKING:
    from conftest import WritePlugin

    from pvengine.models.trial import TrialResult
    from pvengine.runner.protocol import TrialRequest

LIMITS = Limits(seconds=20, mebibytes=256)
MEASURE = "trial.measure('m', trial.subject())\ntrial.measure('draw', trial.rng.random())"


def test_faults_run_in_their_order_then_the_subject(
    supervisor: Supervisor, write_plugin: WritePlugin
) -> None:
    source = write_plugin(MEASURE)
    run = run_test(supervisor, source, {"x": 2.0}, seed=5, limits=LIMITS)
    assert [(trial.fault, trial.measurements["m"].value) for trial in run.faults] == [
        ("first", 2),
        ("second", 3),
    ]
    assert run.subject is not None
    assert run.subject.measurements["m"].value == 1
    assert len({trial.measurements["draw"].value for trial in (*run.faults, run.subject)}) == 1
    assert (run.falsifier, run.seed, run.params) == ("test.one", 5, {"x": 2.0})
    assert run.source_digest == source.closure.digest


def test_faults_alone_and_some_of_them(supervisor: Supervisor, write_plugin: WritePlugin) -> None:
    source = write_plugin(MEASURE)
    run = run_test(supervisor, source, {}, seed=5, limits=LIMITS, with_subject=False, only_faults=["second"])
    assert [trial.fault for trial in run.faults] == ["second"]
    assert run.subject is None
    run = run_test(supervisor, source, {}, seed=5, limits=LIMITS, only_faults=[])
    assert run.faults == ()
    assert run.subject is not None
    run = run_test(supervisor, source, {}, seed=5, limits=LIMITS, with_subject=False, only_faults=["third"])
    assert [trial.failure for trial in run.faults] == [Failure.REGISTRATION]


def test_a_failing_fault_does_not_stop_the_others(supervisor: Supervisor, write_plugin: WritePlugin) -> None:
    source = write_plugin("if trial.subject() == 2: os.abort()\ntrial.measure('m', 1)")
    run = run_test(supervisor, source, {}, seed=5, limits=LIMITS)
    assert [trial.failure for trial in run.faults] == [Failure.SIGNAL, None]
    assert run.subject is not None
    assert run.subject.is_measured


@pytest.mark.parametrize(
    ("first_line", "params", "failure"),
    [("", {"y": 1}, Failure.PARAMS), ("1 / 0", {}, Failure.REGISTRATION)],
)
def test_what_would_fail_every_time_is_run_once(
    write_plugin: WritePlugin, head: str, first_line: str, params: dict[str, int], failure: Failure
) -> None:
    calls = []

    class Counting(Supervisor):
        def run_trial(self, request: TrialRequest, timeout_s: float) -> TrialResult:
            calls.append(request)
            return super().run_trial(request, timeout_s)

    source = write_plugin(MEASURE, head=f"{first_line}{head}")
    with Counting() as counting:
        run = run_test(counting, source, params, seed=5, limits=LIMITS)
    assert run.subject is not None
    assert [trial.failure for trial in (*run.faults, run.subject)] == [failure] * 3
    assert [trial.fault for trial in (*run.faults, run.subject)] == ["first", "second", None]
    assert len({trial.reason for trial in (*run.faults, run.subject)}) == 1
    assert len(calls) == 1


def test_names_of_faults_that_are_not_spelled_out_are_asked_for(
    supervisor: Supervisor, write_plugin: WritePlugin, head: str
) -> None:
    head = head.replace('{"first": broken, "second": lambda: 3}', "{k: broken for k in 'ab'}")
    source = write_plugin(MEASURE, head=head)
    assert source.planted_faults is None
    run = run_test(supervisor, source, {}, seed=5, limits=LIMITS)
    assert [trial.fault for trial in run.faults] == ["a", "b"]
    run = run_test(
        supervisor, write_plugin(MEASURE, head=head + "    1 / 0\n1 / 0\nif 1:\n"), {}, seed=5, limits=LIMITS
    )
    assert [(trial.fault, trial.failure) for trial in run.faults] == [
        ("planted faults", Failure.REGISTRATION)
    ]
    assert run.subject is not None
    assert run.subject.reason == "ZeroDivisionError: division by zero"


def test_a_falsifier_is_described(supervisor: Supervisor, write_plugin: WritePlugin) -> None:
    description = describe_falsifier(supervisor, write_plugin(MEASURE), LIMITS)
    found = description.find("test.one")
    assert found is not None
    assert (found.summary, found.subject, found.planted_faults) == (
        "Measure.",
        "plug.subject",
        ("first", "second"),
    )
    assert found.params_schema is not None
    assert found.params_schema["properties"]["x"]["type"] == "number"


def test_a_description_that_fails_says_why(
    supervisor: Supervisor, write_plugin: WritePlugin, head: str
) -> None:
    description = describe_falsifier(supervisor, write_plugin(MEASURE, head=f"1 / 0{head}"), LIMITS)
    assert description.failure is Failure.REGISTRATION
    hanging = head.replace("def subject", "time.sleep(60)\ndef subject")
    description = describe_falsifier(supervisor, write_plugin(MEASURE, head=hanging), Limits(0.2, 256))
    assert description.failure is Failure.TIMEOUT


def test_a_model_without_a_schema_is_described(
    supervisor: Supervisor, write_plugin: WritePlugin, head: str
) -> None:
    fields = "model_config = {'arbitrary_types_allowed': True}\n    x: threading.Event | None = None"
    source = write_plugin(MEASURE, head=head.replace("x: float = 1.0", fields))
    found = describe_falsifier(supervisor, source, LIMITS).find("test.one")
    assert found is not None
    assert found.params_schema is None


def test_an_unreadable_closure_is_an_error(supervisor: Supervisor, write_plugin: WritePlugin) -> None:
    source = write_plugin("import other", other="x = (")
    with pytest.raises(RegistrationError):
        run_test(supervisor, source, {}, seed=1, limits=LIMITS)


def test_seeds_are_spread_and_fit_in_a_double() -> None:
    seeds = {derive_seed("sha256:" + hashlib.sha256(bytes([n])).hexdigest()) for n in range(100)}
    assert len(seeds) == 100
    assert max(seeds) < 2**53


def test_the_subject_is_replaced_by_identity_and_by_noise(
    supervisor: Supervisor, write_plugin: WritePlugin
) -> None:
    source = write_plugin("trial.measure('m', trial.subject(41))")
    run = run_test(supervisor, source, {}, seed=5, limits=LIMITS, only_faults=[])
    replaced = run_replacements(supervisor, source, run, limits=LIMITS)
    identity, noise = replaced.replacements
    assert (identity.fault, identity.measurements["m"].value) == ("identity", 41)
    assert (noise.fault, noise.failure) == ("noise", Failure.EXCEPTION)
    assert (noise.reason or "").startswith("TypeError: subject() takes 0 positional arguments")
    assert replaced.subject == run.subject


def test_a_mutant_changes_the_subject_and_not_the_harness(
    supervisor: Supervisor, write_plugin: WritePlugin
) -> None:
    body = "import shared\ntrial.measure('m', trial.subject())\ntrial.measure('own', shared.VALUE)"
    head = head_with("def subject():\n    return LIMIT\n\nfrom shared import VALUE as LIMIT")
    source = write_plugin(body, head=head, shared="VALUE = 1\n")
    changed = [
        replace(module, source=b"VALUE = 2\n") for module in source.closure.modules if module.name == "shared"
    ]
    mutated = run_mutant(supervisor, source, {}, changed, seed=5, limits=LIMITS)
    assert {name: found.value for name, found in mutated.measurements.items()} == {"m": 2, "own": 1}
    broken = [replace(changed[0], source=b"1 / 0\n")]
    failed = run_mutant(supervisor, source, {}, broken, seed=5, limits=LIMITS)
    assert (failed.failure, failed.reason) == (Failure.EXCEPTION, "ZeroDivisionError: division by zero")


def head_with(subject: str) -> str:
    return (
        "from pvengine.plugin import Params, Trial, falsifier\n"
        "class P(Params):\n    x: float = 1.0\n"
        f"{subject}\n"
        "@falsifier('test.one', subject=subject, planted_faults={'first': lambda: 3})\n"
        "def measure(trial: Trial, p: P) -> None:\n    'Measure.'\n"
    )
