"""However often tests are judged, statuses follow the newest evidence and versions only rise."""

from __future__ import annotations

from pathlib import Path

import semver
from hypothesis import given
from hypothesis import strategies as st

from pvengine.graph.edges import Kind
from pvengine.ledger.grounding import Assessment, Standing
from pvengine.ledger.transitions import Bump, bump_version, find_transitions
from pvengine.loading.contract_file import load_contract
from pvengine.models.contract import DecidedVerdict

TEXT = b"""\
metadata: {id: C, version: 1.0.0}
hypotheses: [{id: H, statement: s}]
falsification_tests: [{id: A}, {id: B}]
implementation_stages: [{id: S, steps: [{id: a, needs: [A]}, {id: b, needs: [A, B]}]}]
"""
LOADED = load_contract(Path("x.yaml"), "x.yaml", TEXT)
RESULTS = st.sampled_from([None, "DISCHARGED", "FALSIFIED"])
RUNS = st.lists(
    st.tuples(RESULTS, RESULTS, st.sampled_from(["CONFIRMED", "FALSIFIED"])), min_size=1, max_size=6
)


def judged(name: str, word: str, verdict: str, number: int) -> Assessment:
    decided = DecidedVerdict.model_validate({"hypothesis": "H", "verdict": verdict})
    head = f"sha256:{number:064x}"
    return Assessment(name, word, Standing.VERIFIED, verdicts=(decided,), head=head, count=number)


@given(RUNS)
def test_statuses_follow_the_newest_evidence_and_versions_rise(
    runs: list[tuple[str | None, str | None, str]],
) -> None:
    state = {name: Assessment(name, "NEW", Standing.NEW) for name in ("A", "B")}
    version = "1.0.0"
    for number, (first, second, verdict) in enumerate(runs, start=1):
        after = dict(state)
        for name, word in (("A", first), ("B", second)):
            if word is not None:
                after[name] = judged(name, word, verdict, number)
        moved = find_transitions(LOADED.contract, LOADED.indexes, state, after)
        tests = {one.id: one for one in moved if one.kind is Kind.TEST}
        assert set(tests) == {name for name, word in (("A", first), ("B", second)) if word is not None}
        for name, one in tests.items():
            assert (one.from_, one.to) == (state[name].word, after[name].word)
            assert one.is_renewal is (state[name].word == after[name].word)
        raised = bump_version(version, max((one.bump for one in moved), default=Bump.NONE))
        comparison = semver.Version.parse(raised).compare(version)
        assert comparison == (1 if moved else 0)
        steps = {one.id: one.to for one in moved if one.kind is Kind.STEP}
        words = {name: one.word for name, one in after.items()}
        assert steps.get("S/a") == (None if words["A"] == "NEW" else words["A"])
        if "FALSIFIED" in words.values():
            assert steps["S/b"] == "FALSIFIED"
        elif "NEW" in words.values():
            assert "S/b" not in steps
        state, version = after, raised
