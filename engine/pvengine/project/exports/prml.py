"""One PRML v0.1 manifest for each test: the claim as it was before its trial, and what PRML has no place for.

PRML holds one metric, one comparator and one threshold. A test whose `accept` is that becomes it; any other
is restated as the number of its conditions that do not hold, which must be 0. The whole claim goes with it
as a file: its digest takes the place of the digest of a data set, because the claim generates the data.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pvengine.numerics.canonical import canonicalize, derive_seed
from pvengine.project.exports.account import Document, ExportedContract, ExportedTest, Loss, Refusal
from pvengine.project.exports.prml_form import refuse_text, write_canonical
from pvengine.project.exports.prml_losses import list_losses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.models.contract import FalsificationTest
    from pvengine.project.view import ContractView

__all__ = ["BROKEN_CONDITIONS", "Registration", "export_prml", "read_time"]

BROKEN_CONDITIONS = "urn:pvengine:metric:broken-conditions:v1"
"""The number of accept conditions that do not hold; one whose metric is missing or not finite does not."""

_COMPARATORS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=="}
_EXACT = 5e-324
"""The tolerance of `==` below which only equal numbers lie: the smallest positive float64."""

_LONGEST_METRIC = 256
_LONGEST_NOTES = 4096
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Registration:
    """What a manifest says and no contract does: who registers, and when what has no record was."""

    producer: str | None = None
    created: datetime | None = None


def export_prml(view: ContractView, tests: Sequence[str], registration: Registration) -> ExportedContract:
    """Make the manifests of tests of a contract; ``tests`` are in the order of the text."""
    loaded = view.loaded
    exported: list[ExportedTest] = []
    refused: list[Refusal] = []
    documents: list[Document] = []
    for name in tests:
        made = _make_manifest(view, loaded.tests[name], registration)
        if isinstance(made, Refusal):
            refused.append(made)
            continue
        content, losses = made
        digest = hashlib.sha256(content).hexdigest()
        exported.append(ExportedTest(name, f"sha256:{digest}", losses=losses))
        stem = f"{loaded.path.stem}/{view.store.folder_of(name).name}"
        documents += [
            Document(f"{stem}.prml", content),
            Document(f"{stem}.prml.sha256", f"{digest}\n".encode(), is_main=False),
            Document(f"{stem}.claim.json", canonicalize(loaded.claims[name].data), is_main=False),
        ]
    if exported:
        documents.append(_make_index(view, exported, refused))
    return ExportedContract(
        path=loaded.display_path,
        id=loaded.id,
        said=f"{len(exported)} exported, {len(refused)} refused",
        tests=tuple(exported),
        refused=tuple(refused),
        documents=tuple(documents),
    )


def _make_manifest(
    view: ContractView, test: FalsificationTest, registration: Registration
) -> tuple[bytes, tuple[Loss, ...]] | Refusal:
    """Make the manifest of a test and list what it does not hold, or say why there is none."""
    source = view.find_source_digest(test)
    if test.falsifier is None or source is None:
        return _refuse_code(test)
    if not test.conditions:
        reason = "it has no accept condition, and the bands of `decides` are no bar that passes or fails"
        return Refusal(test.id, reason, "give the test an `accept`, or leave it out with --test")
    first, earlier = _read_records(view, test.id, source)
    created = first or registration.created
    if created is None:
        return Refusal(
            test.id,
            "no record has judged this claim with this code, so it has no time",
            "run `pv discharge`, or register it before its trial with --created TIME",
        )
    manifest = _state_claim(view, test, source)
    manifest["producer"] = {"id": registration.producer or view.loaded.id}
    manifest["created_at"] = created.strftime(_TIME)
    refused = _refuse_texts(manifest)
    if refused is not None:
        return Refusal(test.id, f"PRML cannot hold {refused}", "rename it, or leave the test out with --test")
    manifest["claim_id"] = _derive_id(manifest, created)
    return write_canonical(manifest), list_losses(view, test.id, manifest, earlier=earlier)


def _refuse_texts(manifest: Mapping[str, Any]) -> str | None:
    """Say which text of a manifest PRML cannot hold, and why; None where it can hold all."""
    for path, text in _iter_texts(manifest):
        reason = refuse_text(text)
        if reason is not None:
            return f"its {path}: {reason}"
    length = len(manifest["metric"])
    return f"its metric: it has {length} characters of 256 at most" if length > _LONGEST_METRIC else None


def _refuse_code(test: FalsificationTest) -> Refusal:
    if test.falsifier is None:
        return Refusal(
            test.id, "it names no falsifier, so nothing measures it", "bind it with `falsifier: NAME`"
        )
    return Refusal(
        test.id,
        f"the code of falsifier {test.falsifier!r} cannot be read, so nothing says what measures it",
        "`pv validate --plugins` says what is wrong",
    )


def _state_claim(view: ContractView, test: FalsificationTest, source: str) -> dict[str, Any]:
    """State what follows from the claim and the code, without time, producer and id."""
    claim = view.loaded.claims[test.id]
    arguments = {
        "contract": view.loaded.id,
        "falsifier": test.falsifier,
        "source_digest": source.removeprefix("sha256:"),
        "test": test.id,
    }
    manifest = {
        "version": "prml/0.1",
        "dataset": {"id": f"claim:{test.id}", "hash": claim.digest.removeprefix("sha256:")},
        "seed": derive_seed(claim.digest),
        **_state_bar(test, claim.data, arguments),
        "metric_args": arguments,
    }
    notes = " ".join((test.rule or "").split())
    if notes and len(notes) <= _LONGEST_NOTES and refuse_text(notes) is None:
        manifest["notes"] = notes
    required = test.requires or ()
    if len(required) == 1:
        hashed = {"hash": required[0].sha256} if required[0].sha256 else {}
        manifest["model"] = {"id": required[0].model, **hashed}
    return manifest


def _state_bar(
    test: FalsificationTest, claim: Mapping[str, Any], arguments: dict[str, Any]
) -> dict[str, str | float]:
    """State the bar as one comparison; what it needs beyond that is added to the arguments."""
    (condition, *others) = test.conditions
    (comparator, operand), *further = condition.comparators.items()
    if not others and not further and comparator in _COMPARATORS and isinstance(operand, int | float):
        if comparator == "eq":
            arguments["tolerance"] = _EXACT
        symbol = _COMPARATORS[comparator]
        return {"metric": condition.metric, "comparator": symbol, "threshold": float(operand)}
    arguments["accept"] = canonicalize(claim["accept"]).decode()
    return {"metric": BROKEN_CONDITIONS, "comparator": "<=", "threshold": 0.0}


def read_time(text: str) -> datetime | None:
    """Read a time with its zone, to the second; None where it is none, or before 1970.

    Examples
    --------
    >>> str(read_time("2026-11-23T05:44:44.250+01:00"))
    '2026-11-23 04:44:44+00:00'
    """
    try:
        read = datetime.fromisoformat(text)
        time = read.astimezone(UTC).replace(microsecond=0) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return time if time is not None and time.timestamp() >= 0 else None


def _read_records(view: ContractView, name: str, source: str) -> tuple[datetime | None, int]:
    """Read the pinned records of a test.

    Returns
    -------
    first
        When the first record that judged this claim with this code began; None without one.
    earlier
        How many records judged another claim, or with other code.

    Raises
    ------
    TamperedEvidenceError
        A pinned record is missing or was changed.
    """
    head, wanted = view.assessments[name].head, view.loaded.claims[name].digest
    first: str | None = None
    earlier = 0
    for _, record in view.store.iter_chain(name, head) if head else ():
        facts = record.predicate
        if (facts.claim_digest, facts.source_digest, facts.contract.id) == (wanted, source, view.loaded.id):
            first = facts.started
        else:
            earlier += 1
    return (None if first is None else read_time(first)), earlier


def _iter_texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Iterate over the texts of a manifest, each with its path."""
    if isinstance(value, dict):
        for key, item in sorted(value.items()):
            yield from _iter_texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, str):
        yield path, value


def _derive_id(manifest: Mapping[str, Any], created: datetime) -> str:
    """Derive a UUIDv7: its time is that of the registration, its random bits the digest of all the rest."""
    random = int.from_bytes(hashlib.sha256(write_canonical(manifest)).digest()[:10])
    time_ms = int(created.timestamp()) * 1000
    high, low = random >> 68, random & ((1 << 62) - 1)
    return str(uuid.UUID(int=(time_ms << 80) | (7 << 76) | (high << 64) | (2 << 62) | low))


def _make_index(view: ContractView, exported: Sequence[ExportedTest], refused: Sequence[Refusal]) -> Document:
    """Make the file that lists what the manifests of a contract do not hold, and the tests without one."""
    data = {
        "schema": "pv/prml-index/v1",
        "contract": view.loaded.id,
        "exported": [
            {
                "test": test.id,
                "manifest": test.place,
                "losses": [
                    {"what": loss.what, "fate": loss.fate, "reason": loss.reason} for loss in test.losses
                ],
            }
            for test in exported
        ],
        "refused": [{"test": each.test, "reason": each.reason, "fix": each.fix} for each in refused],
    }
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    name = f"{view.loaded.path.stem}/index.json"
    return Document(name, text.encode(errors="backslashreplace"), is_main=False)
