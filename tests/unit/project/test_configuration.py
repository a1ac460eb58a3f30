from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.errors import UsageError
from pvengine.project.cache import Cache
from pvengine.project.configuration import find_configuration, read_configuration
from pvengine.registry.model_source import ModelSource

if TYPE_CHECKING:
    from pathlib import Path


def test_own_file_goes_before_the_shared_one(tmp_path: Path) -> None:
    assert find_configuration(tmp_path) is None
    shared = tmp_path / "pyproject.toml"
    shared.write_text("[tool.ruff]\n")
    assert find_configuration(tmp_path) is None
    shared.write_text("[tool.pv]\n")
    assert find_configuration(tmp_path) == shared
    own = tmp_path / "pv.toml"
    own.write_text("")
    assert find_configuration(tmp_path) == own


def test_defaults_and_values(tmp_path: Path) -> None:
    path = tmp_path / "pv.toml"
    path.write_text("")
    empty = read_configuration(path)
    assert (empty.contracts, empty.falsifiers, empty.jobs) == (("contracts",), (), None)
    assert (empty.limits.seconds, empty.limits.mebibytes) == (60, 1024)
    assert empty.status_words["SHIPPED"] == "DISCHARGED"
    path.write_bytes(b'\xef\xbb\xbfjobs = 3\nstatuses = {SHIPPED = "NEW"}\nmodels = {m = "~/m.gguf"}\n')
    full = read_configuration(path)
    assert (full.jobs, full.status_words["SHIPPED"]) == (3, "NEW")
    assert full.models == {"m": ModelSource(path="~/m.gguf")}
    assert (empty.models, empty.model_folders) == ({}, ())


def test_a_model_is_a_path_or_a_table_and_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "pv.toml"
    path.write_text(
        'model_folders = [".models"]\n[models]\nm = "m.gguf"\n'
        f'n = {{package = "p", file = "p/n.gguf", sha256 = "{"0" * 64}", get = "pip install p"}}\n'
    )
    cache = Cache(tmp_path / "cache")
    first, again = read_configuration(path, cache), read_configuration(path, cache)
    assert first == again == read_configuration(path)
    assert first.model_folders == (".models",)
    assert first.models == {
        "m": ModelSource(path="m.gguf"),
        "n": ModelSource(package="p", file="p/n.gguf", sha256="0" * 64, get="pip install p"),
    }


@pytest.mark.parametrize(
    ("entry", "what", "fix"),
    [
        ('{pth = "m"}', "unknown configuration key 'models.m.pth'", "did you mean 'path'?"),
        ("{path = 3}", "configuration key 'models.m.path': input should be a valid string, got 3", None),
        ('{sha256 = "abc"}', "configuration key 'models.m.sha256': string should match pattern", None),
        ("3", "configuration key 'models.m': input should be", None),
    ],
)
def test_a_model_that_is_neither(tmp_path: Path, entry: str, what: str, fix: str | None) -> None:
    path = tmp_path / "pv.toml"
    path.write_text(f"[models]\nm = {entry}\n")
    with pytest.raises(UsageError) as caught:
        read_configuration(path)
    assert caught.value.what.startswith(what)
    assert caught.value.fix == (fix or "docs/reference/configuration.md lists every key")


def test_an_unknown_key_is_said_before_a_wrong_value(tmp_path: Path) -> None:
    path = tmp_path / "pv.toml"
    path.write_text('contracts = 3\nfalsifer = ["x"]\n')
    with pytest.raises(UsageError) as caught:
        read_configuration(path)
    assert caught.value.what == "unknown configuration key 'falsifer'"
    assert caught.value.fix == "did you mean 'falsifiers'?"


@pytest.mark.parametrize("content", [b"jobs = ", b"\xff\xfe", b"jobs = 1\njobs = 2\n"])
def test_no_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pv.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="the configuration is no TOML"):
        read_configuration(path)
