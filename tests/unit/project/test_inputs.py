from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from pvengine.models.claim import Requirement
from pvengine.project import file_digests
from pvengine.project.configuration import Configuration
from pvengine.project.inputs import digest_inputs, find_inputs, say_missing
from pvengine.project.model_search import ModelSearch
from pvengine.registry.model_source import ModelSource

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = hashlib.sha256(b"weights").hexdigest()
OTHERS = hashlib.sha256(b"other weights").hexdigest()


def search(root: Path, **models: ModelSource) -> ModelSearch:
    return ModelSearch(root, Configuration(models=models))


@pytest.fixture(autouse=True)
def _no_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PV_MODELS", raising=False)


def test_the_content_counts_also_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes(b"weights")
    wanted = Requirement(model="m", sha256=WEIGHTS)
    here = search(tmp_path, m=ModelSource(path="m.bin"))
    assert say_missing([wanted], here) is None
    assert find_inputs([wanted], here)["m"].sha256 == WEIGHTS
    path.write_bytes(b"other weights")
    assert say_missing([wanted], here) == (
        f"needs the model m with SHA-256 {WEIGHTS[:12]}, {path} has {OTHERS[:12]}"
    )
    assert digest_inputs([wanted], here) == {"m": OTHERS}


def test_a_content_that_the_project_gives_a_name_is_demanded_too(tmp_path: Path) -> None:
    (tmp_path / "m.bin").write_bytes(b"weights")
    here = search(tmp_path, m=ModelSource(path="m.bin", sha256=OTHERS))
    assert say_missing([Requirement(model="m")], here) == (
        f"needs the model m with SHA-256 {OTHERS[:12]}, {tmp_path / 'm.bin'} has {WEIGHTS[:12]}"
    )
    assert say_missing([Requirement(model="m", sha256=WEIGHTS)], here) is None, "the contract goes first"


def test_what_is_missing_is_said_with_how_to_get_it(tmp_path: Path) -> None:
    here = search(tmp_path, known=ModelSource(get="make models"), placed=ModelSource(path="here.gguf"))
    said = [say_missing([Requirement(model=name)], here) for name in ("known", "placed", "m")]
    assert said == [
        "needs the model known (get it: make models)",
        "needs the model placed: put the file at here.gguf, where [tool.pv.models] says that it is",
        (
            "needs the model m: put m.gguf into a folder named by PV_MODELS, or give its path under"
            " [tool.pv.models]"
        ),
    ]
    assert find_inputs([Requirement(model="m")], here) == {}


def test_what_is_recorded_is_hashed_and_never_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m.bin").write_bytes(b"weights")
    here = search(tmp_path, m=ModelSource(path="m.bin"))
    monkeypatch.setattr(file_digests, "_WORTH_KEEPING_BYTES", 1)
    monkeypatch.setattr(file_digests, "_recall", lambda *_: "0" * 64)
    assert digest_inputs([Requirement(model="m")], here) == {"m": "0" * 64}
    assert find_inputs([Requirement(model="m")], here)["m"].sha256 == WEIGHTS
