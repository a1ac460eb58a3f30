"""``pv explain``."""

from __future__ import annotations

import click

from pvengine.cli.output import emit, format_option, reports_errors
from pvengine.project.explaining import explain_rules
from pvengine.reporters.rules import render_explanations, render_rule_list

__all__ = ["command"]


@click.command("explain")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--list", "is_list", is_flag=True, help="One line for each rule.")
@format_option("text", "json")
@reports_errors
def command(codes: tuple[str, ...], form: str, *, is_list: bool) -> None:
    """Explain a finding by its code.

    Says why the rule is there, how to mend what it finds, and shows an example with the change that mends
    it. Without a CODE, all rules are explained.
    """
    explained = explain_rules(codes)
    if is_list and form == "text":
        emit(render_rule_list(explained))
    else:
        emit(render_explanations(explained, form))
