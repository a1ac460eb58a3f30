"""A project with searched tests, cheap enough that a command takes a second."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

__all__ = ["CONTRACT", "make_project", "read_record", "rewrite"]

CONTRACT = "contracts/x-v1.yaml"

FALSIFIER = '''\
"""A falsifier whose metric grows with two numbers, and one that does what its params say."""

import pathlib
import time

from pvengine.plugin import Bound, Params, Trial, falsifier


class PointParams(Params):
    """Where to measure."""

    x: tuple[float, float]


def grow(x: tuple[float, float]) -> float:
    """Give the sum of squares: the subject."""
    return x[0] * x[0] + x[1] * x[1]


def grow_too_much(x: tuple[float, float]) -> float:
    """Give far more: a fault planted on purpose."""
    return 100.0 + grow(x)


@falsifier(
    "probe.growth",
    subject=grow,
    planted_faults={"grows too much": grow_too_much},
    worst_case=lambda p, domain: [{"x": (0.0, domain["x"].high)}],
    bounds=lambda p, domain: [Bound("growth", "x^2 + y^2 <= 2 r^2", at_most=2.0 * domain["x"].high ** 2)],
)
def measure_growth(trial: Trial, p: PointParams) -> None:
    """The sum of squares."""
    trial.measure("growth", trial.subject(p.x))


class WaitParams(Params):
    """How long each point takes, and a file that says that the search began."""

    x: float
    seconds: float
    target: str = ""


@falsifier("probe.slow", subject=grow, planted_faults={"grows too much": grow_too_much})
def measure_slowly(trial: Trial, p: WaitParams) -> None:
    """The square, after a while."""
    value = trial.subject((p.x, 0.0))
    if p.target and value < 100:
        pathlib.Path(p.target).touch()
    if value < 100:
        time.sleep(p.seconds)
    trial.measure("growth", value)
'''

TEST = """\
- id: {name}
  rule: It stays below a bound
  hypothesis: H1
  falsifier: probe.growth
  params: {{x: [0.5, 0.25]}}
  search:
    domain: {{x: {{kind: real, range: [-{radius}, {radius}], shape: [2]}}}}
    maximise: growth
    budget: {{evaluations: 200}}
  accept:
  - {{metric: growth, lt: {limit}}}
  decides: {{metric: growth, scope: a box, CONFIRMED: {{lt: 1}}, FALSIFIED: {{ge: 1}}}}
"""
POINT = """\
- id: FT-POINT
  rule: It stays below a bound
  hypothesis: H1
  falsifier: probe.growth
  params: {x: [0.5, 0.25]}
  accept: [{metric: growth, lt: 50}]
  decides: {metric: growth, scope: one point, CONFIRMED: {lt: 1}, FALSIFIED: {ge: 1}}
"""


def make_project(
    scratch: Scratch,
    *,
    radius: float = 4.0,
    limit: float = 50.0,
    name: str = "FT-001",
    with_point: bool = False,
) -> Scratch:
    """Write a falsifier and a contract with a searched test, which survives where its limit is above 32."""
    scratch.write("probe.py", FALSIFIER)
    tests = [TEST.format(name=name, radius=radius, limit=limit), *([POINT] if with_point else [])]
    scratch.contract(*tests, head="hypotheses:\n- {id: H1, statement: It stays below one.}\n")
    return scratch


def read_record(scratch: Scratch, test: str = "FT-001") -> dict[str, Any]:
    """Return the facts of the one record of a test."""
    (path,) = scratch.records(test)
    facts: dict[str, Any] = json.loads(path.read_text())["predicate"]
    return facts


def rewrite(scratch: Scratch, change: Callable[[dict[str, Any]], None], test: str = "FT-001") -> None:
    """Change a record and pin it anew in the contract, as a careful forger would."""
    (old,) = scratch.records(test)
    data = json.loads(old.read_text())
    change(data["predicate"])
    content = (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    old.unlink()
    new = hashlib.sha256(content).hexdigest()
    scratch.write(f"contracts/evidence/x-v1/{test}/{new}.json", content)
    text = scratch.path.read_text()
    assert old.stem in text
    scratch.path.write_text(text.replace(old.stem, new))
