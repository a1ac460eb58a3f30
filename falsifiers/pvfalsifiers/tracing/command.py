"""``pv trace``."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from pvengine.errors import UsageError
from pvfalsifiers.models import Model, load
from pvfalsifiers.tracing.choosing import choose_layers, choose_tensors, find_file
from pvfalsifiers.tracing.passes import PassFacts, run_pass
from pvfalsifiers.tracing.plot import check_matplotlib, draw_table
from pvfalsifiers.tracing.render import render_csv, render_json, render_text
from pvfalsifiers.tracing.table import ModelFacts, PromptToken, TraceTable, compare, divide_unlike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvfalsifiers.models.trace import Path as PathName
    from pvfalsifiers.models.trace import Tokens

__all__ = ["Request", "command", "trace_model"]

_FORMATS = {"text": render_text, "json": render_json, "csv": render_csv}
_Paths: TypeAlias = Literal["A", "B", "both"]


@dataclass(frozen=True)
class Request:
    """What is asked of a trace.

    Parameters
    ----------
    model
        Name or path.
    prompt
        What the model reads.
    paths
        ``"A"``, ``"B"`` or ``"both"``.
    layers, tensors
        As `choosing` reads them.
    over
        Which tokens the statistics are taken over.
    artefact
        Whether the unlike quotient is asked for, too.
    """

    model: str
    prompt: str
    paths: _Paths = "both"
    layers: str = "all"
    tensors: str = "gate,up,activation,inner,down"
    over: Tokens = "all"
    artefact: bool = False


@click.command("trace")
@click.argument("model")
@click.option("--prompt", required=True, metavar="TEXT", help="What the model reads.")
@click.option(
    "--path", "paths", type=click.Choice(["A", "B", "both"]), default="both", show_default=True,
    help="A: float32 activations. B: activations quantised as the type of each weight asks for.",
)  # fmt: skip
@click.option(
    "--layers", default="all", show_default=True, metavar="RANGE",
    help="Layers that are shown, such as 0-3,7; counted from 0.",
)  # fmt: skip
@click.option(
    "--tensors", default="gate,up,activation,inner,down", show_default=True, metavar="NAMES",
    help="Tensors that are shown, joined by commas, or all.",
)  # fmt: skip
@click.option(
    "--tokens", "over", type=click.Choice(["all", "last"]), default="all", show_default=True,
    help="Which tokens the statistics of both paths are taken over.",
)  # fmt: skip
@click.option(
    "--artefact", is_flag=True, help="Show A over all tokens by B over the last, too: unlike things."
)
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), default="text", show_default=True,
    help="How the result is printed.",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE.svg", help="Draw the result, too (extra plots)."
)
def command(form: str, plot: Path | None, **asked: str | bool) -> None:
    """Run a language model on both paths, and show each layer's spreads side by side.

    MODEL is a GGUF file, or the name of a model, which is looked for as `pv models` does. Shown is the
    standard deviation of each tensor of each layer on path A and on path B, over the same tokens, and their
    ratio; then the most probable next tokens.
    """
    if plot is not None:
        _check_plot(plot)
    table = trace_model(Request(**asked))  # type: ignore[arg-type] # click has checked each choice
    drawn = None if plot is None else draw_table(table)
    if plot is not None and drawn is not None:
        _write(plot, drawn)
    _emit(_FORMATS[form](table))


def trace_model(request: Request) -> TraceTable:
    """Run a model on a prompt, and return the facts; progress goes to standard error.

    Raises
    ------
    UsageError
        The request asks for what is not there or cannot be compared; the model is not at hand.
    ModelError
        The model's file is broken or unknown.
    """
    _check(request)
    tensors = choose_tensors(request.tensors)
    file = find_file(request.model)
    model = load(file)
    layers = choose_layers(request.layers, len(model.layers))
    tokens = _tokenize(model, request.prompt)
    names: tuple[PathName, ...] = ("A", "B") if request.paths == "both" else (request.paths,)
    facts = ModelFacts(
        request.model, str(file), _hash(file), model.hyperparameters.architecture, len(model.layers)
    )
    passes = tuple(
        run_pass(model, tokens, name, layers=layers, tensors=tensors, progress=_Progress(name, model))
        for name in names
    )
    return TraceTable(
        model=facts,
        prompt=request.prompt,
        tokens=tuple(PromptToken(token, _read_token(model, token)) for token in tokens),
        over=request.over,
        passes=passes,
        rows=compare(passes, layers, tensors, request.over),
        artefact=divide_unlike(passes[0], passes[1], layers, tensors) if request.artefact else None,
        vocabulary=_read_next_tokens(model, passes),
    )


def _check(request: Request) -> None:
    if not request.prompt:
        raise UsageError(
            "--prompt: there is no text", why="a forward pass reads a prompt", fix="--prompt 'Some text'"
        )
    if request.artefact and request.paths != "both":
        raise UsageError(
            f"--artefact with --path {request.paths}",
            why="it is a quotient of path A by path B",
            fix="leave --path out, or --artefact",
        )


def _tokenize(model: Model, prompt: str) -> list[int]:
    tokens = model.tokenize(prompt)
    context = model.hyperparameters.context
    if len(tokens) > context:
        raise UsageError(
            f"--prompt: it has {len(tokens)} tokens",
            where=str(model.path),
            why=f"the model was trained on {context} tokens at most",
            fix="give a shorter text",
        )
    return tokens


def _read_token(model: Model, token: int) -> str:
    """Return the text of a token inside of a text, with the space that one at the beginning would lose."""
    alone = model.detokenize([token], special=True)
    return model.detokenize([token, token], special=True)[len(alone) :]


def _read_next_tokens(model: Model, passes: Sequence[PassFacts]) -> dict[int, str]:
    return {each.token: _read_token(model, each.token) for one in passes for each in one.next_tokens}


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Progress:
    """Tells how far a pass is: layer by layer on a terminal, in one line at its end elsewhere."""

    def __init__(self, path: PathName, model: Model) -> None:
        self._path = path
        self._layers = len(model.layers)
        self._is_live = sys.stderr.isatty()

    def __call__(self, done: int) -> None:
        text = f"[{done}/{self._layers}] layers of path {self._path}"
        if self._is_live:
            click.echo(f"\r{text}", nl=done == self._layers, err=True)
        elif done == self._layers:
            click.echo(text, err=True)


def _check_plot(plot: Path) -> None:
    """Refuse, before the model runs, a figure that could not be drawn or written."""
    if plot.suffix != ".svg":
        raise UsageError(
            f"--plot {plot}: it does not end with .svg",
            why="a figure is drawn as SVG",
            fix="name a file such as trace.svg",
        )
    if plot.is_dir() or not plot.resolve().parent.is_dir():
        raise UsageError(
            f"--plot {plot}: no file can be written there",
            why="it is a folder, or the folder above it is not there",
            fix="make the folder, or correct the path",
        )
    check_matplotlib()


def _write(plot: Path, content: bytes) -> None:
    """Write the figure whole or not at all."""
    target = plot.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            partial.write_bytes(content)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"--plot {plot}: {(error.strerror or str(error)).lower()}", fix="name another file"
        ) from error
    click.echo(f"pv: wrote {plot}", err=True)


def _emit(text: str) -> None:
    """Write to standard output, in UTF-8 whatever the locale says."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except OSError as error:
        with Path(os.devnull).open("wb") as sink:  # what is left in the buffer goes nowhere when Python ends
            os.dup2(sink.fileno(), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # a reader that has gone is no error
            what = f"cannot write the trace: {(error.strerror or str(error)).lower()}"
            raise UsageError(what) from error
