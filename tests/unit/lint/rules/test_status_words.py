from __future__ import annotations

from pathlib import Path

from pvengine.lint.rules.status_words import iter_status_words
from pvengine.loading.contract_file import load_contract

TEXT = """\
metadata: {id: C, status: ACTIVE}
status: DRAFT
hypotheses:
- {id: A1, statement: s, status: CONFIRMED}
falsification_tests:
- {id: T1, status: NEW}
- {id: T2}
- text
falsification:
  T3: {status: PRE-REGISTERED}
implementation_stages:
- id: S
  status: SHIPPED
  steps:
  - {id: a, status: banana}
- {id: S2, status: 5, steps: text}
proof_obligations:
- {property: p, lean: {status: proved}}
"""


def test_every_status_word_is_given_with_its_path() -> None:
    loaded = load_contract(Path("x.yaml"), "x.yaml", TEXT.encode())
    assert list(iter_status_words(loaded)) == [
        (("status",), "DRAFT"),
        (("metadata", "status"), "ACTIVE"),
        (("falsification_tests", 0, "status"), "NEW"),
        (("falsification", "T3", "status"), "PRE-REGISTERED"),
        (("implementation_stages", 0, "status"), "SHIPPED"),
        (("implementation_stages", 0, "steps", 0, "status"), "banana"),
    ]
