"""The mutants of a subject: which there are, what they are, and which a seed chooses."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from pvengine.registry import catalogue
from pvengine.registry.mutation.mutants import choose_mutants, list_mutants

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.registry.mutation.mutants import Mutant

TEXT = '''
from pvengine.plugin import Params, Trial, falsifier

def run(x: int = 7) -> "int + 1":
    """Return x + 1."""
    if x < 0:
        raise ValueError(f"{x + 1} is below 0")
    assert x < 5 + 6
    return [
        x + helper(x) for x in (1,) if x
    ]

def helper(x):
    return x * 2

def broken(x):
    return x - 1

@falsifier("a.b", subject=run, planted_faults={"f": broken})
def measure(trial: Trial, p: Params) -> None:
    """Measure."""
    trial.measure("m", trial.subject(1) + 3)
'''


@pytest.fixture
def mutants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Mutant, ...]:
    monkeypatch.setattr(catalogue, "resolve_entry_points", lambda: iter(()))
    (tmp_path / "plug.py").write_text(TEXT, encoding="utf-8")
    return list_mutants(catalogue.discover(tmp_path, ["plug.py"]).falsifiers["a.b"])


def test_the_mutants_of_a_subject_and_of_what_it_calls(mutants: tuple[Mutant, ...]) -> None:
    assert [(each.function, each.line, each.before, each.after) for each in mutants] == [
        ("run", 4, "7", "8"),
        ("run", 4, "7", "6"),
        ("run", 10, "x + helper(x)", "x - helper(x)"),
        ("run", 10, "for x in (1,) if x", "for x in (1,) if not x"),
        ("run", 10, "1", "2"),
        ("run", 10, "1", "0"),
        ("helper", 14, "x * 2", "x / 2"),
        ("helper", 14, "2", "3"),
        ("helper", 14, "2", "1"),
    ]


def test_a_mutant_differs_by_its_change_alone(mutants: tuple[Mutant, ...]) -> None:
    plain = ast.unparse(ast.parse(TEXT))
    for mutant in mutants:
        source = mutant.source.source.decode()
        lines = zip(plain.splitlines(), source.splitlines(), strict=True)
        changed = [(before, after) for before, after in lines if before != after]
        assert len(changed) == 1, mutant
        assert mutant.after in changed[0][1]
        assert (mutant.source.name, mutant.source.path) == ("plug", mutant.module.path)
    assert len({mutant.source.source for mutant in mutants}) == len(mutants)


def test_a_seed_chooses_the_same_mutants_everywhere(mutants: tuple[Mutant, ...]) -> None:
    chosen = choose_mutants(mutants, at_most=4, seed=1)
    assert [(each.line, each.before, each.after) for each in chosen] == [
        (each.line, each.before, each.after) for each in choose_mutants(mutants, at_most=4, seed=1)
    ]
    assert [mutants.index(each) for each in chosen] == sorted(map(mutants.index, chosen))
    assert len(chosen) == 4
    assert choose_mutants(mutants, at_most=99, seed=1) == mutants
    others = {choose_mutants(mutants, at_most=4, seed=seed) for seed in range(6)}
    assert len(others) > 1
    fewer = choose_mutants([each for each in mutants if each is not chosen[0]], at_most=3, seed=1)
    assert fewer == chosen[1:], "a mutant that is gone moves no other"
