"""Rules across files: exact findings, at places of the checked files, in bounded time."""

from __future__ import annotations

import time

from pvengine.lint.across import MAX_CYCLES, ProjectIndex, iter_findings_across
from pvengine.lint.facts import FileFacts, Mention


def mention(name: str, line: int = 1) -> Mention:
    return Mention(name, "contract", line, 3, line, 3 + len(name), name)


def make(
    *needs: str, version: str | None = "1.0.0", ids: tuple[str, ...] = (), kind: str = "test"
) -> FileFacts:
    return FileFacts(
        id=None,
        version=version,
        ids=tuple(Mention(name, kind, 9, 7, 9, 8, name) for name in ids),
        depends_on=tuple(mention(name, line) for line, name in enumerate(needs, 4)),
    )


def find(index: ProjectIndex, *checked: str) -> list[tuple[str, str, str]]:
    found = iter_findings_across(index, checked or list(index.facts))
    return [(str(each.place), each.code, each.message) for each in found]


def test_a_dependency_is_a_contract_by_the_stem_of_its_file() -> None:
    facts = {
        "c/a.yaml": make("b", "deep/b.yaml", "b v1.0.0 (prose)", "bb"),
        "c/b.yml": make(),
    }
    assert find(ProjectIndex(facts)) == [
        ("c/a.yaml:7:3", "PV304", "the project has no contract 'bb'; did you mean 'b'?")
    ]


def test_another_version() -> None:
    facts = {"a.yaml": make("b v1.1.0", "c v1.0.0"), "b.yaml": make(), "c.yaml": make(version=None)}
    (found,) = iter_findings_across(ProjectIndex(facts), ["a.yaml"])
    assert (found.code, str(found.place)) == ("PV305", "a.yaml:4:3")
    assert found.message == "b has version 1.0.0, this contract relies on 1.1.0"
    assert found.fix == "check the change, then write v1.0.0"


def test_files_of_which_nothing_is_known_are_there() -> None:
    index = ProjectIndex({"a.yaml": make("b v9.0.0", "c")}, skipped=("x/b.yaml",), broken=("c.yml",))
    assert find(index) == []


def test_ids_of_several_files() -> None:
    facts = {f"{name}.yaml": make(ids=("T",)) for name in "abcdef"}
    facts["g.yaml"] = make(ids=("T",), kind="harness")
    assert find(ProjectIndex(facts), "b.yaml", "g.yaml") == [
        ("b.yaml:9:7", "PV310", "test id 'T' is used in a.yaml:9:7, c.yaml:9:7, d.yaml:9:7 and 2 more, too")
    ]


def test_an_id_twice_in_one_file_is_the_business_of_that_file() -> None:
    assert find(ProjectIndex({"a.yaml": make(ids=("T", "T"))})) == []


def test_cycles_start_at_their_least_file_and_stand_in_a_checked_one() -> None:
    facts = {"b.yaml": make("c"), "c.yaml": make("a"), "a.yaml": make("b"), "d.yaml": make("d", "a")}
    assert find(ProjectIndex(facts)) == [
        ("d.yaml:4:3", "PV312", "cycle: d -> d"),
        ("a.yaml:4:3", "PV312", "cycle: a -> b -> c -> a"),
    ]
    assert find(ProjectIndex(facts), "c.yaml") == [("c.yaml:4:3", "PV312", "cycle: a -> b -> c -> a")]
    assert find(ProjectIndex(facts), "d.yaml") == [("d.yaml:4:3", "PV312", "cycle: d -> d")]


def test_two_cycles_through_one_contract_are_both_reported() -> None:
    facts = {"a.yaml": make("b", "c"), "b.yaml": make("a"), "c.yaml": make("a")}
    assert sorted(message for *_, message in find(ProjectIndex(facts))) == [
        "cycle: a -> b -> a",
        "cycle: a -> c -> a",
    ]


def test_contracts_that_all_rest_on_each_other_take_no_time() -> None:
    names = [f"c{number}" for number in range(150)]
    facts = {f"{name}.yaml": make(*names) for name in names}
    started = time.monotonic()
    found = find(ProjectIndex(facts))
    assert len(found) == len(names) + MAX_CYCLES
    assert time.monotonic() - started < 10


def test_ids_that_every_file_has_take_linear_time() -> None:
    ids = tuple(f"T{number}" for number in range(20))
    facts = {f"c{number}.yaml": make(ids=ids) for number in range(2000)}
    started = time.monotonic()
    assert len(find(ProjectIndex(facts))) == 40_000
    assert time.monotonic() - started < 10, "some 0.8 s; the square takes minutes"
