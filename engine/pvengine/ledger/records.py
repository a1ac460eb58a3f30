"""Make an evidence record from what was judged, and read one back without believing it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import ValidationError

from pvengine.errors import TamperedEvidenceError
from pvengine.models.evidence import (
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    BaselineEvidence,
    ContractState,
    EvidenceRecord,
    MutationEvidence,
    PlantedFaultEvidence,
    Predicate,
    ReplacementEvidence,
    ResourceDescriptor,
)
from pvengine.models.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pvengine.ledger.judge import Judgement
    from pvengine.models.measurement import Measurement
    from pvengine.models.report import MutationScore
    from pvengine.models.trial import TestRun, TrialResult

__all__ = [
    "describe_subject",
    "digest_bytes",
    "make_record",
    "name_arithmetic",
    "parse_record",
    "serialize_record",
]


def digest_bytes(content: bytes) -> str:
    """Return ``sha256:`` and the SHA-256 of bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def make_record(  # noqa: PLR0913 - each is one fact of the record, named at the call
    run: TestRun,
    judgement: Judgement,
    *,
    contract: ContractState,
    test: str,
    claim: dict[str, Any],
    claim_digest: str,
    started: str,
    previous: str | None,
    packages: Mapping[str, str | None] | None = None,
    mutation: MutationScore | None = None,
) -> EvidenceRecord:
    """Make the record of one judged trial.

    ``packages`` are the versions of the distributions that the falsifier's code imports; None leaves them
    unsaid, as records did before there was such a key. ``mutation`` is the score that is known of this claim
    and this code.

    Raises
    ------
    ValueError
        The outcome is inconclusive, or the subject's trial did not end: that is no evidence.
    """
    subject = run.subject
    if subject is None or subject.environment is None or judgement.outcome is Outcome.INCONCLUSIVE:
        msg = "only a judged trial makes a record"
        raise ValueError(msg)
    noticed = {fault.name: fault for fault in judgement.faults}
    predicate = Predicate(
        contract=contract,
        test=test,
        claim=claim,
        claim_digest=claim_digest,
        falsifier=run.falsifier,
        source_digest=run.source_digest,
        params=run.params,
        seed=run.seed,
        inputs=run.inputs,
        measurements=subject.measurements,
        outcome="survived" if judgement.outcome is Outcome.SURVIVED else "falsified",
        verdicts=judgement.verdicts,
        planted_faults=tuple(
            PlantedFaultEvidence(
                name=fault.fault or "",
                noticed=noticed[fault.fault or ""].noticed,
                reason=noticed[fault.fault or ""].reason,
                failure=fault.failure,
                measurements=fault.measurements,
                search=fault.search,
            )
            for fault in run.faults
        ),
        replacements=_describe_replacements(run),
        search=subject.search,
        baseline=_describe_baseline(run),
        arithmetic=name_arithmetic(subject.measurements),
        environment=subject.environment,
        packages=None if packages is None else dict(packages),
        mutation=None if mutation is None else MutationEvidence.model_validate(asdict(mutation)),
        started=started,
        duration_s=sum(trial.duration_s for trial in _list_trials(run)),
        previous=previous,
    )
    return EvidenceRecord.model_validate(
        {
            "_type": STATEMENT_TYPE,
            "subject": describe_subject(run.falsifier, run.source_digest, test, claim_digest),
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )


def _list_trials(run: TestRun) -> list[TrialResult]:
    trials = (run.subject, run.baseline, *run.faults, *run.replacements)
    return [trial for trial in trials if trial is not None]


def _describe_replacements(run: TestRun) -> tuple[ReplacementEvidence, ...] | None:
    """Describe the trials in which the subject was replaced; None where there were none."""
    described = (
        {
            "name": trial.fault,
            "failure": trial.failure,
            "measurements": trial.measurements,
            "search": trial.search,
        }
        for trial in run.replacements
    )
    return tuple(map(ReplacementEvidence.model_validate, described)) or None


def _describe_baseline(run: TestRun) -> BaselineEvidence | None:
    baseline = run.baseline
    if baseline is None or baseline.search is None:
        return None
    return BaselineEvidence(measurements=baseline.measurements, search=baseline.search)


def describe_subject(
    falsifier: str, source_digest: str, test: str, claim_digest: str
) -> tuple[ResourceDescriptor, ...]:
    """Describe what a record is about: the code of the falsifier and the claim of the test."""
    named = ((f"falsifier:{falsifier}", source_digest), (f"claim:{test}", claim_digest))
    return tuple(
        ResourceDescriptor(name=name, digest={"sha256": digest.removeprefix("sha256:")})
        for name, digest in named
    )


def name_arithmetic(measurements: Mapping[str, Measurement]) -> tuple[str, ...]:
    """Name the arithmetic of measurements, each once, in their order of name.

    The order of name, because a record is stored with sorted keys and is checked against this.
    """
    named = [measurements[name].arithmetic for name in sorted(measurements)]
    return tuple(dict.fromkeys(text for text in named if text))


def serialize_record(record: EvidenceRecord) -> bytes:
    """Return the bytes of a record: UTF-8, sorted keys, indent 2, LF, one final newline, strict JSON."""
    data = record.model_dump(mode="json", by_alias=True)
    if record.predicate.packages is None:  # what records of an older form do not say has no key in them
        del data["predicate"]["packages"]
    text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def parse_record(content: bytes, where: str) -> EvidenceRecord:
    """Read a record back, strictly.

    Raises
    ------
    TamperedEvidenceError
        The bytes are not the strict JSON of a record, or not in the one form that the engine writes.
    """
    record = _read_written(content)
    if record is None:
        _refuse(content, where)
    return record


def _read_written(content: bytes) -> EvidenceRecord | None:
    """Read bytes that are what the engine would write; None for others.

    These hold no key twice, no NaN, and nothing that JSON does not allow: no second reader has to look.
    """
    with contextlib.suppress(ValueError, RecursionError):
        record = EvidenceRecord.model_validate_json(content)
        if serialize_record(record) == content:
            return record
    return None


def _refuse(content: bytes, where: str) -> NoReturn:
    """Raise the error that says why bytes are no record: no strict JSON, another shape, another form."""
    fix = "restore the file from version control"
    try:
        json.loads(content, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)
        serialize_record(EvidenceRecord.model_validate_json(content))
    except (ValueError, RecursionError) as error:
        raise TamperedEvidenceError(
            f"no evidence record: {_first_complaint(error)}", where=where, fix=fix
        ) from error
    raise TamperedEvidenceError(
        "the record is not in the form that the engine writes",
        where=where,
        why="a record is UTF-8 JSON with sorted keys, indent 2, LF and one final newline",
        fix=fix,
    )


def _first_complaint(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error) or type(error).__name__


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        msg = "a key stands twice in one object"
        raise ValueError(msg)
    return data


def _refuse_constant(name: str) -> None:
    msg = f"{name} is no JSON"
    raise ValueError(msg)
