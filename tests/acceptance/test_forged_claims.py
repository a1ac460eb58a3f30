"""Each leaf of a claim is changed, by hand and by a forger who renews digests: `pv verify` notices.

A claim that a person edits makes its evidence stale, and the leaf is named. A forger who bumps the version
and chains an amendment to it gains nothing. One who writes the new claim into the record, with its digest,
the file name, the pins and the chain, is given away by the seed, which follows from the claim, unless that is
renewed too: then nothing that is stored contradicts anything.
"""

from __future__ import annotations

import copy
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import semver
from forgery import Bench, extract, say_path, walk, write
from pydantic import ValidationError
from recheck_mutations import chain_again

from pvengine.models.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pvengine.models.report import Report

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = "contracts/trace-ffn-sub-block-gguf-v1.yaml"
Place = tuple[Any, ...]
REMOVED = object()


@dataclass(frozen=True)
class Edit:
    """A leaf of the claim of a test, and what it becomes."""

    test: str
    path: Place
    old: Any
    new: Any

    def apply(self, data: Any) -> Any:
        """Make the edit in the data of a contract; return the data.

        A bound of a band moves together with the other side of the cut, and a decision names a hypothesis
        that the test names: so the claim can still be read, and its digest alone gives the edit away.
        """
        holder, key = find_place(data, self.test, self.path)
        (entry,) = (each for each in data["falsification_tests"] if each["id"] == self.test)
        if self.new is REMOVED:
            del holder[key]
        elif "hypothesis" in self.path and isinstance(entry["hypothesis"], list):
            entry["hypothesis"] = [self.new if name == self.old else name for name in entry["hypothesis"]]
            for decision in entry["decides"]:
                decision["hypothesis"] = (
                    self.new if decision["hypothesis"] == self.old else decision["hypothesis"]
                )
        elif self.path[0] == "decides" and key in ("lt", "le", "gt", "ge"):
            decision = (
                entry["decides"] if isinstance(entry["decides"], dict) else entry["decides"][self.path[1]]
            )
            for band in iter_bands(decision):
                band.update({name: self.new for name, bound in band.items() if bound == self.old})
        else:
            holder[key] = self.new
        return data


REPLACED = {
    "id": ("FT-009",),
    "falsifier": ("rich.others", "no.such-falsifier"),
    "bits": ("3fc00001", "7fc00000"),
    "sha256": ("0" * 64,),
}
"""What a leaf becomes where more text would be no such thing, by its key."""
SEARCHED: dict[str, tuple[Any, ...]] = {
    "kind": ("real", "integer"),
    "norm": ("L1", "L2", "Linf"),
    "methods": ("random", "minimal"),
    "variable": (),
}
"""The same in a search."""


@pytest.fixture(scope="module")
def flagship(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Copy the shipped contract with its evidence."""
    root = tmp_path_factory.mktemp("flagship")
    shutil.copytree(ROOT / "contracts", root / "contracts")
    (root / "pv.toml").write_text('contracts = ["contracts"]\n')
    return Bench(root, FLAGSHIP)


def iter_others(path: Place, value: Any, hypothesis: str) -> Iterator[Any]:
    """Iterate over values that a leaf may have instead, so that the claim can still be read."""
    key = next(each for each in reversed(path) if isinstance(each, str))
    if path[0] == "search" and (key in SEARCHED or isinstance(value, int)):
        words = SEARCHED[key] if key in SEARCHED else (value + 1, value - 1)
        yield from (word for word in words if word != value)
    elif key in REPLACED or key == "hypothesis":
        yield from REPLACED.get(key, (hypothesis,))
    elif isinstance(value, int | float):
        yield from (value + 0.25, value + 2**-40, value + 1 + 2**-20)
    elif isinstance(value, str):
        yield from (f"{value} x", f"{value[:-1]}{chr(ord(value[-1]) ^ 1)}")
    else:
        yield [1.0] if value == [] else {"z": [1.0]}


def find_place(data: Any, test: str, path: Place) -> tuple[Any, Any]:
    """Find what holds a leaf of a claim in the contract, and its key there."""
    if path[0] == "statements":
        (holder,) = (each for each in data["hypotheses"] if each["id"] == path[1])
        return holder, "statement"
    (holder,) = (each for each in data["falsification_tests"] if each["id"] == test)
    for part in path[:-1]:
        holder = holder[part]
    return holder, path[-1]


def iter_bands(decision: Any) -> Iterator[dict[str, Any]]:
    for verdict in ("CONFIRMED", "PARTIALLY_CONFIRMED", "FALSIFIED"):
        listed = decision.get(verdict, [])
        yield from listed if isinstance(listed, list) else [listed]


def list_edits(bench: Bench) -> list[Edit]:
    """List edits of every leaf of every claim that a record stands for."""
    data, edits = bench.data, []
    for entry in data["falsification_tests"]:
        if str(entry.get("evidence")).startswith("sha256:"):
            test, claim = entry["id"], extract(data, entry["id"])
            for path, old in walk(claim):
                others = iter_others(path, old, data["hypotheses"][-1]["id"])
                edits += [each for new in others if is_readable(each := Edit(test, path, old, new), data)]
            edits += [Edit(test, path, None, REMOVED) for path in iter_removable(claim)]
    return edits


def is_readable(edit: Edit, data: Any) -> bool:
    """Whether what an edit makes of a search is still one; any other edit is."""
    if edit.path[0] != "search":
        return True
    try:
        tests = [each for each in data["falsification_tests"] if each["id"] == edit.test]
        alone = {"hypotheses": data["hypotheses"], "falsification_tests": copy.deepcopy(tests)}
        Search.model_validate(extract(edit.apply(alone), edit.test)["search"])
    except ValidationError:
        return False
    return True


def iter_removable(claim: Any) -> Iterator[Place]:
    """Iterate over the parts that a claim can do without."""
    optional = ("rule", "prediction", "reproduce", "requires", "search", "params")
    yield from ((key,) for key in optional if key in claim)
    accept = claim.get("accept", [])
    for index, condition in enumerate(accept if len(accept) > 1 else ()):
        yield "accept", index
        yield from (("accept", index, key) for key in list(condition)[1:] if len(condition) > 2)
    decides = claim.get("decides", {})
    for index, decision in enumerate(decides if isinstance(decides, list) else [decides]):
        if "scope" in decision:
            yield ("decides", index, "scope") if isinstance(decides, list) else ("decides", "scope")


def say_missed(report: Report, edit: Edit) -> str:
    """Say what is amiss with a report on a claim that was edited; empty where the leaf is named."""
    said, wanted, code = f"{edit.test} is stale: the claim changed: ", 11, "PV606"
    if edit.path == ("id",):
        said, wanted, code = "FT-009: evidence sha256:", 3, "PV603"
    found = [each for each in report.diagnostics if each.code == code and each.message.startswith(said)]
    is_named = edit.path == ("id",) or (found and say_path(edit.path) in found[0].message.removeprefix(said))
    is_noticed = report.exit_code == wanted and len(found) == 1 and is_named
    return "" if is_noticed else f"{edit}: {report.exit_code} {report.diagnostics}"


def append_amendment(data: Any, test: str) -> None:
    """Bump the version, and let an amendment that follows the last one repeat what the test is."""
    version = str(semver.Version.parse(data["metadata"]["version"]).bump_minor())
    data["metadata"]["version"] = version
    entries = [entry for amendment in data["amendments"] for entry in amendment["tests"]]
    last = next(entry for entry in reversed(entries) if entry["id"] == test)
    again = {**last, "from": last["to"]}
    amendment = {"version": version, "date": "2026-12-01", "kind": "edit", "tests": [again], "previous": None}
    data["amendments"].append(amendment)
    chain_again(data)


def test_an_edit_by_hand(rich: Bench, flagship: Bench, tally: Callable[..., None]) -> None:
    """Every leaf of the small project, and a sample of those of the shipped contract."""
    shipped = random.Random(4).sample(list_edits(flagship), 60)  # noqa: S311 - a sample, no secret
    edits = [*((rich, edit) for edit in list_edits(rich)), *((flagship, edit) for edit in shipped)]
    answers = [
        say_missed(bench.verify({bench.contract: write(edit.apply(bench.data))}), edit)
        for bench, edit in edits
    ]
    missed = [answer for answer in answers if answer]
    assert not missed, "\n".join(missed)
    tally(
        group="Forged claims",
        row="a leaf of a claim is edited by hand",
        cases=len(answers),
        missed=len(missed),
        at_least=250,
    )


def test_an_edit_with_an_amendment(rich: Bench, tally: Callable[..., None]) -> None:
    answers = []
    for edit in list_edits(rich):
        if edit.path != ("id",):
            data = edit.apply(rich.data)
            append_amendment(data, edit.test)
            answers.append(say_missed(rich.verify({rich.contract: write(data)}), edit))
    missed = [answer for answer in answers if answer]
    assert not missed, "\n".join(missed)
    tally(
        group="Forged claims",
        row="a leaf is edited, the version bumped and an amendment chained to the others",
        cases=len(answers),
        missed=len(missed),
        at_least=190,
    )


def test_an_edit_with_a_record_that_agrees(rich: Bench, tally: Callable[..., None]) -> None:
    codes, missed, whole = [], [], []
    for edit in list_edits(rich):
        if edit.path == ("id",):
            continue
        data = edit.apply(rich.data)
        report = rich.verify(rich.forge_claim(edit.test, data, seed=False))
        standing = next(each.standing for each in report.contracts[0].tests if each.id == edit.test)
        if (report.exit_code, standing) != (3, "tampered"):
            missed.append(f"{edit.test} {say_path(edit.path)}: {report.exit_code} {standing}")
        codes.append(report.exit_code)
        whole.append(int(rich.verify(rich.forge_claim(edit.test, data, seed=True)).exit_code))
    assert not missed, "\n".join(missed)
    tally(
        group="Forged claims",
        row="the record is made to agree: its claim and digests, file name, pins and chain; not its seed",
        cases=len(codes),
        missed=len(missed),
        at_least=190,
    )
    # With the seed renewed as well, only what the measurements or the installed code contradict is left.
    assert set(whole) == {0, 3, 11}
    tally(
        group="Out of reach",
        row="the record is made to agree with an edited claim, its seed too",
        cases=len(whole),
        missed=whole.count(0),
        at_least=190,
    )
