"""Write the generated parts of the reference: ``python docs/generate.py``; ``--check`` compares only.

A page of `docs/reference/` is prose in which generated parts stand between two comments::

    <!-- generated: model Condition -->
    ...
    <!-- end of generated -->

Only what is between them is replaced. The name says what it is made from: ``command NAME`` from the click
commands, ``PV101`` from the diagnostic rules, ``model NAME`` from the Pydantic models, ``exit codes``,
``status words``, ``change classes`` and ``figure kinds`` from the tables of the engine. A part that a page
must have and has not is added at its end. Keys whose model has no description take it from `fields.toml`.
"""

from __future__ import annotations

import argparse
import difflib
import inspect
import re
import sys
import tomllib
from dataclasses import fields, is_dataclass
from enum import EnumType
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import TypeAdapter

from pvengine.cli.added_commands import find_commands
from pvengine.cli.main import root
from pvengine.cli.table import COMMANDS
from pvengine.comparing.classes import ROWS
from pvengine.diagnostics import RULES
from pvengine.errors import ExitCode
from pvengine.models import (
    attribution,
    check,
    claim,
    comparison,
    contract,
    evidence,
    landscape,
    measurement,
    model_listing,
    report,
    search,
    search_entry,
    trial,
)
from pvengine.project import configuration
from pvengine.project.explaining import explain_rules
from pvengine.registry import model_source
from pvengine.reporters.plain import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REFERENCE = Path(__file__).parent / "reference"

_MODULES = (
    *(claim, comparison, contract, evidence, measurement, report, trial, configuration, check),
    *(attribution, landscape, model_listing, model_source, search, search_entry),
)
_WITH_WRITER = frozenset({"contract-format.md"})
_MOST_DEFAULTS = 3
"""Keys of a table whose defaults are told beside its name."""
_ENGINE_BLOCKS = frozenset({"Amendment", "AmendmentTest"})
_PART = re.compile(
    r"<!-- generated: (?P<name>[^>]+?) -->\n(?P<body>.*?)<!-- end of generated -->\n", re.DOTALL
)
_ENGINE_WRITES = re.compile(r"engine\b[:;]?\s*")
_WORDS = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    None: "any",
}
_COLLECTIONS = {"array": ("list", "of"), "object": ("mapping", "to")}
_SAYS_NOTHING = "a finite number"
"""The description of a type, which its keys inherit."""


def main(arguments: list[str] | None = None) -> int:
    """Write every page, or compare it; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 with a diff")
    is_check = parser.parse_args(arguments).check
    is_current = True
    for path in sorted(REFERENCE.glob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = render_page(path.name, before)
        if before == after:
            continue
        is_current = False
        if is_check:
            name = f"docs/reference/{path.name}"
            old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
            sys.stdout.writelines(difflib.unified_diff(old, new, name, f"{name} (generated)"))
        else:
            path.write_text(after, encoding="utf-8", newline="\n")
            sys.stdout.write(f"wrote docs/reference/{path.name}\n")
    return 0 if is_current or not is_check else 1


def render_page(name: str, text: str) -> str:
    """Replace the generated parts of a page, and add those that it must have and has not."""
    present = {match["name"] for match in _PART.finditer(text)}
    for part in _list_wanted(name):
        if part not in present:
            text += f"\n<!-- generated: {part} -->\n<!-- end of generated -->\n"
    return _PART.sub(
        lambda match: (
            f"<!-- generated: {match['name']} -->\n"
            f"{render_part(match['name'], with_writer=name in _WITH_WRITER)}"
            "<!-- end of generated -->\n"
        ),
        text,
    )


def _list_wanted(page: str) -> list[str]:
    if page == "diagnostics.md":
        return list(RULES)
    if page == "commands.md":
        return [f"command {' '.join(words)}" for words, _ in iter_commands()]
    return []


def render_part(name: str, *, with_writer: bool = False) -> str:
    """Render one generated part; LookupError where there is no such thing."""
    kind, _, rest = name.partition(" ")
    if name in RULES:
        lines = _render_rule(name)
    elif kind == "command":
        lines = _render_command(rest)
    elif kind == "model":
        lines = _render_model(rest, with_writer=with_writer)
    elif name == "exit codes":
        lines = _render_exit_codes()
    elif name == "status words":
        lines = _render_status_words()
    elif name == "change classes":
        lines = _render_change_classes()
    elif name == "figure kinds":
        lines = _render_figure_kinds()
    else:
        raise LookupError(f"nothing generates {name!r}")
    return "\n".join([*lines, ""])


def _render_rule(code: str) -> Iterator[str]:
    (explained,) = explain_rules([code])
    rule = explained.rule
    yield f"## {code}: {rule.title}"
    yield ""
    yield f"- severity: {rule.severity}"
    yield f"- why: {rule.why}"
    if rule.fix:
        yield f"- fix: {rule.fix}"
    if explained.findings:
        yield from ("", "For example:", "", *_indent(explained.findings.rstrip("\n").split("\n")))
    if explained.mended:  # without the two lines that name the files
        yield from ("", "Mended:", "", *_indent(explained.mended.rstrip("\n").split("\n")[2:]))


def _indent(lines: Sequence[str]) -> Iterator[str]:
    """Make a block of lines that are shown as they are; unlike one in a fence, it is not run."""
    return (clean(f"    {line}".rstrip()) for line in lines)


def iter_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Iterate over every command of this project below `pv`, with the words that call it."""
    added = find_commands()
    others = {
        name
        for name, points in added.items()
        if name not in COMMANDS and not any(point.dist and point.dist.name == "pvengine" for point in points)
    }
    yield from (entry for entry in _iter_below((), root) if entry[0][0] not in others)


def _iter_below(
    words: tuple[str, ...], group: click.Group
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield (*words, name), command
            if isinstance(command, click.Group):
                yield from _iter_below((*words, name), command)


def _render_command(name: str) -> Iterator[str]:
    command = dict(iter_commands())[tuple(name.split())]
    context = click.Context(command, info_name=f"pv {name}")
    yield f"    {' '.join(command.get_usage(context).removeprefix('Usage: ').split())}"
    yield ""
    yield inspect.cleandoc(command.help or "").replace("\b\n", "")
    arguments = [part for part in command.params if isinstance(part, click.Argument)]
    options = [part for part in command.params if isinstance(part, click.Option)]
    if arguments:
        yield ""
        yield "| argument | how many |"
        yield "|---|---|"
        for argument in arguments:
            many = "any number" if argument.nargs < 0 else "one"
            yield f"| `{argument.make_metavar(context)}` | {many} |"
    if options:
        yield ""
        yield "| option | meaning |"
        yield "|---|---|"
        for option in options:
            yield _render_option(option, context)


def _render_option(option: click.Option, context: click.Context) -> str:
    shown, text = option.get_help_record(context) or ("", "")
    return f"| `{shown.replace('|', chr(92) + '|')}` | {' '.join(text.split())} |"


def _find_model(name: str) -> Any:
    for module in _MODULES:
        model: Any = getattr(module, name, None)
        if model is not None:
            return model
    raise LookupError(f"no model {name!r}")


def read_descriptions() -> dict[str, dict[str, str]]:
    """Read the descriptions of keys whose model has none, by model and key."""
    return tomllib.loads((REFERENCE / "fields.toml").read_text(encoding="utf-8"))


def list_fields(name: str) -> dict[str, dict[str, Any]]:
    """List the keys of a model with their JSON Schema."""
    fields: dict[str, dict[str, Any]] = _make_schema(name)["properties"]
    return fields


def _make_schema(name: str) -> dict[str, Any]:
    """Make the JSON Schema of a model, or of a dataclass of the report or the configuration."""
    return TypeAdapter(_find_model(name)).json_schema(by_alias=True)


def get_description(field: Mapping[str, Any]) -> str:
    """Return what the model says about a key, without the word for who writes it; empty where nothing."""
    text = _ENGINE_WRITES.sub("", str(field.get("description", "")))
    return "" if text == _SAYS_NOTHING else text


def _render_model(name: str, *, with_writer: bool) -> Iterator[str]:
    schema = _make_schema(name)
    own = read_descriptions().get(name, {})
    required = schema.get("required", ())
    shows_default = name in ("Configuration", "DefaultLimits", "CheckPolicy", "TeethSettings")
    heads = ["key", "type", *(["written by"] if with_writer else []), *(["default"] if shows_default else [])]
    yield f"| {' | '.join([*heads, 'meaning'])} |"
    yield "|---" * (len(heads) + 1) + "|"
    inherited = _list_inherited(name)
    for key, field in schema["properties"].items():
        if key in inherited:
            continue
        text = get_description(field) or own.get(key, "")
        row = [f"`{key}`", say_type(field, hides_null=with_writer or shows_default)]
        if with_writer:
            by_engine = name in _ENGINE_BLOCKS or _ENGINE_WRITES.match(str(field.get("description", "")))
            row[1] += ", required" if key in required and name not in _ENGINE_BLOCKS else ""
            row.append("the engine" if by_engine else "you")
        if shows_default:
            row.append(_say_default(field))
        yield f"| {' | '.join([*row, text.replace('|', chr(92) + '|')])} |"


def _list_inherited(name: str) -> set[str]:
    """List the keys that a dataclass of a document has from another one, whose table has them."""
    model = _find_model(name)
    base = model.__base__
    known = {each.name for each in fields(base)} if is_dataclass(base) else set()
    return known - set(vars(model).get("__annotations__", ()))


def _say_default(field: Mapping[str, Any]) -> str:
    default = field.get("default")
    if isinstance(default, dict) and len(default) > _MOST_DEFAULTS:
        return "see there"
    if isinstance(default, dict):
        return ", ".join(f"`{key}` {value}" for key, value in default.items())
    if isinstance(default, list | tuple):
        return "`[" + ", ".join(f'"{value}"' for value in default) + "]`"
    return "" if default is None else f"`{default}`"


def say_type(field: Mapping[str, Any], *, hides_null: bool) -> str:
    """Say the type of a key in words, from its JSON Schema."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return _say_enumeration(name) or f"[{name}](#{name.lower()})"
    if "anyOf" in field or "oneOf" in field:
        parts = [
            say_type(option, hides_null=hides_null)
            for option in field.get("anyOf") or field["oneOf"]
            if not (hides_null and option.get("type") == "null")
        ]
        return " or ".join(dict.fromkeys(parts))
    if "const" in field or "enum" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum") or [field["const"]])
    inner = field.get("items") or field.get("additionalProperties")
    whose = say_type(inner, hides_null=hides_null) if isinstance(inner, dict) else ""
    if field.get("type") in _COLLECTIONS:
        word, link = _COLLECTIONS[field["type"]]
        return f"{word} {link} {whose}" if whose else word
    return "digest" if field.get("pattern", "").startswith("^sha256:") else _WORDS[field.get("type")]


def _say_enumeration(name: str) -> str | None:
    try:
        model: Any = _find_model(name)
    except LookupError:
        return None
    return ", ".join(f"`{value}`" for value in model) if isinstance(model, EnumType) else None


def _render_exit_codes() -> Iterator[str]:
    yield "| code | name |"
    yield "|---|---|"
    for code in ExitCode:
        yield f"| {int(code)} | {code.name} |"


def _render_status_words() -> Iterator[str]:
    yield "| word | means here |"
    yield "|---|---|"
    for word, meaning in configuration.Configuration().status_words.items():
        yield f"| `{word}` | `{meaning}` |"


def _render_change_classes() -> Iterator[str]:
    """Render the table of classes; kinds of one class and reason share a line."""
    yield "| field | change | class | why |"
    yield "|---|---|---|---|"
    for row in ROWS.values():
        kinds: dict[tuple[str, str], list[str]] = {}
        for kind, (bump, reason) in row.classes.items():
            kinds.setdefault((bump.name.lower(), reason), []).append(kind.value)
        for number, ((bump, reason), words) in enumerate(kinds.items()):
            field = f"**{row.name}**" if number else f"**{row.name}**: {row.fields}"
            yield f"| {field} | {', '.join(words)} | {bump} | {reason} |"


def _render_figure_kinds() -> Iterator[str]:
    yield "| kind | what it is | speaks about |"
    yield "|---|---|---|"
    for name, meaning in attribution.KINDS.items():
        what = meaning.text.replace("|", chr(92) + "|")
        yield f"| `{name}` | {what} | {meaning.quantity or 'anything'} |"


if __name__ == "__main__":
    sys.exit(main())
