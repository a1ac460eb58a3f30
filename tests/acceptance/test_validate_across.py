"""What is wrong between files comes and goes with the other file, whatever the cache knows of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.project import inspecting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import Scratch

    from pvengine.project.contract_bytes import ContractBytes
    from pvengine.project.outcome import FileOutcome
    from pvengine.project.workspace import Workspace

HEAD = "metadata: {id: C-%s, version: %s, kind: schema, description: One, depends_on: [%s]}\n"
TEST = "falsification_tests:\n- {id: %s, rule: r, prediction: p, if_fails: f}\n"


@pytest.fixture(autouse=True)
def inspected(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give each test a cache of its own, and note the files that it did not answer for."""
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    seen: list[str] = []
    inspect = inspecting.inspect_all

    def spy(workspace: Workspace, files: Sequence[ContractBytes], jobs: int | None) -> list[FileOutcome]:
        seen.extend(file.shown for file in files)
        return inspect(workspace, files, jobs)

    monkeypatch.setattr(inspecting, "inspect_all", spy)
    return seen


def write(scratch: Scratch, name: str, needs: str = "", *, version: str = "1.0.0", test: str = "") -> None:
    text = HEAD % (name.upper(), version, needs) + (TEST % test if test else "")
    scratch.write(f"contracts/{name}.yaml", text)


def found(scratch: Scratch, *args: str) -> list[str]:
    """Validate, and the same without a cache: the findings, which must not differ."""
    reports = [
        scratch.call("validate", *args, "--format", "json", *more).report for more in ((), ("--no-cache",))
    ]
    assert reports[0] == reports[1]
    return [
        f"{each['path']}:{each['line']} {each['code']} {each['message']}"
        for each in reports[0]["diagnostics"]
    ]


def test_another_file_makes_and_mends_findings_of_a_file_in_the_cache(
    scratch: Scratch, inspected: list[str]
) -> None:
    write(scratch, "a", "b v1.0.0", test="FT-1")
    unknown = "contracts/a.yaml:1 PV304 the project has no contract 'b'"
    assert found(scratch) == [unknown]
    inspected.clear()
    write(scratch, "b")
    assert found(scratch, "contracts/a.yaml") == []
    write(scratch, "b", version="2.0.0")
    other = "contracts/a.yaml:1 PV305 b has version 2.0.0, this contract relies on 1.0.0"
    assert found(scratch, "contracts/a.yaml") == [other]
    write(scratch, "b", "a", test="FT-1")
    assert found(scratch, "contracts/a.yaml") == [
        "contracts/a.yaml:1 PV312 cycle: a -> b -> a",
        "contracts/a.yaml:3 PV310 test id 'FT-1' is used in contracts/b.yaml:3:8, too",
    ]
    (scratch.root / "contracts" / "b.yaml").unlink()
    assert found(scratch, "contracts/a.yaml") == [unknown]
    assert inspected == ["contracts/a.yaml"] * 4, "by the runs without a cache"


def test_a_run_over_all_finds_the_same(scratch: Scratch) -> None:
    write(scratch, "a", "b", test="FT-1")
    write(scratch, "b", "a", test="FT-1")
    write(scratch, "c", "c")
    assert found(scratch) == [
        "contracts/a.yaml:1 PV312 cycle: a -> b -> a",
        "contracts/a.yaml:3 PV310 test id 'FT-1' is used in contracts/b.yaml:3:8, too",
        "contracts/b.yaml:3 PV310 test id 'FT-1' is used in contracts/a.yaml:3:8, too",
        "contracts/c.yaml:1 PV312 cycle: c -> c",
    ]


@pytest.mark.parametrize("args", [(), ("contracts/a.yaml",)])
@pytest.mark.parametrize("text", ["metadata: [\n", "\x00", "- 1\n"])
def test_a_dependency_that_cannot_be_read_is_there(
    scratch: Scratch, args: tuple[str, ...], text: str
) -> None:
    write(scratch, "a", "b v1.0.0")
    scratch.write("contracts/b.yaml", text)
    assert [each for each in found(scratch, *args) if "a.yaml" in each] == []
    skipped = scratch.call("validate", *args, "--format", "json").report["scope"]["unindexed_files"]
    assert skipped == len(args), "one that is checked is not left out"


def test_a_large_contract_of_the_project_is_not_looked_up(scratch: Scratch) -> None:
    write(scratch, "a", "b", test="FT-1")
    large = HEAD % ("B", "1.0.0", "") + TEST % "FT-1" + "# a comment\n" * 90_000
    scratch.write("contracts/b.yaml", large)
    assert len(large) > 1 << 20
    assert found(scratch, "contracts/a.yaml") == []
    result = scratch.call("validate", "contracts/a.yaml")
    assert result.out.endswith("\nleft out: 1 file not looked up\n")
    assert [each.split()[1] for each in found(scratch)] == ["PV310", "PV310"], "one that is checked is read"


def test_under_two_names_a_contract_is_one(scratch: Scratch) -> None:
    write(scratch, "a", test="FT-1")
    (scratch.root / "link.yaml").symlink_to("contracts/a.yaml")
    (scratch.root / "other").symlink_to("contracts")
    for name in ("link.yaml", "other/a.yaml", str(scratch.root / "other" / "a.yaml")):
        assert found(scratch, name) == []
    write(scratch, "b", test="FT-1")
    assert found(scratch, "link.yaml") == [
        "link.yaml:3 PV310 test id 'FT-1' is used in contracts/b.yaml:3:8, too"
    ]


def test_comments_and_severities_reach_findings_across_files(scratch: Scratch) -> None:
    scratch.write(
        "contracts/a.yaml",
        HEAD % ("A", "1.0.0", "") + "falsification_tests:\n"
        "- id: FT-1  # pv: ignore[PV310] moved\n  rule: r\n  prediction: p\n  if_fails: f\n",
    )
    write(scratch, "b", test="FT-1")
    assert [each.split()[0] for each in found(scratch)] == ["contracts/b.yaml:3"]
    (scratch.root / "contracts" / "b.yaml").unlink()
    assert found(scratch) == ["contracts/a.yaml:3 PV007 no PV310 is found on line 3"]


def test_files_that_git_ignores_or_that_are_hidden_are_no_contracts_of_the_project(scratch: Scratch) -> None:
    write(scratch, "a", "b", test="FT-1")
    write(scratch, ".hidden/b", test="FT-1")
    write(scratch, "evidence/b", test="FT-1")
    assert [each.split()[1] for each in found(scratch)] == ["PV304"]
