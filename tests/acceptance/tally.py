"""Count the cases of a row of the fault matrix, and say which rows the tests have.

A test takes the fixture ``tally`` and calls it once a row, at its end and beside an assertion that nothing
was missed::

    tally(group="Forged claims", row="a leaf of a claim is changed", cases=600, missed=0, at_least=500)

Where the variable ``PV_RELIABILITY`` names a file, each call appends one line of JSON to it; ``make
reliability`` makes the table of docs/explanation/reliability.md from these lines. Else nothing is kept. The
group and the row are written out at the call, as text, so that `list_declared` finds every row without
running a test; a row that several calls count is their sum.
"""

from __future__ import annotations

import ast
import json
import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GROUP", "VARIABLE", "Declared", "list_declared", "tally_cases"]

VARIABLE = "PV_RELIABILITY"
GROUP = "Other faults"
"""The group of a row that names none."""


@dataclass(frozen=True)
class Declared:
    """A row that some test counts, and how many cases it has at the least."""

    group: str
    row: str
    at_least: int


def tally_cases(*, row: str, cases: int, missed: int, group: str = GROUP, at_least: int = 1) -> None:
    """Count the cases of a row, and how many of them were missed.

    Raises
    ------
    ValueError
        There are fewer cases than the row promises, none at all, or more misses than cases.
    """
    if cases < max(at_least, 1):
        msg = f"{group}: {row}: {cases} cases, at least {max(at_least, 1)} are promised"
        raise ValueError(msg)
    if not 0 <= missed <= cases:
        msg = f"{group}: {row}: {missed} of {cases} cases missed"
        raise ValueError(msg)
    path = os.environ.get(VARIABLE)
    if path:
        line = json.dumps({"group": group, "row": row, "cases": cases, "missed": missed})
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")


def list_declared(folder: Path = Path(__file__).parent) -> list[Declared]:
    """List the rows that the tests of a folder count, in the order of files and lines, each once.

    Raises
    ------
    ValueError
        A call does not write its group, row or threshold out, or two calls differ in the threshold.
    """
    found: dict[tuple[str, str], Declared] = {}
    for path in sorted(folder.glob("test_*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda node: node.lineno):
            if isinstance(call.func, ast.Name) and call.func.id == "tally":
                declared = _read_call(call, f"{path.name}:{call.lineno}")
                if found.setdefault((declared.group, declared.row), declared) != declared:
                    msg = f"{path.name}:{call.lineno}: {declared.row!r} has another threshold elsewhere"
                    raise ValueError(msg)
    return list(found.values())


def _read_call(call: ast.Call, where: str) -> Declared:
    written = {each.arg: each.value for each in call.keywords}
    given: dict[str, object] = {"group": GROUP, "at_least": 1}
    for name in ("group", "row", "at_least"):
        value = written.get(name)
        if isinstance(value, ast.Constant):
            given[name] = value.value
        elif value is not None or name == "row":
            msg = f"{where}: `{name}` of a call of tally is not written out"
            raise ValueError(msg)
    return Declared(str(given["group"]), str(given["row"]), int(str(given["at_least"])))
