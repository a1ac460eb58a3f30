from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from typing import TYPE_CHECKING

import click
import numpy as np
import pytest
import small_models
from click.testing import CliRunner

from pvengine.cli.main import root
from pvfalsifiers.models import forward_traced, load
from pvfalsifiers.tracing.command import Request, trace_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

PROGRESS = "[2/2] layers of path A\n[2/2] layers of path B\n"


def run(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(root, ["trace", *map(str, arguments)], prog_name="pv")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def refuse(*arguments: str | Path) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("over", ["all", "last"])
def test_the_figures_are_those_of_the_trace(file: Path, over: str) -> None:
    done = run(file, "--prompt", "abcd", "--tokens", over, "--format", "csv", "--artefact")
    assert (done.exit_code, done.stderr) == (0, PROGRESS)
    model = load(file)
    tokens = model.tokenize("abcd")
    a, b = (forward_traced(model, tokens, path) for path in ("A", "B"))  # type: ignore[arg-type] # paths
    expected = []
    for layer in range(2):
        for name in ("gate", "up", "activation", "inner", "down"):
            ours, theirs = a.std(layer, name, over), b.std(layer, name, over)  # type: ignore[arg-type] # as given
            unlike = a.std(layer, name, "all") / b.std(layer, name, "last")
            width = str(a.array(layer, name).shape[1])
            figures = map(repr, (ours, theirs, ours / theirs, unlike))
            expected.append([str(layer), name, over, width, *figures])
    assert list(csv.reader(io.StringIO(done.stdout)))[1:] == expected


def test_the_document_tells_model_prompt_tokens_and_what_comes_next(file: Path) -> None:
    arguments = (file, "--prompt", "<s>ab\u00e9", "--layers", "1", "--tensors", "q,down", "--format", "json")
    done = run(*arguments)
    document = json.loads(done.stdout)
    assert document["model"] == {
        "name": str(file),
        "file": str(file),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "architecture": "llama",
        "layers": 2,
    }
    assert document["prompt"] == "<s>ab\u00e9"
    tokens = load(file).tokenize("<s>ab\u00e9")
    assert [each["token"] for each in document["tokens"]] == tokens
    assert [each["text"] for each in document["tokens"]] == ["<s>", "<s>", " ab", "\ufffd", "\ufffd"]
    assert [(row["layer"], row["tensor"]) for row in document["rows"]] == [(1, "q"), (1, "down")]
    assert [len(document["next_tokens"][path]) for path in "AB"] == [5, 5]
    assert document["not_comparable"] is None
    assert run(*arguments).stdout == done.stdout, "the same from run to run"


def test_text_is_the_default_and_one_path_runs_alone(file: Path) -> None:
    done = run(file, "--prompt", "ab", "--path", "B", "--layers", "0", "--tensors", "inner")
    assert (done.exit_code, done.stderr) == (0, "[2/2] layers of path B\n")
    lines = done.stdout.splitlines()
    assert lines[1] == "prompt  2 tokens: 1 '<s>', 275 ' ab'"
    std = f"{forward_traced(load(file), [1, 275], 'B').std(0, 'inner'):.6g}"
    assert lines[5:7] == [f"layer  tensor  {'std B':>{len(std)}}", f"    0  inner   {std}"]
    assert lines[-1].startswith("path B took ")


def test_a_terminal_sees_each_layer_in_one_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    trace_model(Request(str(file), "ab", paths="A"))
    shown = click.unstyle(sys.stderr.getvalue())  # type: ignore[attr-defined] # of the terminal above
    assert shown == "\r[1/2] layers of path A\r[2/2] layers of path A\n"


def test_a_name_is_looked_for_where_models_are(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PV_MODELS", str(file.parent))
    done = run("small", "--prompt", "a", "--format", "json")
    assert json.loads(done.stdout)["model"]["name"] == "small"
    assert json.loads(done.stdout)["model"]["file"] == str(file)


def test_a_missing_model_has_the_command_that_gets_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pv.toml").write_text('[models.tiny]\nget = "pip install tiny-llm"\n')
    assert refuse("tiny", "--prompt", "a") == (
        "pv: the model tiny is not at hand\n"
        "  why: it is at none of the places where a model is looked for\n"
        "  fix: get it: pip install tiny-llm\n"
    )


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "is no whole GGUF file: "),
    "foreign": (lambda _: b"<html>" * 100, "is no whole GGUF file: "),
    "truncated": (lambda content: content[:-1000], "is no whole GGUF file: "),
    "other architecture": (
        lambda content: content.replace(b"llama", b"mamba", 1),
        "its architecture is 'mamba'",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_is_told_with_four_parts(file: Path, tmp_path: Path, name: str) -> None:
    change, said = BROKEN[name]
    path = tmp_path / "broken.gguf"
    path.write_bytes(change(file.read_bytes()))
    shown = refuse(path, "--prompt", "a")
    assert shown.startswith(f"pv: {path}: {said}")
    assert "\n  why: " in shown
    assert "\n  fix: " in shown
    assert "Traceback" not in shown


def test_a_path_without_a_file(tmp_path: Path) -> None:
    shown = refuse(tmp_path / "absent.gguf", "--prompt", "a")
    assert shown.startswith(f"pv: {tmp_path / 'absent.gguf'}: cannot be read: No such file")
    assert refuse(f"{tmp_path}/", "--prompt", "a").startswith(f"pv: {tmp_path}: cannot be read: ")


def test_a_model_whose_numbers_are_none(tmp_path: Path) -> None:
    shape = small_models.SHAPES["llama-wide"]
    huge = {"output_norm.weight": np.full(256, 3e38, np.float32)}
    path = small_models.write(tmp_path / "huge.gguf", shape, tensors=huge)
    assert "the logits: " in refuse(path, "--prompt", "a").partition("layers of path B\n")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--prompt", ""), "pv: --prompt: there is no text\n"),
        (
            ("--prompt", "a" * 200),
            ": --prompt: it has 201 tokens\n  why: the model was trained on 128 tokens",
        ),
        (("--prompt", "\udcff"), ": the text has a lone surrogate at character 0"),
        (("--prompt", "a", "--layers", "2"), "pv: --layers 2: there is no layer 2\n"),
        (("--prompt", "a", "--layers", "x"), "pv: --layers x: 'x' is neither a layer nor a range"),
        (("--prompt", "a", "--tensors", "x"), "pv: --tensors x: the trace has no 'x'\n"),
        (("--prompt", "a", "--artefact", "--path", "A"), "pv: --artefact with --path A\n"),
        (("--prompt", "a", "--plot", "x.png"), "pv: --plot x.png: it does not end with .svg\n"),
        (("--prompt", "a", "--plot", "no/x.svg"), "pv: --plot no/x.svg: no file can be written there\n"),
        (("--prompt", "a", "--tokens", "first"), "'first' is not one of 'all', 'last'"),
        ((), "Error: Missing option '--prompt'"),
    ],
)
def test_mistakes_are_usage(file: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in refuse(file, *arguments)


def test_a_mistake_is_told_before_the_model_runs(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.figure", raising=False)
    shown = refuse(file, "--prompt", "a", "--plot", "x.svg")
    assert shown.startswith("pv: a plot needs matplotlib")
    assert "\n  fix: pip install 'pvengine[plots]'\n" in shown


def test_a_plot_is_written_beside_the_result(file: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots are an extra: pip install 'pvengine[plots]'")
    place = tmp_path / "plots"
    place.mkdir()
    plot = place / "trace.svg"
    done = run(file, "--prompt", "ab", "--format", "csv", "--plot", plot)
    assert (done.exit_code, done.stderr) == (0, f"{PROGRESS}pv: wrote {plot}\n")
    assert done.stdout.startswith("layer,tensor,")
    content = plot.read_bytes()
    assert b"over all 2 tokens" in content
    (tmp_path / "link.svg").symlink_to(plot)
    plot.write_bytes(b"old")
    assert run(file, "--prompt", "ab", "--plot", tmp_path / "link.svg").exit_code == 0
    assert plot.read_bytes() == content
    assert list(place.iterdir()) == [plot]
    (place / "folder.svg").mkdir()
    assert "no file can be written there" in refuse(file, "--prompt", "a", "--plot", place / "folder.svg")
