"""Rules that one contract is checked against without looking at anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import semver

from pvengine.loading.claims import CLAIM_KEYS, extract_claim, list_statements
from pvengine.loading.complaints import find_nearest, list_keys, shorten
from pvengine.loading.spelling import is_slip
from pvengine.models.contract import FalsificationTest, Hypothesis, Stage
from pvengine.models.issue import Issue
from pvengine.numerics.intervals import find_partition_faults, interval_of
from pvengine.numerics.reach import LARGEST_DIFFERENCE, REACH, can_fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.base import OpenModel
    from pvengine.models.claim import Decision
    from pvengine.models.contract import Contract

__all__ = ["is_semver", "iter_contract_issues"]

_FOLDER_NAME_BYTES = 255
"""Longest file name that common file systems take."""
_VERSION_WIDTH = 100
"""Longest version that is read, in characters; Python reads no integer of more than 4300 digits."""

_SECTIONS = frozenset(
    {
        *("metadata", "hypotheses", "falsification_tests", "implementation_stages", "amendments"),
        *("equations", "proof_obligations", "kani_harnesses", "enforcement", "qa_gate", "obligations"),
        *("kernel_structure", "simd_dispatch", "falsification", "falsification_conditions"),
        "verification_summary",
    }
)
"""Sections that would be dropped with all that is in them under another name."""

_LOOKED_UP = 200
"""Unknown keys of one mapping for which a near one is looked for: each takes some 0.2 ms."""

_ENTRY_MODELS: dict[str, type[OpenModel]] = {
    "hypotheses": Hypothesis,
    "falsification_tests": FalsificationTest,
    "implementation_stages": Stage,
}
"""Models of the entries of each list whose entries may have other keys."""

Path = tuple[str | int, ...]
Indexes = dict[str, tuple[int, ...]]


def is_semver(version: Any) -> bool:
    """Whether a version is MAJOR.MINOR.PATCH as Semantic Versioning 2.0.0 defines it."""
    return isinstance(version, str) and len(version) <= _VERSION_WIDTH and semver.Version.is_valid(version)


def iter_contract_issues(contract: Contract, data: dict[str, Any], indexes: Indexes) -> Iterator[Issue]:
    """Iterate over what is wrong with a contract by itself."""
    yield from _iter_version_issues(contract, data)
    yield from _iter_unknown_keys(contract, data, indexes)
    statements = list_statements(data)
    for index, test in zip(indexes.get("falsification_tests", ()), contract.tests, strict=True):
        path = ("falsification_tests", index)
        yield from _iter_judging_issues(test, path)
        if test.is_bound:
            yield from _iter_id_issues(test, path)
            yield from extract_claim(data, index, statements).issues


def _iter_version_issues(contract: Contract, data: dict[str, Any]) -> Iterator[Issue]:
    version = contract.metadata.version
    if "metadata" not in data or not isinstance(data["metadata"], dict):
        return
    written = contract.version if version is None else version
    if written is None:
        yield Issue(
            "PV205", ("metadata",), "the contract has no version", "write `version: 0.1.0` under metadata"
        )
    elif not is_semver(written) and str(written).strip():
        yield Issue(
            "PV205",
            ("version",) if version is None else ("metadata", "version"),
            f"version {shorten(written)} is not MAJOR.MINOR.PATCH",
            f"write `version: {suggest_version(written)}`",
        )
    if version is not None and contract.version is not None and str(contract.version) != str(version):
        yield Issue(
            "PV206",
            ("version",),
            f"`version` is {shorten(contract.version)} and `metadata.version` is {shorten(version)}",
            f"write {shorten(version)} in both places",
        )


def suggest_version(version: Any) -> str:
    """Suggest the Semantic Version that a person most likely means.

    Examples
    --------
    >>> suggest_version("v1.2"), suggest_version(3), suggest_version("draft")
    ('1.2.0', '3.0.0', '0.1.0')
    """
    text = str(version)
    parts = text.lstrip("vV").split(".")[:3]
    if len(text) > _VERSION_WIDTH or not all(part.isascii() and part.isdigit() for part in parts):
        return "0.1.0"
    return ".".join([*(str(int(part)) for part in parts), "0", "0"][:3])


def _iter_id_issues(test: FalsificationTest, path: Path) -> Iterator[Issue]:
    """Report an id that no folder of evidence can be named by."""
    size = len(quote(test.id, safe=""))
    if size > _FOLDER_NAME_BYTES:
        yield Issue(
            "PV202",
            (*path, "id"),
            f"the id has {size} bytes when percent-encoded, and evidence is stored in a folder of that name",
            f"choose an id of at most {_FOLDER_NAME_BYTES} bytes",
        )


def _iter_judging_issues(test: FalsificationTest, path: Path) -> Iterator[Issue]:
    if test.is_bound and not test.conditions and not test.decisions:
        yield Issue(
            "PV207", path, f"{test.id} is bound to {test.falsifier!r} and has neither accept nor decides"
        )
    elif test.is_bound:
        for key, entries in (("accept", test.conditions), ("decides", test.decisions)):
            if key in test.model_fields_set and not entries:
                yield Issue("PV207", (*path, key), f"{test.id}: `{key}` is empty", at_key=True)
    if test.is_bound:
        yield from _iter_vacuity_issues(test, path)
    for index, decision in enumerate(test.decisions):
        where: Path = (*path, "decides", index) if isinstance(test.decides, tuple) else (*path, "decides")
        yield from _iter_band_issues(test, decision, where)
        if test.hypothesis_of(decision) is None:
            wanted = "one of " + ", ".join(test.hypotheses) if test.hypotheses else "the one it decides"
            yield Issue(
                "PV211",
                where,
                f"{test.id}: this entry of decides names no hypothesis",
                f"add `hypothesis:` with {wanted}",
            )
        elif test.hypotheses and decision.hypothesis not in (None, *test.hypotheses):
            yield Issue(
                "PV211",
                (*where, "hypothesis"),
                f"{test.id} decides {decision.hypothesis!r}, which its `hypothesis` does not name",
                f"add {decision.hypothesis!r} to `hypothesis`",
            )


def _iter_vacuity_issues(test: FalsificationTest, path: Path) -> Iterator[Issue]:
    """Report a test whose outcome and verdicts no measurement can change, and a tolerance of anything."""
    is_sound = not any(
        find_partition_faults([interval_of(band) for _, _, band in decision.iter_bands()])
        for decision in test.decisions
    )
    if (test.conditions or test.decisions) and is_sound and not can_fail(test):
        key = "accept" if test.conditions else "decides"
        what = "breaks a condition" if test.conditions else "changes a verdict"
        what += " or changes a verdict" if test.conditions and test.decisions else ""
        yield Issue("PV409", (*path, key), f"{test.id}: no number below {REACH:g} in magnitude {what}")
    if test.reproduce is not None and test.reproduce.relative >= LARGEST_DIFFERENCE:
        yield Issue(
            "PV410",
            (*path, "reproduce", "relative"),
            f"{test.id}: any two numbers are within a relative difference of {test.reproduce.relative!r}",
        )


def _iter_band_issues(test: FalsificationTest, decision: Decision, where: Path) -> Iterator[Issue]:
    bands = list(decision.iter_bands())
    for index, reason in find_partition_faults([interval_of(band) for _, _, band in bands]):
        if index is None:
            yield Issue("PV208", where, f"{test.id}: the bands of {decision.metric!r} leave a gap: {reason}")
        else:
            verdict, path, _ = bands[index]
            gap = "leaves a gap below it: " if reason.startswith("no band") else ""
            yield Issue("PV208", (*where, *path), f"{test.id}: band {verdict} {gap}{reason}")


def _iter_unknown_keys(contract: Contract, data: dict[str, Any], indexes: Indexes) -> Iterator[Issue]:
    yield from (_weigh_section(issue, data) for issue in _unknown_of(contract, ()))
    if isinstance(data.get("metadata"), dict):
        yield from _unknown_of(contract.metadata, ("metadata",))
    for index, test in zip(indexes.get("falsification_tests", ()), contract.tests, strict=True):
        path: Path = ("falsification_tests", index)
        yield from _unknown_of(test, path, judged=CLAIM_KEYS if test.is_bound else ())
    for index, entry in zip(indexes.get("hypotheses", ()), contract.hypotheses or (), strict=True):
        yield from _unknown_of(entry, ("hypotheses", index))
    for index, stage in zip(indexes.get("implementation_stages", ()), contract.stages, strict=True):
        path = ("implementation_stages", index)
        yield from _unknown_of(stage, path)
        for number, step in enumerate(stage.steps or ()):
            yield from _unknown_of(step, (*path, "steps", number))
    yield from _iter_keys_of_refused(data, indexes)


def _weigh_section(issue: Issue, data: dict[str, Any]) -> Issue:
    """Make an error of an unknown key that is certain to be a section whose name is misspelt."""
    meant, key = issue.replacement, str(issue.path[0])
    is_section = meant in _SECTIONS and meant not in data and isinstance(data[key], list | dict)
    return replace(issue, code="PV227") if is_section else issue


def _iter_keys_of_refused(data: dict[str, Any], indexes: Indexes) -> Iterator[Issue]:
    """Report unknown keys of entries that no model was made of, because something else is wrong with them.

    Near keys are looked for in the first of them: a block may have 100,000.
    """
    left = _LOOKED_UP
    for section, model in _ENTRY_MODELS.items():
        entries, sound = data.get(section), frozenset(indexes.get(section, ()))
        known = frozenset(list_keys(model))
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and index not in sound:
                unknown = tuple(key for key in entry if key not in known)
                is_judged = section == "falsification_tests" and isinstance(entry.get("falsifier"), str)
                judged = CLAIM_KEYS if is_judged else ()
                yield from _iter_unknown(model, unknown, (section, index), judged, left)
                left = max(0, left - len(unknown))


def _unknown_of(model: OpenModel, path: Path, judged: tuple[str, ...] = ()) -> Iterator[Issue]:
    """Report unknown keys; one that is near a key in ``judged`` would drop a part of a claim: an error."""
    yield from _iter_unknown(type(model), model.unknown_keys, path, judged, _LOOKED_UP)


def _iter_unknown(
    model: type[OpenModel], unknown: tuple[str, ...], path: Path, judged: tuple[str, ...], limit: int
) -> Iterator[Issue]:
    """Report unknown keys of a mapping that ``model`` describes, each with the near key that is meant.

    Near keys are looked for up to a limit. Beyond it every unknown key of a claim is an error.
    """
    known = list_keys(model)
    for number, key in enumerate(unknown):
        is_beyond = number >= limit
        near = None if is_beyond else find_nearest(key, known)
        place = ".".join(str(part) for part in path if isinstance(part, str)) or "the contract"
        yield Issue(
            "PV210" if near in judged or (is_beyond and judged) else "PV204",
            (*path, key),
            f"`{key}` is no key of {place} that pv reads" + (f"; did you mean `{near}`?" if near else ""),
            f"write `{near}`" if near else None,
            at_key=True,
            replacement=near if near and is_slip(key, near) else None,
        )
