"""A contract is data from a stranger: it ends in a report, in bounded time and memory, and runs nothing."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from pathlib import Path
from runpy import run_path
from typing import TYPE_CHECKING, Any

import pytest
from commands import PV, run_command

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = str(Path(__file__).parents[1] / "fuzz" / "hostile_texts.py")
HOSTILE_TEXTS = run_path(TEXTS, {"SHARE": 10})
"""A tenth of the long ones: the whole of each is measured by the script, for docs/explanation/limits.md.

Each takes 2 s at most, and 15 are allowed; the two that take most are read whole.
"""
WHOLE_TEXTS = run_path(TEXTS)
WHOLE = ("100,000 proof obligations", "100,000 tests")
HOSTILE: dict[str, Callable[[], Any]] = HOSTILE_TEXTS["HOSTILE"]
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal takes for more than text; tabs and line feeds are not."""
GOOD = b"metadata: {id: good, version: 1.0.0, description: d}\n"
TRICKS = [
    "\\e[31m",
    "\\x9b2J",
    "\\x07",
    "\\u202Ex",
    "\\u2066y",
    "\\u200Ez",
    "\\rspoofed",
    "\\u2028line",
    "\\x85nel",
    "\\b\\b",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pv.toml").write_text('contracts = ["contracts"]\n')
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "good.yaml").write_bytes(GOOD)
    return tmp_path


REPORTED = (0, 1)
"""Exit codes of a report; which of the two is for other tests to say."""


def run(folder: Path, *arguments: str | bytes, codes: tuple[int, ...]) -> str:
    """Run the command; return what it printed, in which a terminal finds nothing but text."""
    done = run_command(
        [*PV, *map(os.fsdecode, arguments)], cwd=folder, env={"PV_CACHE_DIR": str(folder / ".cache")}
    )
    shown = done.out + done.err
    assert done.code in codes, shown
    assert "Traceback" not in shown
    assert not UNSAFE.search(shown), UNSAFE.search(shown)
    return shown


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_ends_in_a_report_within_limits(tmp_path: Path, name: str) -> None:
    (WHOLE_TEXTS if name in WHOLE else HOSTILE_TEXTS)["write"](tmp_path, name)
    seconds = 60 if name in WHOLE else 15
    used = HOSTILE_TEXTS["validate"](tmp_path, "x.yaml", seconds=seconds, mebibytes=2048)
    assert used.code in (0, 1), f"exit {used.code} after {used.seconds:.1f} s: {used.err[-2000:]}"
    assert "Traceback" not in used.err
    assert not UNSAFE.search(used.out.decode("utf-8"))
    assert re.search(
        rb"error\[(PV|SCHEMA-)|\d errors?, \d+ warning", used.out
    )  # says what is wrong, or counts
    assert len(used.out) < 64_000_000


def _make_fifo(path: Path) -> None:
    os.mkfifo(path)


def _make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # the length of a socket's path is limited
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


SPECIAL: dict[str, tuple[Callable[[Path], object], str]] = {
    "fifo": (_make_fifo, "is no regular file but a named pipe"),
    "socket": (_make_socket, "is no regular file but a socket"),
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "no such file or directory"),
    "loop": (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "is no regular file but a device"),
    "terminal": (lambda path: path.symlink_to("/dev/tty"), "is no regular file but a device"),
    "through-a-file": (lambda path: path.symlink_to("good.yaml/x"), "not a directory"),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_what_is_no_file_is_a_finding_and_the_others_go_on(folder: Path, name: str) -> None:
    make, message = SPECIAL[name]
    make(folder / "contracts" / f"{name}.yaml")
    (folder / "contracts" / "last.yaml").write_bytes(b"metadata: 5\n")
    report = json.loads(run(folder, "validate", "--format", "json", codes=(2,)))
    (found,) = [entry for entry in report["diagnostics"] if entry["code"] == "PV111"]
    assert found["path"] == f"contracts/{name}.yaml"
    assert message in found["message"]
    assert [entry["id"] for entry in report["contracts"]] == ["good", "last"]
    assert any(entry["path"] == "contracts/last.yaml" for entry in report["diagnostics"])


def test_every_kind_of_them_at_once(folder: Path) -> None:
    for name, (make, _) in SPECIAL.items():
        make(folder / "contracts" / f"{name}.yaml")
    report = json.loads(run(folder, "validate", "--format", "json", codes=(2,)))
    codes = [entry["code"] for entry in report["diagnostics"]]
    assert codes.count("PV111") == len(SPECIAL)


def test_a_file_above_the_size_that_is_read_is_an_error(folder: Path) -> None:
    (folder / "contracts" / "large.yaml").touch()
    os.truncate(folder / "contracts" / "large.yaml", 1 << 40)
    shown = run(folder, "validate", codes=(1,))
    assert (
        "contracts/large.yaml: error[PV113]: the file has 1,099,511,627,776 bytes, "
        "and at most 16,777,216 are read (16 MiB)"
    ) in shown
    assert shown.count("error[PV113]") == 1


def test_a_folder_that_leads_to_itself_is_walked_once(folder: Path) -> None:
    (folder / "contracts" / "again").symlink_to("..")
    (folder / "contracts" / "same.yaml").symlink_to("good.yaml")
    report = json.loads(run(folder, "validate", "--format", "json", codes=REPORTED))
    assert [entry["path"] for entry in report["contracts"]] == ["contracts/good.yaml"]


def test_folders_deeper_than_python_has_frames(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder / "contracts")
    try:
        for _ in range(1500):
            Path("d").mkdir()
            os.chdir("d")
        Path("deep.yaml").write_bytes(GOOD)
    finally:
        os.chdir(here)
    report = json.loads(run(folder, "validate", "--format", "json", codes=REPORTED))
    assert len(report["contracts"]) == 2
    subprocess.run(["rm", "-r", str(folder / "contracts" / "d")], check=True)  # noqa: S603, S607 - shutil.rmtree recurses


PLACES = {
    "a key": "@: 1\n",
    "a key that stands twice": "@: 1\n@: 2\n",
    "a key of metadata": "metadata: {id: x, version: 1.0.0, @: 1}\n",
    "an id": "metadata: {id: @, version: 1.0.0}\nfalsification_tests: [{id: T, status: DISCHARGED}]\n",
    "a version": "metadata: {id: x, version: {}}\n",
    "a second version": "metadata: {id: x, version: 1.0.0}\nversion: @\n",
    "a dependency": "metadata: {id: x, version: 1.0.0, depends_on: [@]}\n",
    "a test id": "falsification_tests: [{id: @, status: DISCHARGED}, {id: {0}}]\n",
    "a status": "falsification_tests: [{id: T, status: {}}]\n",
    "a falsifier": "falsification_tests: [{id: T, falsifier: @, accept: [{metric: m, lt: 1}]}]\n",
    "a metric": "falsification_tests: [{id: T, falsifier: f, accept: [{metric: @, lt: x}]}]\n",
    "a key of a condition": "falsification_tests: [{id: T, falsifier: f, accept: [{metric: m, @: 1}]}]\n",
    "a reference": "falsification_tests: [{id: T, depends_on: [@]}]\n",
    "a cycle": "falsification_tests: [{id: @, depends_on: [@]}]\n",
    "a hypothesis": "hypotheses: [{id: @, statement: s}, {id: @, statement: @, status: {0}}]\n",
    "a stage": "implementation_stages: [{id: @, needs: [@], status: @, title: {0}}]\n",
    "a wrong type": "metadata: @\nfalsification_tests: @\n",
    "an amendment": "amendments: [{version: @, date: @, @: 1}]\n",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_escape_sequence_of_a_contract_reaches_the_terminal(folder: Path, place: str, form: str) -> None:
    for number, trick in enumerate(TRICKS):
        (folder / "contracts" / f"{number}.yaml").write_text(PLACES[place].replace("@", f'"a{trick}b"'))
    shown = run(folder, "validate", "--format", form, codes=REPORTED)
    assert not re.search(r"^\s*spoofed", shown, re.MULTILINE)


@pytest.mark.parametrize(
    "raw",
    [
        b"a: \x1b[31mx\n",
        b"a: \xc2\x9b31mx\n",
        "a: \u202ex: y\n".encode(),
        b"\x1b]0;t\x07: [\n",
        b"a: x\x7f\n",
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_raw_control_characters_are_shown_as_their_escapes(folder: Path, raw: bytes, form: str) -> None:
    (folder / "contracts" / "x.yaml").write_bytes(raw + b"a: [\n")
    run(folder, "validate", "--format", form, codes=REPORTED)


@pytest.mark.parametrize(
    "name", ["a\x1b[31m.yaml", "b\nerror[PV101]: spoofed.yaml", "c\u202elmay.yaml", "d\udc9b.yaml"]
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_names_of_files_are_shown_without_their_control_characters(
    folder: Path, name: str, form: str
) -> None:
    (folder / "contracts" / name).write_bytes(b"metadata: [\n")
    shown = run(folder, "validate", "--format", form, codes=REPORTED)
    assert not re.search(r"^error\[PV101\]", shown, re.MULTILINE)
    run(folder, "validate", os.fsencode(f"contracts/{name}"), "--format", form, codes=REPORTED)
    run(folder, "validate", os.fsencode(f"contracts/{name}.missing"), "--format", form, codes=(2,))


TRAP = "import pathlib\npathlib.Path(__file__).with_name('sprung-' + __name__).touch()\n"


def test_no_code_that_a_contract_names_is_imported_or_run(folder: Path) -> None:
    names = [
        "trap",
        "trap:measure",
        "trap.value",
        "falsifiers.trap",
        "contracts.trap",
        "./trap.py",
        "os:system",
        "__main__",
    ]
    for place in (
        "trap.py",
        "contracts/trap.py",
        "falsifiers/trap.py",
        "falsifiers/__init__.py",
        "conftest.py",
    ):
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(TRAP)
    (folder / "sitecustomize.py").write_text("")
    (folder / "pv.toml").write_text('contracts = ["contracts"]\nfalsifiers = ["falsifiers", "trap.py"]\n')
    tests = "".join(
        f"- id: T{number}\n  falsifier: {json.dumps(name)}\n"
        "  test: 'python -c \"import trap\"; touch sprung-shell'\n"
        f"  params: {{module: {json.dumps(name)}}}\n  accept: [{{metric: m, lt: 1}}]\n"
        for number, name in enumerate(names)
    )
    tags = (
        "!!python/name:trap.x",
        "!!python/object/apply:os.system ['touch sprung-tag']",
        "!!python/module:trap",
    )
    (folder / "contracts" / "x.yaml").write_bytes(GOOD + b"falsification_tests:\n" + tests.encode())
    for number, tag in enumerate(tags):
        (folder / "contracts" / f"tag{number}.yaml").write_bytes(GOOD + f"a: {tag}\n".encode())
    run(folder, "validate", codes=REPORTED)
    assert [str(path) for path in folder.rglob("sprung*")] == []
