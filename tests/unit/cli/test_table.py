from __future__ import annotations

import importlib

import click
import pytest
from click.testing import CliRunner

from pvengine.cli.main import root
from pvengine.cli.table import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    module, summary = COMMANDS[name]
    command = importlib.import_module(module).command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert summary.endswith(".")
    assert summary in CliRunner().invoke(root, ["--help"]).stdout


def test_commands_keep_their_order_and_come_first() -> None:
    context = click.Context(root)
    assert root.list_commands(context)[: len(COMMANDS)] == list(COMMANDS)
    assert root.get_command(context, "nonsense") is None
