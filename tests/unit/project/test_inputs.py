from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pvengine.models.claim import Requirement
from pvengine.project.inputs import find_model, say_missing

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_configured_path_goes_before_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("here.bin", "models/m.gguf", "home/m.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"weights")
    monkeypatch.setenv("PV_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert find_model("m", {"m": "here.bin"}, tmp_path) == tmp_path / "here.bin"
    assert find_model("m", {"m": "~/m.bin"}, tmp_path) == tmp_path / "home" / "m.bin"
    assert find_model("m", {"m": "gone.bin"}, tmp_path) is None
    assert find_model("m", {}, tmp_path) == tmp_path / "models" / "m.gguf"
    assert find_model("n", {}, tmp_path) is None


def test_the_content_counts_also_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes(b"weights")
    wanted = Requirement(model="m", sha256=hashlib.sha256(b"weights").hexdigest())
    assert say_missing([wanted], {"m": "m.bin"}, tmp_path) is None
    path.write_bytes(b"other weights")
    reason = say_missing([wanted], {"m": "m.bin"}, tmp_path)
    assert reason is not None
    assert reason.startswith(
        f"needs the model m with SHA-256 {wanted.sha256[:12] if wanted.sha256 else ''}, "
    )
