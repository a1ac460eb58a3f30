from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pvengine.project.configuration import Configuration
from pvengine.project.model_search import ModelSearch
from pvengine.registry.model_source import ModelSource

if TYPE_CHECKING:
    from pathlib import Path

CARRIED = ModelSource(package="carrier", file="carrier/data/Tiny.Q4.gguf")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which a distribution carries a model; nothing else is looked into."""
    packages = tmp_path / "packages"
    about = packages / "carrier-1.5.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: carrier\nVersion: 1.5\n")
    (packages / "carrier" / "data").mkdir(parents=True)
    (packages / "carrier" / "__init__.py").write_text("raise ImportError('nothing imports a carrier')\n")
    (packages / "carrier" / "data" / "Tiny.Q4.gguf").write_bytes(b"GGUF")
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PV_MODELS", raising=False)
    return packages


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"weights")


def find(root: Path, name: str, *folders: str, **models: ModelSource) -> tuple[str, str] | None:
    found = ModelSearch(root, Configuration(models=models, model_folders=folders)).find(name)
    return None if found is None else (found.path.relative_to(root).as_posix(), found.through)


@pytest.mark.usefixtures("place")
def test_a_configured_path_is_the_only_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "here.bin", "models/m.gguf", "home/m.bin")
    monkeypatch.setenv("PV_MODELS", str(tmp_path / "models"))
    assert find(tmp_path, "m", m=ModelSource(path="here.bin")) == ("here.bin", "path")
    assert find(tmp_path, "m", m=ModelSource(path="~/m.bin")) == ("home/m.bin", "path")
    assert find(tmp_path, "m", m=ModelSource(path="gone.bin")) is None, "a misspelt path is noticed"
    assert find(tmp_path, "m") == ("models/m.gguf", "variable")
    assert find(tmp_path, "n") is None


@pytest.mark.usefixtures("place")
def test_the_package_of_the_same_entry_stands_in_for_its_path(tmp_path: Path) -> None:
    both = ModelSource(path="here.bin", package=CARRIED.package, file=CARRIED.file)
    assert find(tmp_path, "m", m=both) == ("packages/carrier/data/Tiny.Q4.gguf", "package")
    write(tmp_path, "here.bin")
    assert find(tmp_path, "m", m=both) == ("here.bin", "path")


@pytest.mark.usefixtures("place")
def test_the_places_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_MODELS", os.pathsep.join([str(tmp_path / "one"), "", str(tmp_path / "two")]))
    assert find(tmp_path, "m", ".models", m=CARRIED) == ("packages/carrier/data/Tiny.Q4.gguf", "package")
    for name in ("two/Tiny.Q4.gguf", "two/m", "two/m.gguf", "one/m.gguf"):
        write(tmp_path, name)
        assert find(tmp_path, "m", ".models", m=CARRIED) == (name, "variable")
    write(tmp_path, ".models/m.gguf")
    assert find(tmp_path, "m", ".models", m=CARRIED) == (".models/m.gguf", "folder")


def test_a_package_that_is_not_there_or_lacks_the_file(tmp_path: Path, place: Path) -> None:
    here = ModelSearch(tmp_path, Configuration())
    assert find(tmp_path, "m", m=ModelSource(package="nobody", file="x.gguf")) is None
    assert find(tmp_path, "m", m=ModelSource(package="carrier", file="carrier/gone.gguf")) is None
    assert (here.find_version("carrier"), here.find_version("nobody")) == ("1.5", None)
    assert not list(place.rglob("__pycache__")), "nothing of it was imported"


def test_where_a_file_belongs_is_said_with_the_folders_of_the_project(tmp_path: Path) -> None:
    here = ModelSearch(tmp_path, Configuration(model_folders=(".models",)))
    assert here.say_how("m") == (
        "put m.gguf into .models or a folder named by PV_MODELS, or give its path under [tool.pv.models]"
    )
