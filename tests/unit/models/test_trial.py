"""A trial is measured where nothing failed, and a run crosses processes unchanged."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pvengine.models.measurement import Measurement
from pvengine.models.trial import Failure, TestRun, TrialResult


def test_a_trial_is_measured_where_nothing_failed() -> None:
    assert TrialResult(fault=None).is_measured
    assert not any(TrialResult(fault=None, failure=failure).is_measured for failure in Failure)


def test_a_run_reads_back_from_json() -> None:
    run = TestRun(
        falsifier="f",
        source_digest="sha256:" + "0" * 64,
        params={"x": [1, 1.5, None]},
        seed=3,
        faults=(TrialResult(fault="broken", failure=Failure.TIMEOUT, reason="60 s"),),
        subject=TrialResult(fault=None, measurements={"m": Measurement(value=1, dtype="int")}),
    )
    assert TestRun.model_validate_json(run.model_dump_json()) == run


def test_a_run_names_the_code_that_ran() -> None:
    with pytest.raises(ValidationError):
        TestRun(falsifier="f", source_digest="", params={}, seed=1, faults=(), subject=None)
