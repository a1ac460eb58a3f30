from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.versions import iter_version_issues
from pvengine.loading.contract_file import load_contract


def find(prose: str, metadata: str = "id: C-X, version: 1.2.0") -> list[str]:
    text = f"metadata: {{{metadata}}}\ndescription: |\n  {prose}\n"
    loaded = load_contract(Path("x-kernel-v1.yaml"), "x-kernel-v1.yaml", text.encode())
    shown = []
    for one in loaded.locate(iter_version_issues(loaded)):
        assert one.place is not None
        marked = one.place.snippet[one.place.column - 1 : one.place.end_column - 1]
        shown.append(f"{one.line}:{one.column} {one.code} <{marked}> {one.message} -> {one.fix}")
    return shown


@pytest.mark.parametrize(
    ("before", "version"),
    [
        ("This contract is at ", "v1.1.0"),
        ("this contract (", "1.3.0"),
        ("This contract's version is ", "2.0.0"),
        ("The contract's version: ", "1.1.9"),
        ("x-kernel-v1 ", "v1.1.0"),
        ("see contracts/x-kernel-v1.yaml at ", "v1.1.0"),
        ("see `C-X` ", "1.1.0"),
    ],
)
def test_another_version_of_this_contract(before: str, version: str) -> None:
    number = version.removeprefix("v")
    message = f"the text gives this contract the version {number}, it has 1.2.0"
    place = f"3:{3 + len(before)} PV505 <{version}>"
    assert find(f"{before}{version}, and more") == [f"{place} {message} -> write 1.2.0, or no version"]


@pytest.mark.parametrize(
    "prose",
    [
        "This contract is at v1.2.0.",
        "This contract went v1.0.0 -> v1.2.0",
        "x-kernel-v1 v1.0.0 → v1.1.0",
        "x-kernel-v1 1.0.0 to 1.2.0",
        "this contract v1.0.0-1.1.0",
        "needs y-kernel-v1 v1.1.0, my-x-kernel-v1 v1.1.0 and NumPy 2.1.0",
        "v1.1.0: this contract is at v1.1.0",
        "this contract scaffold (v1.0.0)",
        "this contract reads 1.1.0 as a version",
        "this contract 1.1.0.4",
    ],
)
def test_histories_and_versions_of_others(prose: str) -> None:
    assert find(prose) == []


def test_comments_evidence_and_references_are_no_claims() -> None:
    metadata = "id: C-X, version: 1.2.0, references: [this contract 1.1.0], evidence: [C-X 1.1.0]"
    assert find("text\n# this contract 1.1.0", metadata) == []


def test_without_a_version_nothing_is_said() -> None:
    assert find("This contract is at v1.1.0", "id: C-X") == []
