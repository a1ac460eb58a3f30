"""Rules about falsification tests as the field writes them: a prediction, and what a failure would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.lint.kinds import is_of_field
from pvengine.lint.rules.blocks import CONDITION_SECTIONS, is_blank, iter_entries
from pvengine.lint.rules.vocabularies import iter_severity_issues
from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue
from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.lint.rules.blocks import Blocks, Entry

__all__ = ["iter_prediction_issues"]

_WANTED = (("SCHEMA-008", "prediction"), ("SCHEMA-009", "if_fails"))


def iter_prediction_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over tests without a prediction (SCHEMA-008) or without `if_fails` (SCHEMA-009).

    A test with a falsifier is judged by its conditions: it needs neither, but what it has must not be blank;
    nor does any test of a contract that is not written in the format of the field. Also PV217 (severity) of
    every test, and SCHEMA-007 (repeated id) in the blocks that other tools call tests.
    """
    needs_both = is_of_field(blocks.data)
    for entry in blocks.tests:
        is_wanted = needs_both and "falsifier" not in entry.data
        for code, name in _WANTED:
            if entry.is_empty(name) and (is_wanted or name in entry.data):
                yield _empty(code, name, entry)
    yield from iter_severity_issues((*blocks.tests, *blocks.conditions))
    for section in CONDITION_SECTIONS:
        yield from _iter_repeated(section, blocks)


def _empty(code: str, name: str, entry: Entry) -> Issue:
    text = f"it has no `{name}`" if entry.find_key(name) is None else f"`{name}` is empty"
    return Issue(code, entry.locate(name), f"test {entry.name}: {text}", at_key=True)


def _iter_repeated(section: str, blocks: Blocks) -> Iterator[Issue]:
    first: dict[str, Entry] = {}
    for entry in iter_entries(blocks.data, section):
        name = entry.data.get("id")
        if isinstance(name, str) and not is_blank(name):
            if name in first:
                where = format_path(first[name].path)
                yield Issue(
                    "SCHEMA-007", (*entry.path, "id"), f"test id {shorten(name)} stands already at {where}"
                )
            first.setdefault(name, entry)
