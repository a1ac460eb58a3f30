"""What happens at two in the morning: every mistake has a message, and none a traceback or a hang."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Result, Scratch


def check_message(result: Result, code: int, *messages: str) -> None:
    assert result.code == code, result.shown
    assert "Traceback" not in result.shown
    for message in messages:
        assert message in result.shown, result.shown


def test_the_wrong_folder(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    check_message(
        scratch.pv("discharge", "x-v1.yaml"),
        2,
        "pv: there is no x-v1.yaml\n  why: a path is looked for from the working folder\n",
        "fix: check the path, or run `pv status` to see the contracts\n",
    )
    check_message(scratch.pv("status", "contrcts"), 2, "there is no contrcts", "fix: did you mean contracts?")
    check_message(scratch.pv("run", "contracts/x-v2.yaml"), 2, "fix: did you mean contracts/x-v1.yaml?")


def test_a_folder_without_contracts(scratch: Scratch) -> None:
    (scratch.root / "contracts").mkdir()
    check_message(
        scratch.pv("validate"),
        14,
        "pv.toml: error[PV003]: no contract was found; those of the project are looked for in contracts\n",
        "  why: zero checked is never green\n  fix: name a contract, correct `contracts` in the",
    )


@pytest.mark.parametrize("command", ["discharge", "run", "graph"])
def test_a_folder_where_a_contract_is_expected(scratch: Scratch, command: str) -> None:
    scratch.contract(scratch.test())
    check_message(
        scratch.pv(command, "contracts"),
        2,
        "pv: contracts is a folder\n  why: a contract is a regular file\n  fix: name the contract file\n",
    )


def test_a_contract_with_the_name_of_a_folder(scratch: Scratch) -> None:
    (scratch.root / "contracts" / "x-v1.yaml").mkdir(parents=True)
    check_message(scratch.pv("status"), 2, "contracts/x-v1.yaml is a folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("command", ["discharge", "validate", "verify"])
def test_a_named_pipe_does_not_hang(scratch: Scratch, command: str) -> None:
    (scratch.root / "contracts").mkdir()
    os.mkfifo(scratch.path)
    check_message(
        scratch.pv(command, "contracts/x-v1.yaml", timeout=10), 2, "contracts/x-v1.yaml is no regular file"
    )


def test_a_contract_of_another_project(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.write("elsewhere/pv.toml", 'contracts = ["."]\n')
    below = type(scratch).__new__(type(scratch))
    below.root = scratch.root / "elsewhere"
    assert below.pv("run", str(scratch.path)).code == 0, "the project is that of the contract"
    scratch.write("elsewhere/x.yaml", scratch.path.read_text())
    check_message(
        below.pv("discharge", "x.yaml"),
        0,
        "FT-001  blocked: needs the falsifier 'probe.value', which is not installed",
        "warning[PV401]: falsifier 'probe.value' is not installed",
    )


def test_a_contract_without_tests(scratch: Scratch) -> None:
    scratch.contract(tail="kind: pattern\n")
    check_message(scratch.pv("validate"), 0, "0 tests: 0 bound,")
    check_message(scratch.discharge(), 14, "error[PV003]: no test of the contract names a falsifier")


def test_a_falsifier_file_with_a_syntax_error(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.edit("def misbehave(p: ProbeParams) -> None:", "def misbehave(p: ) ProbeParams:", "probe.py")
    place = "error[PV405]: cannot be parsed: invalid syntax\n  29 | def misbehave"
    check_message(
        scratch.pv("validate"), 1, place, "warning[PV401]: falsifier 'probe.value' is not installed"
    )
    check_message(
        scratch.discharge("--test", "FT-001"),
        11,
        place,
        "FT-001  blocked: needs the falsifier 'probe.value', which is not installed",
    )
    check_message(scratch.pv("falsifiers"), 1, place)


def test_a_module_beside_the_falsifier_with_a_syntax_error(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    scratch.edit('falsifiers = ["probe.py"]', 'falsifiers = ["plugins"]', "pv.toml")
    scratch.write("plugins/probe.py", "import extra\n" + (scratch.root / "probe.py").read_text())
    scratch.write("plugins/extra.py", "def broken(:\n")
    result = scratch.discharge()
    check_message(result, 12, "plugins/extra.py:1:12: the module extra cannot be parsed: invalid syntax")
    assert "2 run, 0 discharged, 0 falsified, 2 inconclusive" in result.out


def test_a_falsifier_that_cannot_be_imported(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.edit("import ctypes\n", "import ctypes\nimport not_installed\n", "probe.py")
    result = scratch.discharge()
    assert result.code == 12
    assert "  ModuleNotFoundError: No module named 'not_installed'\n" in result.out
    assert "  | Traceback (most recent call last):\n" in result.out
    listed = scratch.pv("falsifiers")
    assert listed.code == 1
    assert (
        "error[PV403]: falsifier 'probe.value' cannot be registered: ModuleNotFoundError: No module named"
        in listed.err
    )
    assert "  fix: correct the module:\n    Traceback" in listed.err
    assert "softmax.drift-amplification" in listed.out, "one that is broken does not hide the others"


def test_two_falsifiers_of_one_name(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.write("again.py", (scratch.root / "probe.py").read_text())
    scratch.edit('falsifiers = ["probe.py"]', 'falsifiers = ["probe.py", "again.py"]', "pv.toml")
    check_message(
        scratch.discharge("--test", "FT-001"),
        11,
        "needs the falsifier 'probe.value', which is defined twice, so the name belongs to neither",
        "error[PV404]: falsifier 'probe.value' is also defined at probe.py:",
    )


def test_evidence_and_statuses_survive_a_copy_of_the_project(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    moved = scratch.root.rename(scratch.root.with_name("moved"))
    other = type(scratch).__new__(type(scratch))
    other.root = moved
    assert other.pv("verify").code == 0
    assert "nothing new: nothing was written" in other.pv("discharge", "contracts/x-v1.yaml").out


def test_a_contract_through_a_symbolic_link(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    link = scratch.root / "link.yaml"
    link.symlink_to("contracts/x-v1.yaml")
    result = scratch.pv("discharge", "link.yaml")
    assert result.code == 0
    assert "wrote link.yaml  1.0.0 -> 1.1.0" in result.out
    assert link.is_symlink()
    assert len(scratch.records()) == 1, "the evidence stands beside the contract, not beside the link"
    assert scratch.verify() == 0


def test_a_path_with_odd_characters(scratch: Scratch) -> None:
    text = scratch.contract(scratch.test()).read_text()
    scratch.path.unlink()
    scratch.write("contracts/über \x1b[31m ${x}-v1.yaml", text)
    result = scratch.pv("discharge", "contracts/über \x1b[31m ${x}-v1.yaml")
    check_message(result, 0, "wrote contracts/über \\x1b[31m ${x}-v1.yaml  1.0.0 -> 1.1.0")
    assert "\x1b" not in result.shown
    check_message(scratch.pv("verify"), 0)


def test_an_id_with_odd_characters(scratch: Scratch) -> None:
    scratch.contract(scratch.test('"../../FT/001 %"'))
    assert scratch.discharge().code == 0
    assert [folder.name for folder in scratch.store.iterdir()] == ["..%2F..%2FFT%2F001%20%25"]
    assert scratch.verify() == 0


@pytest.mark.slow
def test_a_huge_contract_is_read_in_reasonable_time(scratch: Scratch) -> None:
    unbound = "".join(f"- {{id: U-{number}, rule: {'words ' * 20}}}\n" for number in range(4_000))
    scratch.contract(scratch.test(), unbound)
    assert scratch.path.stat().st_size > 500_000
    result = scratch.discharge(timeout=60)
    check_message(result, 0, "wrote contracts/x-v1.yaml  1.0.0 -> 1.1.0")


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"\x00" * 4096, 1, "error[PV101]: "),
        (b"[" * 100_000, 1, "error[PV104]: more than 100 levels of nesting"),
        (b"PK\x03\x04\x14\x00\x08\x08", 1, "error[PV102]: "),
        (b"just words\n", 1, "error[PV110]: the document is a scalar, not a mapping"),
    ],
)
def test_files_that_are_no_contracts(scratch: Scratch, content: bytes, code: int, message: str) -> None:
    scratch.write("contracts/x-v1.yaml", content)
    check_message(scratch.pv("validate"), code, "contracts/x-v1.yaml:1:", message)
