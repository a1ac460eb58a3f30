"""What changes no claim is not flagged: comments, blank lines, the order of keys, quotes and layout."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from forgery import Bench


def iter_layouts(text: str) -> Iterator[str]:
    """Iterate over the contract with other lines between and behind its lines, and other line breaks."""
    lines = text.splitlines(keepends=True)
    for index, line in enumerate(lines):
        added = ("# a comment\n", "\n", "   # indented, é\n", "\n \n")[index % 4]
        yield "".join([*lines[:index], added, *lines[index:]])
        if index % 2:
            yield "".join([*lines[:index], f"{line[:-1]}  # a note: {{not, data}}\n", *lines[index + 1 :]])
    yield from (
        f"{text}\n\n# the end",
        text.removesuffix("\n"),
        text.replace("\n", "\r\n"),
        f"---\n{text}...\n",
    )


def iter_quotes(text: str) -> Iterator[str]:
    """Iterate over the contract with one plain text in quotes, which are no part of it."""
    for line in re.finditer(r".+", text):
        flow = r"(?<=: )[A-Za-z][^,{}\[\]]*(?=[,}])"
        for match in re.finditer(flow if "{" in line[0] else r"(?<=: )[A-Za-z].*", line[0]):
            start, end = line.start() + match.start(), line.start() + match.end()
            if match[0] != "null":
                yield text[:start] + (f"'{match[0]}'" if start % 2 else json.dumps(match[0])) + text[end:]


def shuffle(data: Any, rng: random.Random) -> Any:
    """Return the same data with the keys of its mappings in another order."""
    if isinstance(data, dict):
        return {key: shuffle(data[key], rng) for key in rng.sample(list(data), len(data))}
    return [shuffle(item, rng) for item in data] if isinstance(data, list) else data


def iter_orders(data: Any) -> Iterator[str]:
    """Iterate over the same data in other orders of keys, and in the styles of three writers."""
    rng = random.Random(7)  # noqa: S311 - an order of keys, no secret
    for number in range(24):
        mixed = shuffle(data, rng)
        if number % 3 == 0:
            yield json.dumps(mixed, indent=number % 2 or None)
        else:
            # Text is quoted where this writer's YAML 1.1 reads it otherwise than YAML 1.2 does.
            yield yaml.safe_dump(
                mixed, default_style='"' if number % 3 == 1 else "'", sort_keys=False, width=40
            )


def list_flagged(bench: Bench, texts: Iterator[str]) -> tuple[int, list[str]]:
    """Return how many texts there are, and what was said of those that are not as good as the first."""
    before = [(test.id, test.status, test.standing) for test in bench.verify({}).contracts[0].tests]
    count, flagged = 0, []
    for text in texts:
        report = bench.verify({bench.contract: text.encode()})
        tests = report.contracts[0].tests if report.contracts else ()
        count += 1
        if (
            report.exit_code
            or report.diagnostics
            or [(test.id, test.status, test.standing) for test in tests] != before
        ):
            flagged.append(f"{report.exit_code} {report.diagnostics[:2]}\n{text}")
    return count, flagged


def test_comments_blank_lines_and_line_breaks(rich: Bench, tally: Callable[..., None]) -> None:
    cases, flagged = list_flagged(rich, iter_layouts(rich.text))
    assert not flagged, flagged[0]
    tally(
        group="Harmless edits",
        row="comments, blank lines and line breaks, not flagged",
        cases=cases,
        missed=len(flagged),
        at_least=100,
    )


def test_quotes(rich: Bench, tally: Callable[..., None]) -> None:
    cases, flagged = list_flagged(rich, iter_quotes(rich.text))
    assert not flagged, flagged[0]
    tally(group="Harmless edits", row="quotes, not flagged", cases=cases, missed=len(flagged), at_least=50)


def test_the_order_of_keys(rich: Bench, tally: Callable[..., None]) -> None:
    cases, flagged = list_flagged(rich, iter_orders(rich.data))
    assert not flagged, flagged[0]
    tally(
        group="Harmless edits",
        row="the order of keys, block, flow and JSON style, not flagged",
        cases=cases,
        missed=len(flagged),
        at_least=24,
    )
