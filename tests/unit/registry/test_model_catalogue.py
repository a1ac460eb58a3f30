from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.registry.model_catalogue import KnownModel, locate, read_catalogue
from pvengine.registry.model_source import ModelSource

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.registry.model_catalogue import ModelCatalogue

TINY = '[tiny]\npackage = "carrier"\nfile = "carrier/tiny.gguf"\nget = "pip install carrier"\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def install(place: Path, name: str, toml: str | bytes | None, value: str | None = None) -> Path:
    """Install a package that cannot be imported, with a catalogue."""
    about = place / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[pv.models]\n{name} = {value or f'{name}:known.toml'}\n")
    (place / name).mkdir()
    (place / name / "__init__.py").write_text("raise ImportError('a catalogue is read, not imported')\n")
    path = place / name / "known.toml"
    if toml is not None:
        path.write_bytes(toml if isinstance(toml, bytes) else toml.encode())
    return path


def show(found: ModelCatalogue) -> list[str]:
    """Show what is wrong; what the installed falsifiers of this project say is not among it."""
    return [f"{each.code} {each.message}" for each in found.diagnostics]


def test_a_catalogue_is_read_and_its_package_is_not_imported(place: Path) -> None:
    path = install(place, "zoo", TINY)
    found = read_catalogue()
    source = ModelSource(package="carrier", file="carrier/tiny.gguf", get="pip install carrier")
    assert found.models["tiny"] == KnownModel(source, "entry point zoo")
    assert path in found.files
    assert show(found) == []


def test_two_catalogues_may_say_the_same_and_nothing_else(place: Path) -> None:
    install(place, "zoo", TINY)
    install(place, "ark", TINY)
    assert read_catalogue().models["tiny"].origin == "entry point ark"
    install(place, "pet", TINY.replace("pip install", "uv add"))
    found = read_catalogue()
    assert "tiny" not in found.models
    assert show(found) == ["PV420 entry point ark and entry point pet disagree about the model tiny"]


@pytest.mark.parametrize(
    ("toml", "value", "said"),
    [
        (None, None, "names zoo:known.toml, and there is no such file"),
        (TINY, "zoo", "names zoo, and there is no such file"),
        (TINY, "nowhere:known.toml", "names nowhere:known.toml, and there is no such file"),
        (TINY, "zoo:known", "names zoo:known, and there is no such file"),
    ],
)
def test_a_catalogue_that_is_not_there(place: Path, toml: str | None, value: str | None, said: str) -> None:
    install(place, "zoo", toml, value)
    assert show(read_catalogue()) == [f"PV420 entry point zoo {said}"]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[tiny", "Expected"),
        (b"\xff\xfe", "'utf-8' codec"),
        ("[tiny]\npaket = 'x'\n", "tiny.paket: unexpected keyword argument"),
        ("[tiny]\nsha256 = 'abc'\n", "tiny.sha256: string should match pattern"),
        ("tiny = 3\n", "tiny: input should be"),
    ],
)
def test_a_catalogue_that_cannot_be_used(place: Path, toml: str | bytes, said: str) -> None:
    path = install(place, "zoo", toml)
    (found,) = read_catalogue().diagnostics
    assert found.message.startswith(f"entry point zoo: {said}")
    assert (found.path, found.is_error) == (str(path), True)


def test_a_file_of_a_distribution_is_located_where_it_is_installed(place: Path) -> None:
    install(place, "zoo", TINY)
    assert locate("zoo", "zoo/known.toml") == place / "zoo" / "known.toml"
    assert locate("nobody", "zoo/known.toml") is None
