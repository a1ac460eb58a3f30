from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pvengine.errors import UsageError
from pvengine.ledger.judge import Judgement
from pvengine.models.vocabulary import Outcome
from pvengine.project.measuring import Measured
from pvengine.project.project import open_project
from pvengine.project.recording import Recorder, check_writable

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.project.view import ContractView


@pytest.fixture
def view(tmp_path: Path) -> ContractView:
    path = tmp_path / "x.yaml"
    path.write_text("metadata: {id: X, version: 1.0.0}\nfalsification_tests:\n- {id: A, rule: one}\n")
    return open_project(tmp_path).view(path)


def test_without_anything_new_there_is_nothing_to_write(view: ContractView) -> None:
    recording = Recorder(view, dry_run=False).write()
    assert (recording.version, recording.transitions, recording.diff) == ("1.0.0", (), "")
    assert not recording.is_written
    assert recording.problem is None


def test_a_test_that_did_not_run_leaves_no_evidence(view: ContractView) -> None:
    measured = Measured(None, Judgement(Outcome.INCONCLUSIVE, "no worker"), "2024-01-02T03:04:05Z")
    assert measured.trials == ()
    assert not measured.is_interrupted
    with pytest.raises(ValueError, match="leaves no evidence"):
        Recorder(view, dry_run=True).add("A", measured)


def test_a_folder_is_looked_at_before_anything_runs(
    view: ContractView, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_writable(view)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UsageError, match="is not writable"):
        check_writable(view)


def test_a_file_where_the_store_should_be(view: ContractView) -> None:
    (view.loaded.path.parent / "evidence").write_text("")
    with pytest.raises(UsageError, match="evidence is no folder"):
        check_writable(view)
