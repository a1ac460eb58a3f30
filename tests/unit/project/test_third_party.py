"""What a record says of third-party versions, and what older records know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.models.report import PackageChange
from pvengine.project.third_party import (
    find_packages,
    iter_package_notes,
    list_package_changes,
    list_reported_changes,
)

if TYPE_CHECKING:
    import pytest

    from pvengine.project.view import ContractView


def reinstall(view: ContractView, **versions: str | None) -> None:
    """Let the project see other versions than those that are installed."""
    view.workshop.packages._versions.update(versions)


def test_the_packages_of_a_falsifier(bench: Any) -> None:
    bench.contract(bench.test())
    assert find_packages(bench.project, "probe.value") == {}
    bench.edit("from pvengine", "import numpy, os\nimport loose_thing\nfrom pvengine", "probe.py")
    found = find_packages(bench.project, "probe.value")
    assert list(found or ()) == ["loose_thing", "numpy"]
    assert (found or {})["loose_thing"] is None


def test_a_falsifier_that_cannot_be_read_has_none(bench: Any) -> None:
    assert find_packages(bench.project, "probe.other") is None
    bench.write("probe.py", (bench.root / "probe.py").read_text() + "\nimport broken\n")
    bench.write("broken.py", "def (:\n")
    assert find_packages(bench.project, "probe.value") is None


def test_what_changed_beside_a_record(bench: Any) -> None:
    bench.edit("from pvengine", "import numpy\nfrom pvengine", "probe.py")
    bench.contract(bench.test())
    bench.record()
    view = bench.view()
    facts = view.assessments["T"].record.predicate
    assert list_package_changes(view.workshop, facts) == ()
    reinstall(view, numpy=None)
    change = PackageChange(name="numpy", was=facts.packages["numpy"], now=None)
    assert list_package_changes(view.workshop, facts) == list_reported_changes(view, "T") == (change,)


def test_an_older_record_knows_numpy_where_the_code_imports_it(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    view = bench.view()
    facts = view.assessments["T"].record.predicate
    older = facts.model_copy(update={"packages": None})
    reinstall(view, numpy="99.0")
    assert list_package_changes(view.workshop, older) == ()
    bench.edit("from pvengine", "import numpy.linalg\nfrom pvengine", "probe.py")
    view = bench.view()
    reinstall(view, numpy="99.0")
    assert list_package_changes(view.workshop, older) == (
        PackageChange(name="numpy", was="2.1.0", now="99.0"),
    )
    unknown = older.environment.model_copy(update={"numpy": "unknown"})
    assert list_package_changes(view.workshop, older.model_copy(update={"environment": unknown})) == ()


def test_one_note_for_all_tests_with_the_same_change(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.edit("from pvengine", "import numpy\nfrom pvengine", "probe.py")
    bench.contract(*(bench.test(name) for name in "ABCDE"))
    for name in "ABCD":
        bench.record(name)
    assert list(iter_package_notes(bench.view())) == []
    was = bench.view().assessments["A"].record.predicate.packages["numpy"]
    monkeypatch.setattr(
        "pvengine.registry.third_party.InstalledPackages.find_version", lambda _self, _name: "99.0"
    )
    bench.record("C")
    (note,) = iter_package_notes(bench.view())
    assert (note.code, note.message) == ("PV612", f"A, B, D: numpy was {was}, is 99.0")
    assert note.place is not None
    assert note.place.line == 6
    bench.record("E")
    monkeypatch.undo()
    messages = [note.message for note in iter_package_notes(bench.view())]
    assert messages == [f"C, E: numpy was 99.0, is {was}"]
    for choice in ("stale", "ignore"):
        bench.write("pv.toml", f'falsifiers = ["probe.py"]\nthird_party = "{choice}"\n')
        assert list(iter_package_notes(bench.view())) == []
    assert list_reported_changes(bench.view(), "C") == ()
