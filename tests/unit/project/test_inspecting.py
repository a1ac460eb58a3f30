"""Many files are inspected in as many processes as there is work for, with the same result."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pvengine.project import inspecting
from pvengine.project.configuration import Configuration
from pvengine.project.contract_bytes import ContractBytes
from pvengine.project.inspecting import gather_all_facts, inspect_all
from pvengine.project.inspection import Inspector
from pvengine.project.outcome import FileOutcome
from pvengine.project.workspace import Workspace

ONE = "metadata: {id: C-%s, version: 1.0.0, kind: schema, description: One}\nodd_%s: 1\n"


def make(count: int) -> list[ContractBytes]:
    files = [ContractBytes(Path(f"{n}.yaml"), f"{n}.yaml", (ONE % (n, n)).encode()) for n in range(count)]
    files[count // 2] = ContractBytes(Path("broken.yaml"), "broken.yaml", b"a: [\n")
    return files


def test_outcomes_come_in_the_order_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, files = Workspace(tmp_path, Configuration()), make(30)
    alone = inspect_all(workspace, files, 1)
    facts = gather_all_facts(files, 1)
    monkeypatch.setattr(inspecting, "_WORTH_BYTES", 100)
    assert inspect_all(workspace, files, 3) == alone
    assert gather_all_facts(files, 3) == facts
    assert [outcome.path for outcome in alone] == [file.shown for file in files]
    assert [each is None for each in facts] == [number == 15 for number in range(30)]


def test_more_processes_are_taken_for_much_work_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell_process(_: Inspector, __: Path, shown: str, ___: bytes) -> FileOutcome:
        return FileOutcome(path=f"{shown} {os.getpid()}")

    monkeypatch.setattr(Inspector, "inspect", tell_process)
    workspace, files = Workspace(tmp_path, Configuration()), make(20)

    def processes(jobs: int | None) -> set[int]:
        return {int(outcome.path.split()[1]) for outcome in inspect_all(workspace, files, jobs)}

    assert processes(2) == {os.getpid()}, "two kilobytes are not worth it"
    monkeypatch.setattr(inspecting, "_WORTH_BYTES", 100)
    assert processes(1) == {os.getpid()}
    assert os.getpid() not in processes(2)


@pytest.mark.parametrize(
    ("sizes", "jobs", "workers"),
    [
        ([], None, 1),
        ([10], 8, 1),
        ([1 << 20, 0], 8, 2),
        ([1 << 20, 0, 0], 8, 2),
        ([9 << 20] * 9, 3, 3),
        ([9 << 20], 3, 1),
    ],
)
def test_workers_by_the_size_of_the_work(sizes: list[int], jobs: int | None, workers: int) -> None:
    files = [ContractBytes(Path("x"), "x", bytes(size)) for size in sizes]
    assert inspecting._count_workers(files, jobs) == workers


def test_without_a_number_there_are_as_many_as_cores() -> None:
    files = [ContractBytes(Path("x"), "x", bytes(1 << 20))] * 200
    assert inspecting._count_workers(files, None) == min(os.cpu_count() or 1, 200)
