"""An in-toto test-result v0.1 statement about one contract: only what current evidence grounds has passed.

Predicate: https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pvengine.ledger.grounding import Assessment, Standing, written_verdict
from pvengine.models.evidence import STATEMENT_TYPE
from pvengine.models.vocabulary import Status
from pvengine.project.exports.account import Document, ExportedContract, ExportedTest, Refusal
from pvengine.project.plan import find_blocked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.project.view import ContractView

__all__ = ["PREDICATE_TYPE", "export_test_result"]

PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"

_LISTS = ("passed", "warned", "failed")


def export_test_result(view: ContractView) -> ExportedContract:
    """Make the statement about a contract; one without tests is refused, because it would have passed."""
    loaded = view.loaded
    if not view.assessments:
        refusal = Refusal(None, "the contract has no falsification tests", "leave the contract out")
        return ExportedContract(loaded.display_path, loaded.id, "", refused=(refusal,))
    blocked = find_blocked(view, view.assessments)
    tests = tuple(_sort_test(view, state, blocked) for state in view.assessments.values())
    names = {each: [test.id for test in tests if test.place == each] for each in _LISTS}
    result = "FAILED" if names["failed"] else "WARNED" if names["warned"] else "PASSED"
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": list(_iter_subjects(view)),
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": result,
            "configuration": [_describe_claim(view, test) for test in tests],
            **{f"{each}Tests": names[each] for each in _LISTS},
        },
    }
    text = json.dumps(statement, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    content = f"{text}\n".encode(errors="backslashreplace")  # of a lone surrogate this makes its JSON escape
    return ExportedContract(
        path=loaded.display_path,
        id=loaded.id,
        said=f"{result}: {', '.join(f'{len(names[each])} {each}' for each in _LISTS)}",
        tests=tests,
        documents=(Document(f"{loaded.path.stem}.intoto.json", content),),
    )


def _sort_test(view: ContractView, state: Assessment, blocked: Mapping[str, str]) -> ExportedTest:
    """Sort a test into one of the lists, with a note wherever it did not pass.

    A word that means FALSIFIED counts as failed also where nothing grounds it: what people say against a
    claim is not made better than it is.
    """
    if state.grounded_status is Status.DISCHARGED:
        return ExportedTest(state.test, "passed")
    if view.say_status_meaning(state.word) == Status.FALSIFIED.value:
        grounded = "" if state.standing is Standing.VERIFIED else f", {state.standing.value}"
        return ExportedTest(state.test, "failed", f"{state.word}{grounded}")
    return ExportedTest(state.test, "warned", _say_why_open(view, state, blocked))


def _say_why_open(view: ContractView, state: Assessment, blocked: Mapping[str, str]) -> str:
    if state.standing is not Standing.NEW:
        return f"{state.standing.value}: {'; '.join(state.reasons)}"
    if not view.loaded.tests[state.test].is_bound:
        return "unbound: names no falsifier"
    return f"blocked: {blocked[state.test]}" if state.test in blocked else "unrun"


def _iter_subjects(view: ContractView) -> Iterator[dict[str, Any]]:
    """Iterate over what was tested: the contract, and the code that current evidence was measured with."""
    path = view.loaded.path
    name = path.relative_to(view.root).as_posix() if path.is_relative_to(view.root) else path.name
    yield _describe(name, view.loaded.digest)
    records = [state.record for state in view.assessments.values() if state.standing is Standing.VERIFIED]
    sources = {each.predicate.falsifier: each.predicate.source_digest for each in records if each is not None}
    for falsifier in sorted(sources):
        yield _describe(f"falsifier:{falsifier}", sources[falsifier])


def _describe_claim(view: ContractView, test: ExportedTest) -> dict[str, Any]:
    """Describe the claim that a test was configured by, and what its place in the lists rests on."""
    state = view.assessments[test.id]
    facts: dict[str, Any] = {"list": test.place, "status": state.word, "standing": state.standing.value}
    if test.note:
        facts["note"] = test.note
    if state.record is not None:
        recorded = state.record.predicate
        facts["evidence"] = state.head
        facts["falsifier"] = recorded.falsifier
        facts["outcome"] = recorded.outcome
        facts["source_digest"] = recorded.source_digest
        verdict = written_verdict(state.verdicts)
        facts |= {"verdict": verdict} if verdict else {}
    described = _describe(f"claim:{test.id}", view.loaded.claims[test.id].digest)
    return {**described, "annotations": {"pvengine": facts}}


def _describe(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}
