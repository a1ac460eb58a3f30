from __future__ import annotations

import pytest

from pvengine.comparing.naming import name_field

DATA = {
    "falsification_tests": [{"id": "FT-1", "accept": [{"metric": "m", "lt": 1}]}],
    "implementation_stages": [{"id": "S", "steps": [{"id": "a", "needs": ["FT-1"]}]}],
    "proof_obligations": [{"property": "p", "tolerance": 1}],
    "equations": {"softmax": {"formula": "f", "invariants": ["i"]}},
    "kernel_structure": {"phases": [{"name": "decode"}]},
    "amendments": [{"version": "1.0.0"}],
    "hypotheses": [{"id": 3}],
}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("falsification_tests", 0), "test FT-1"),
        (("falsification_tests", 0, "accept", 0, "lt"), "FT-1 accept[0].lt"),
        (("falsification_tests", 0, "params"), "FT-1 params"),
        (("implementation_stages", 0, "steps", 0), "step S/a"),
        (("implementation_stages", 0, "steps", 0, "needs", 0), "S/a needs[0]"),
        (("proof_obligations", 0, "tolerance"), "proof_obligations[0].tolerance"),
        (("equations", "softmax"), "equation softmax"),
        (("equations", "softmax", "invariants", 0), "equations.softmax.invariants[0]"),
        (("kernel_structure", "phases", 0), "phase decode"),
        (("amendments", 0), "amendment 1.0.0"),
        (("hypotheses", 0), "hypotheses[0]"),
        (("metadata", "version"), "metadata.version"),
        (("qa_gate",), "qa_gate"),
        ((), "the document"),
    ],
)
def test_a_field_is_called_as_people_call_it(path: tuple[str | int, ...], name: str) -> None:
    assert name_field(DATA, path) == name
