"""A command that an installed package adds, in an interpreter of its own; tests/unit/cli has the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Result, Scratch

SOURCE = '''\
import click

from pvengine import open_project


@click.command("trace-sizes")
@click.argument("model")
def command(model):
    """Print the size of the file of MODEL."""
    click.echo(open_project().find_model(model).stat().st_size)
'''


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    about = folder / "tracer-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tracer\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[pv.commands]\ntrace-sizes = tracer:command\nbroken = tracer.gone:command\n"
    )
    (folder / "tracer.py").write_text(SOURCE)
    return folder


def start(scratch: Scratch, place: Path, *arguments: str) -> Result:
    return scratch.pv(*arguments, env={"PYTHONPATH": str(place)})


def test_it_works_with_the_project_and_fails_as_other_commands_do(scratch: Scratch, place: Path) -> None:
    scratch.write("tiny.bin", b"12345")
    scratch.edit("[limits]", 'models = {tiny = "tiny.bin"}\n[limits]', "pv.toml")
    result = start(scratch, place, "trace-sizes", "tiny")
    assert (result.code, result.out, result.err) == (0, "5\n", "")
    missing = start(scratch, place, "trace-sizes", "huge")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("pv: the model huge is not at hand\n  why: ")
    assert missing.err.count("\n") == 3


def test_a_broken_one_fails_alone(scratch: Scratch, place: Path) -> None:
    result = start(scratch, place, "broken")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(
        "pv: entry point broken = tracer.gone:command of tracer 1.0: the command 'broken' cannot be loaded: "
    )
    assert start(scratch, place, "explain", "PV101").code == 0
    assert "\n  trace-sizes  Of tracer 1.0.\n" in start(scratch, place, "--help").out
    without = scratch.pv("trace-sizes", "tiny")
    assert without.code == 2
    assert "Error: No such command 'trace-sizes'." in without.err


def test_a_command_of_the_table_does_not_look_for_others(scratch: Scratch, place: Path) -> None:
    del place
    report = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('pvengine.cli.added_commands' in sys.modules, file=sys.stderr))"
    )
    scratch.contract(scratch.test())
    assert scratch.patched(report, "status").err == "False\n"
