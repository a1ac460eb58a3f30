"""A baseline adopts an old corpus: what it knows is counted, what is new is reported, and it only shrinks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Scratch

ONE = "metadata: {id: C-%s, version: 1.0.0, kind: schema, description: One, odd: 1}\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def adopted(scratch: Scratch) -> Scratch:
    """Return a project of two contracts, each with an unknown key that its baseline knows."""
    scratch.write("pv.toml", 'baseline = "known.json"\n[severities]\nPV204 = "error"\n')
    scratch.write("contracts/a.yaml", ONE % "A")
    scratch.write("contracts/b.yaml", ONE % "B")
    assert scratch.call("validate", "--write-baseline").code == 0
    return scratch


def check(scratch: Scratch, *args: str) -> tuple[int, list[str], int]:
    """Return the exit code, the findings, and how many the baseline knows."""
    result = scratch.call("validate", *args, "--format", "json")
    found = [f"{each['path']} {each['code']}" for each in result.report["diagnostics"]]
    return result.code, found, result.report["scope"]["baselined"]


def entries(scratch: Scratch) -> list[Any]:
    data = json.loads((scratch.root / "known.json").read_text())
    return [(each["path"], each["code"], each["count"]) for each in data["findings"]]


def test_known_findings_fail_no_run(adopted: Scratch) -> None:
    assert entries(adopted) == [("contracts/a.yaml", "PV204", 1), ("contracts/b.yaml", "PV204", 1)]
    result = adopted.pv("validate")
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("; 0 errors, 0 warnings\nleft out: 2 findings in the baseline\n")
    (adopted.root / "pv.toml").write_text('[severities]\nPV204 = "error"\n')
    assert check(adopted)[0] == 1
    assert check(adopted, "--baseline", "known.json") == (0, [], 2)


def test_a_baseline_is_made_once(adopted: Scratch) -> None:
    adopted.edit("odd: 1", "odd: 1, more: 2", "contracts/a.yaml")
    before = adopted.snapshot()
    result = adopted.call("validate", "--write-baseline")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "pv: known.json is there already\n"
        "  why: a baseline only shrinks: made anew it would take in every new finding\n"
        "  fix: run `pv validate --update-baseline`, or delete the file first\n"
    )
    assert adopted.snapshot() == before


def test_a_new_finding_is_reported_beside_known_ones(adopted: Scratch) -> None:
    adopted.write("contracts/b.yaml", "# a line above\n\n" + ONE % "B" + "other: 2\n")
    assert check(adopted) == (1, ["contracts/b.yaml PV204"], 2)
    adopted.write("contracts/c.yaml", ONE % "C")
    assert check(adopted) == (1, ["contracts/b.yaml PV204", "contracts/c.yaml PV204"], 2)


def test_what_was_mended_is_to_be_taken_out(adopted: Scratch) -> None:
    adopted.edit(", odd: 1", "", "contracts/a.yaml")
    assert check(adopted) == (0, ["known.json PV009"], 1)
    assert check(adopted, "contracts/b.yaml") == (0, [], 1), "a part of the project says nothing of the rest"
    assert check(adopted, "contracts/b.yaml", "--update-baseline") == (0, [], 1)
    assert len(entries(adopted)) == 2
    assert check(adopted, "--update-baseline") == (0, [], 1)
    assert entries(adopted) == [("contracts/b.yaml", "PV204", 1)]
    adopted.edit("One", "One, odd: 1", "contracts/a.yaml")
    assert check(adopted) == (1, ["contracts/a.yaml PV204"], 1), "it does not come back unseen"


def test_an_update_takes_nothing_in(adopted: Scratch) -> None:
    adopted.write("contracts/c.yaml", ONE % "C")
    before = (adopted.root / "known.json").read_bytes()
    assert check(adopted, "--update-baseline") == (1, ["contracts/c.yaml PV204"], 2)
    assert (adopted.root / "known.json").read_bytes() == before


def test_a_file_that_is_gone_is_noticed_in_a_partial_run(adopted: Scratch) -> None:
    (adopted.root / "contracts" / "a.yaml").unlink()
    assert check(adopted, "contracts/b.yaml") == (0, ["known.json PV009"], 1)


def test_a_file_that_cannot_be_read_takes_nothing_out(adopted: Scratch) -> None:
    content = (adopted.root / "contracts" / "a.yaml").read_bytes()
    adopted.write("contracts/a.yaml", "metadata: [\n")
    assert check(adopted, "--update-baseline") == (1, ["contracts/a.yaml PV102"], 1)
    adopted.write("contracts/a.yaml", content)
    assert check(adopted) == (0, [], 2)


def test_findings_of_plug_ins_stay_known_in_a_run_without(adopted: Scratch) -> None:
    adopted.write("pv.toml", 'baseline = "known.json"\nfalsifiers = ["probe.py"]\n')
    adopted.contract(
        adopted.test("FT-1").replace("1.0,", "wide,"), head="  description: Readings stay small.\n"
    )
    (adopted.root / "known.json").unlink()
    assert check(adopted, "--plugins", "--write-baseline") == (0, [], 3)
    assert check(adopted) == (0, [], 2)
    assert check(adopted, "--plugins") == (0, [], 3)
    adopted.edit("import ctypes\n", "import ctypes\nimport nothing_of_this_name\n", "probe.py")
    (adopted.root / "known.json").unlink()
    assert check(adopted, "--plugins", "--write-baseline") == (0, [], 3)
    assert [code for _, code, _ in entries(adopted)] == ["PV204", "PV204", "PV403"]
    assert check(adopted) == (0, [], 2)
    adopted.edit("import nothing_of_this_name\n", "", "probe.py")
    assert check(adopted, "--plugins") == (1, ["contracts/x-v1.yaml PV402", "known.json PV009"], 2)


def test_from_another_folder_the_files_are_the_same(adopted: Scratch) -> None:
    below = type(adopted).__new__(type(adopted))
    object.__setattr__(below, "root", adopted.root / "contracts")
    assert check(below) == (0, [], 2)
    assert check(below, "a.yaml", "--baseline", "../known.json") == (0, [], 1)


@pytest.mark.parametrize("action", ["write", "update"])
def test_an_action_needs_a_file(scratch: Scratch, action: str) -> None:
    scratch.write("contracts/a.yaml", ONE % "A")
    result = scratch.call("validate", f"--{action}-baseline")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"pv: --{action}-baseline needs a file\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "known.json: the baseline is no JSON: "),
        ("[]", "known.json: the schema of the baseline is not there, not 'pv/baseline/v1'"),
        (
            '{"schema": "pv/baseline/v1", "findings": [3]}',
            "known.json: findings[0] has other keys than path, ",
        ),
        (None, "known.json: cannot read the baseline: no such file or directory"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_broken_baseline(adopted: Scratch, text: str | None, message: str, form: str) -> None:
    if text is None:
        (adopted.root / "known.json").unlink()
    else:
        adopted.write("known.json", text)
    result = adopted.call("validate", "--format", form)
    assert result.code == 2
    if form == "json":
        (found,) = result.report["diagnostics"]
        assert f"{found['path']}: {found['message']}".startswith(message)
    else:
        assert result.err.startswith(f"pv: {message}")
        assert result.out == ""


def test_no_baseline_holds_what_cannot_be_read(scratch: Scratch) -> None:
    scratch.write("contracts/a.yaml", "metadata: [\n")
    scratch.write("contracts/b.yaml", ONE % "B")
    assert check(scratch, "--write-baseline", "--baseline", "deep/known.json") == (
        1,
        ["contracts/a.yaml PV102"],
        1,
    )
    assert (scratch.root / "deep" / "known.json").exists()
