"""`pv trace` in a process of its own, on random weights; tests/falsifiers/tracing has the rest."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Scratch

SMALL_MODELS = Path(__file__).parents[1] / "falsifiers" / "models"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the model tiny."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SMALL_MODELS)
        small_models = importlib.import_module("small_models")
        small_models.write(folder / "tiny.gguf", small_models.SHAPES["gemma3"])
    return folder


def test_a_model_of_the_project_is_traced(scratch: Scratch, models: Path) -> None:
    scratch.edit("[limits]", f'model_folders = ["{models}"]\n[limits]', "pv.toml")
    result = scratch.pv("trace", "tiny", "--prompt", "abcd", "--layers", "1-2", "--tensors", "inner,down")
    assert (result.code, result.err) == (0, "[4/4] layers of path A\n[4/4] layers of path B\n")
    lines = result.out.splitlines()
    assert lines[0].startswith("tiny  gemma3, 4 layers, sha256 ")
    assert lines[1] == "prompt  3 tokens: 1 '<s>', 270 ' ', 273 'abcd'"
    rows = [line.split() for line in lines[6:10]]
    assert [row[:2] for row in rows] == [["1", "inner"], ["1", "down"], ["2", "inner"], ["2", "down"]]
    assert all(0.9 < float(row[4]) < 1.1 for row in rows)
    assert "like with like: " in result.out
    assert "not comparable" not in result.out


def test_a_document_is_alone_on_standard_output_and_the_same_twice(scratch: Scratch, models: Path) -> None:
    arguments = ("trace", models / "tiny.gguf", "--prompt", "ab", "--artefact", "--format", "json")
    first, second = scratch.pv(*arguments), scratch.pv(*arguments)
    assert first.code == second.code == 0
    assert first.out == second.out
    assert first.report["schema"] == "pv/trace/v1"
    assert len(first.report["rows"]) == len(first.report["not_comparable"]) == 20
    assert scratch.temporary_files() == []


def test_mistakes_end_with_2_and_a_message(scratch: Scratch, models: Path) -> None:
    missing = scratch.pv("trace", "tiny", "--prompt", "a")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("pv: the model tiny is not at hand\n  why: ")
    assert "\n  fix: get it: put tiny.gguf into a folder named by PV_MODELS, " in missing.err
    broken = scratch.write("broken.gguf", (models / "tiny.gguf").read_bytes()[:5000])
    result = scratch.pv("trace", "./broken.gguf", "--prompt", "a", "--format", "json")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("pv: broken.gguf: is no whole GGUF file: it ends at byte 5000, ")
    assert result.err.count("\n") == 3
    assert broken.exists()


def test_help_is_that_of_click_and_the_table_does_not_import_it(scratch: Scratch) -> None:
    result = scratch.pv("trace", "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Usage: pv trace [OPTIONS] MODEL\n")
    report = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('pvfalsifiers.tracing' in sys.modules, file=sys.stderr))"
    )
    listed = scratch.patched(report, "--help")
    assert "\n  trace  Of pvengine " in listed.out
    assert listed.err == "False\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_full_is_usage(scratch: Scratch, models: Path) -> None:
    command = [sys.executable, "-m", "pvengine", "trace", str(models / "tiny.gguf"), "--prompt", "a"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - this interpreter and this package
            command, cwd=scratch.root, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.endswith("path B\npv: cannot write the trace: no space left on device\n")


def test_a_reader_that_goes_away_is_no_error(scratch: Scratch, models: Path) -> None:
    command = f"{sys.executable} -m pvengine trace {models}/tiny.gguf --prompt a --tensors all --format json"
    done = subprocess.run(  # noqa: S602 - a pipe of the shell is what this is about
        f"({command}; echo exit $? >&2) | true", cwd=scratch.root, shell=True, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stderr.endswith("path B\nexit 0\n")
