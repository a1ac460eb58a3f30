"""A worker runs exactly the bytes that were hashed, and no other first-party module."""

from __future__ import annotations

import importlib
import importlib.resources
import linecache
import sys
from typing import TYPE_CHECKING

import pytest

from pvengine.models.trial import Failure
from pvengine.registry.sources import ModuleSource
from pvengine.runner.served_modules import import_aside, serve_modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import RunBody

    Serve = Callable[..., None]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))
    before = set(sys.modules)

    def run(files: dict[str, bytes], first_party: tuple[str, ...] = ()) -> None:
        modules = []
        for name, source in files.items():
            is_package = name.endswith("/__init__.py")
            dotted = name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
            modules.append(ModuleSource(dotted, tmp_path / name, source, is_package=is_package))
        serve_modules(modules, first_party)

    yield run
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_the_bytes_run_whatever_the_disk_holds(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "served_one.py").write_text("VALUE = 'disk'\n", encoding="utf-8")
    serve({"served_one.py": b"# coding: latin-1\nVALUE = 'sent \xe9'\ndef fail(): raise KeyError\n"})
    module = importlib.import_module("served_one")
    assert module.VALUE == "sent é"
    assert module.__file__ == str(tmp_path / "served_one.py")
    assert module.__spec__ is not None
    assert module.__spec__.origin == module.__file__
    assert not (tmp_path / "__pycache__").exists()
    linecache.checkcache(module.__file__)
    assert linecache.getline(str(module.__file__), 3).strip() == "def fail(): raise KeyError"


def test_packages_relative_imports_namespaces_and_data(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "served_pack").mkdir()
    (tmp_path / "served_pack" / "data.txt").write_text("data", encoding="utf-8")
    serve(
        {
            "served_pack/__init__.py": b"from .inner import VALUE\n",
            "served_pack/inner.py": b"VALUE = 3\n",
            "served_space/deep/leaf.py": b"VALUE = 4\n",
        }
    )
    package = importlib.import_module("served_pack")
    assert package.VALUE == 3
    assert package.__path__ == [str(tmp_path / "served_pack")]
    assert importlib.resources.files("served_pack").joinpath("data.txt").read_text(encoding="utf-8") == "data"
    assert package.__loader__.get_data(str(tmp_path / "served_pack" / "data.txt")) == b"data"
    assert importlib.import_module("served_space.deep.leaf").VALUE == 4


def test_first_party_modules_that_were_not_sent_are_refused(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "served_pack").mkdir()
    (tmp_path / "served_pack" / "hidden.py").write_text("", encoding="utf-8")
    serve({"served_pack/__init__.py": b""}, ("served_pack", "served_sibling"))
    for name in ("served_pack.hidden", "served_sibling"):
        with pytest.raises(
            ModuleNotFoundError, match=f"{name} is not covered by the source digest"
        ) as caught:
            importlib.import_module(name)
        assert caught.value.name == name
    with pytest.raises(ModuleNotFoundError, match="No module named"):
        importlib.import_module("served_pack.absent")


def test_a_taken_name_is_refused(serve: Serve) -> None:
    with pytest.raises(ImportError, match="'json' is taken"):
        serve({"json.py": b""})


def test_a_source_that_is_no_text_fails_when_it_is_imported(serve: Serve) -> None:
    serve({"served_bad.py": b"# coding: no-such-codec\n"})
    with pytest.raises(SyntaxError):
        importlib.import_module("served_bad")


def test_a_dynamic_import_in_a_worker_is_refused(run_body: RunBody) -> None:
    body = "import importlib\nimportlib.import_module('side' + 'ways')"
    result = run_body(body, sideways="VALUE = 1\n")
    assert result.failure is Failure.EXCEPTION
    assert (result.reason or "").startswith(
        "ModuleNotFoundError: sideways is not covered by the source digest"
    )
    assert run_body("import sideways\ntrial.measure('m', sideways.VALUE)", sideways="VALUE = 1\n").is_measured


def test_the_project_is_on_no_path_in_a_worker(run_body: RunBody, tmp_path: Path) -> None:
    body = f"trial.measure('m', sum(os.path.realpath(p) == {str(tmp_path.resolve())!r} for p in sys.path))"
    assert run_body(body).measurements["m"].value == 0


def test_a_path_is_that_of_the_file(run_body: RunBody, tmp_path: Path) -> None:
    body = "from pathlib import Path\ntrial.measure('m', len(Path(__file__).with_name('data').read_bytes()))"
    (tmp_path / "data").write_bytes(b"12345")
    assert run_body(body).measurements["m"].value == 5
    assert not list(tmp_path.rglob("*.pyc"))


def test_a_module_is_imported_aside_with_another_source(serve: Serve, tmp_path: Path) -> None:
    files = {
        "served_aside/__init__.py": b"",
        "served_aside/deep.py": b"VALUE = 1\n",
        "served_aside/top.py": b"from served_aside.deep import VALUE\n",
    }
    serve(files)
    top = importlib.import_module("served_aside.top")
    before = {name: module for name, module in sys.modules.items() if name.startswith("served_aside")}
    modules = [
        ModuleSource("served_aside", tmp_path / "a", b"", is_package=True),
        ModuleSource("served_aside.deep", tmp_path / "b", b"VALUE = 1\n", is_package=False),
        ModuleSource("served_aside.top", tmp_path / "c", files["served_aside/top.py"], is_package=False),
    ]
    changed = [ModuleSource("served_aside.deep", tmp_path / "b", b"VALUE = 2\n", is_package=False)]
    finders = list(sys.meta_path)
    aside = import_aside("served_aside.top", modules, changed, ())
    assert (top.VALUE, aside.VALUE) == (1, 2)
    assert sys.meta_path == finders
    assert {name: module for name, module in sys.modules.items() if name.startswith("served_aside")} == before
    with pytest.raises(ZeroDivisionError):
        import_aside(
            "served_aside.top",
            modules,
            [ModuleSource("served_aside.deep", tmp_path / "b", b"1 / 0\n", is_package=False)],
            (),
        )
    assert {name: module for name, module in sys.modules.items() if name.startswith("served_aside")} == before
