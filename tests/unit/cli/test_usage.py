from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from pvengine.cli.output import DOCUMENT_FORMATS, format_option, output_option
from pvengine.cli.usage import DocumentedCommand

if TYPE_CHECKING:
    from pathlib import Path


@click.command("probe", cls=DocumentedCommand)
@format_option("text", *DOCUMENT_FORMATS)
@output_option
def probe(form: str, output: Path | None) -> None:
    click.echo(f"{form} {output}")


def test_a_right_command_line_is_left_alone() -> None:
    result = CliRunner().invoke(probe, ["--format", "json", "-o", "x"])
    assert (result.exit_code, result.stdout) == (0, "json x\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nope", "--format", "json"],
        ["--format=json", "--nope"],
        ["--format", "text", "--nope", "--format", "json"],
    ],
)
def test_a_wrong_one_gives_the_document_that_it_asks_for(arguments: list[str]) -> None:
    result = CliRunner().invoke(probe, arguments)
    report = json.loads(result.stdout)
    assert (result.exit_code, report["exit_code"], report["command"], result.stderr) == (2, 2, "probe", "")
    (found,) = report["diagnostics"]
    assert (found["code"], found["message"]) == ("PV001", "No such option '--nope'.")
    assert found["fix"] == "`probe --help` lists the options"


@pytest.mark.parametrize("option", ["--output={}", "-o={}"])
def test_the_document_goes_where_it_shall_go(tmp_path: Path, option: str) -> None:
    path = tmp_path / "out.json"
    result = CliRunner().invoke(probe, ["--format", "json", option.format(path), "--nope"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("pv: No such option '--nope'.\n")
    assert json.loads(path.read_text())["exit_code"] == 2


@pytest.mark.parametrize(
    "arguments",
    [["--nope"], ["--nope", "--format", "text"], ["--format", "nope"], ["--nope", "--", "--format", "json"]],
)
def test_a_wrong_one_gives_a_message_otherwise(arguments: list[str]) -> None:
    result = CliRunner().invoke(probe, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: probe [OPTIONS]" in result.stderr
