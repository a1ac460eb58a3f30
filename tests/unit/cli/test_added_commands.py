from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from pvengine.cli.main import root

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''\
import click

from pvengine.errors import PvError

NO_COMMAND = 3


@click.command("trace")
@click.argument("model")
def trace(model):
    """Trace a model."""
    click.echo(f"traced {model}")


@click.command("refuse")
def refuse():
    """Refuse."""
    raise PvError("this cannot be", where="x.gguf", fix="leave it")
'''


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tracer", raising=False)
    return tmp_path


def install(place: Path, commands: str, name: str = "tracer") -> None:
    about = place / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[pv.commands]\n{commands}\n")
    (place / "tracer.py").write_text(SOURCE)


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(root, arguments, prog_name="pv")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_a_command_of_a_package_runs_under_its_name(place: Path) -> None:
    install(place, "inspect-model = tracer:trace")
    assert run("inspect-model", "tiny") == (0, "traced tiny\n", "")
    assert run("inspect-model")[0] == 2, "a mistake in its arguments is usage"


def test_help_lists_it_and_imports_nothing(place: Path) -> None:
    install(place, "inspect-model = tracer:trace\nvalidate = tracer:trace")
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert "\nCommands of installed packages:\n" in out
    assert "\n  inspect-model  Of tracer 1.0.\n" in out
    assert "\n  validate       Of tracer 1.0; not used: pv has a command of this name.\n" in out
    assert "tracer" not in sys.modules


def test_a_built_in_command_keeps_its_name(place: Path) -> None:
    install(place, "validate = tracer:trace")
    assert run("validate", "--help")[1].startswith("Usage: pv validate [OPTIONS] [PATHS]...")
    assert "tracer" not in sys.modules


def test_a_misspelt_name_is_compared_with_it(place: Path) -> None:
    install(place, "inspect-model = tracer:trace")
    code, _, err = run("inspect-modle")
    assert code == 2
    assert "Did you mean 'inspect-model'?" in err


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("nowhere:trace", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"),
        ("tracer:gone", "cannot be loaded: AttributeError: module 'tracer' has no attribute 'gone'"),
        ("tracer:NO_COMMAND", "is an object of type int"),
    ],
)
def test_a_broken_one_is_a_usage_error(place: Path, value: str, said: str) -> None:
    install(place, f"inspect-model = {value}")
    code, out, err = run("inspect-model", "tiny")
    assert (code, out) == (2, "")
    head, why, fix = err.splitlines()
    assert (
        head == f"pv: entry point inspect-model = {value} of tracer 1.0: the command 'inspect-model' {said}"
    )
    assert why.startswith("  why: ")
    assert fix.startswith("  fix: ")
    assert run("--help")[0] == 0, "the rest goes on"
    assert run("explain", "PV101")[0] == 0


def test_a_module_that_exits_is_broken_too(place: Path) -> None:
    install(place, "inspect-model = tracer:trace")
    (place / "tracer.py").write_text("import sys\nsys.exit('no\\nlicence')\n")
    code, _, err = run("inspect-model")
    assert code == 2
    assert "cannot be loaded: SystemExit: no licence\n" in err


def test_two_packages_with_one_name_are_told_apart_by_neither(place: Path) -> None:
    install(place, "inspect-model = tracer:trace")
    install(place, "inspect-model = tracer:refuse", name="other")
    code, _, err = run("inspect-model")
    assert code == 2
    assert err.startswith("pv: the command 'inspect-model' is added by ")
    assert "other 1.0" in err
    assert "tracer 1.0" in err


def test_an_error_of_the_engine_is_said_as_of_any_command(place: Path) -> None:
    install(place, "refuse = tracer:refuse")
    assert run("refuse") == (2, "", "pv: x.gguf: this cannot be\n  fix: leave it\n")


def test_completion_passes_over_what_is_broken(place: Path) -> None:
    install(place, "inspect-model = nowhere:trace\ninspect-more = tracer:trace")
    complete = ShellComplete(root, {}, "pv", "_PV_COMPLETE")
    assert [item.value for item in complete.get_completions([], "inspect-")] == ["inspect-more"]
