"""Help, misspelt words, the ways to call the command, and what starting it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pvengine.cli.table import COMMANDS

if TYPE_CHECKING:
    from conftest import Scratch

HEAVY = ("numpy", "networkx", "jsonschema", "rich")


@pytest.mark.parametrize("arguments", [(), *((name,) for name in COMMANDS), ("falsifiers", "check")])
def test_every_command_has_a_help_page(scratch: Scratch, arguments: tuple[str, ...]) -> None:
    result = scratch.pv(*arguments, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: {' '.join(('pv', *arguments))} ")
    assert "\n  -h, --help" in result.out or "\n  --help" in result.out
    if not arguments:
        assert all(f"\n  {name} " in result.out for name in COMMANDS)
        assert "Exit codes: 0 clean, 1 invalid contract, 2 usage, 3 evidence tampered" in result.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dischrage",), "Error: No such command 'dischrage'. Did you mean 'discharge'?"),
        (("frobnicate",), "Error: No such command 'frobnicate'."),
        (("discharge", "--dry_run", "x"), "Error: No such option '--dry_run'. Did you mean '--dry-run'?"),
        (
            ("status", "--format", "jsno"),
            "Error: Invalid value for '--format': 'jsno' is not one of 'text', 'json'.",
        ),
        (("graph", "x", "--format", "svg"), "'svg' is not one of 'text', 'dot', 'mermaid', 'json'."),
        (("new",), "Error: Missing argument 'CONTRACT-ID'."),
    ],
)
def test_misspelt_words(scratch: Scratch, arguments: tuple[str, ...], message: str) -> None:
    result = scratch.pv(*arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


@pytest.mark.parametrize("name", ["pv", "pvengine"])
def test_the_command_and_its_alias(name: str) -> None:
    script = Path(sys.executable).with_name(name)
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - our script
    assert done.stdout.startswith("pv ")
    assert done.stdout.removeprefix("pv ").strip().count(".") == 2


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate"], ["status"], ["verify"]])
def test_starting_imports_nothing_heavy(scratch: Scratch, arguments: list[str]) -> None:
    scratch.contract(scratch.test())
    report = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr))"
    )
    result = scratch.patched(report, *arguments)
    assert result.code == 0, result.shown
    assert result.err == "[]\n"


def test_help_imports_no_command(scratch: Scratch) -> None:
    report = (
        "import atexit, sys\n"
        "atexit.register(lambda: print([name for name in ('pydantic', 'yaml') if name in sys.modules],"
        " file=sys.stderr))"
    )
    assert scratch.patched(report, "--help").err == "[]\n"


def test_a_reader_that_goes_away_is_no_error(scratch: Scratch) -> None:
    scratch.contract(*(scratch.test(f"FT-{number}") for number in range(2000)))
    command = f"{sys.executable} -m pvengine status contracts/x-v1.yaml; echo exit $? >&2"
    done = subprocess.run(  # noqa: S602 - a pipe of the shell is what this is about
        f"({command}) | head -n 1", cwd=scratch.root, shell=True, capture_output=True, text=True, check=False
    )
    assert done.stdout == "contracts/x-v1.yaml  C-X  1.0.0\n"
    assert done.stderr == "exit 0\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_an_output_that_is_full_is_usage(scratch: Scratch, form: str) -> None:
    scratch.contract(scratch.test())
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - this interpreter and this package
            [sys.executable, "-m", "pvengine", "status", "--format", form],
            cwd=scratch.root,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "pv: cannot write the report: no space left on device\n"
