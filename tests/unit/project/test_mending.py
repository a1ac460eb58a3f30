"""Files are mended one by one; what is set aside or cannot be read stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.errors import ChangedFileError
from pvengine.project.configuration import Configuration
from pvengine.project.contract_bytes import ContractBytes
from pvengine.project.mending import mend_files
from pvengine.project.workspace import Workspace

SLIP = "metadata: {id: C-A, version: 1.0.0, kind: schema, descripton: One}\n"
MENDED = SLIP.replace("descripton", "description")


@pytest.fixture(autouse=True)
def _in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> ContractBytes:
    Path(name).write_text(text)
    return ContractBytes(Path(name), name, text.encode())


def test_the_diff_goes_over_all_files(tmp_path: Path) -> None:
    files = [write("a.yaml", SLIP), write("b.yaml", "a: [\n"), write("c.yaml", MENDED), write("d.yaml", SLIP)]
    mended = mend_files(Workspace(tmp_path, Configuration()), files, is_written=False)
    assert [line for line in mended.diff.splitlines() if line.startswith(("---", "+++"))] == [
        "--- a/a.yaml",
        "+++ b/a.yaml",
        "--- a/d.yaml",
        "+++ b/d.yaml",
    ]
    assert [(found.path, found.code) for found in mended.applied] == [
        ("a.yaml", "PV204"),
        ("d.yaml", "PV204"),
    ]
    assert [Path(name).read_text() for name in ("a.yaml", "d.yaml")] == [SLIP, SLIP]


def test_files_are_written_through_links(tmp_path: Path) -> None:
    files = [write("a.yaml", SLIP), write("b.yaml", "a: [\n")]
    Path("link.yaml").symlink_to("a.yaml")
    link = ContractBytes(Path("link.yaml"), "link.yaml", files[0].raw)
    mend_files(Workspace(tmp_path, Configuration()), [link, files[1]], is_written=True)
    assert Path("link.yaml").is_symlink()
    assert Path("a.yaml").read_text() == MENDED
    assert Path("b.yaml").read_text() == "a: [\n"


def test_a_file_with_nothing_to_mend_is_not_written(tmp_path: Path) -> None:
    file = write("a.yaml", MENDED)
    before = Path("a.yaml").stat()
    mended = mend_files(Workspace(tmp_path, Configuration()), [file], is_written=True)
    assert (mended.diff, mended.applied, mended.refused) == ("", (), ())
    assert Path("a.yaml").stat() == before


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("# pv: ignore-file[PV204] ours\n" + SLIP, {}),
        (SLIP, {"severities": {"PV204": "off"}}),
        (SLIP, {"ignore": {"*.yaml": ("PV204",)}}),
    ],
)
def test_what_is_set_aside_stays(tmp_path: Path, text: str, options: dict[str, object]) -> None:
    configuration = Configuration(**options)  # type: ignore[arg-type]
    file = write("a.yaml", text)
    assert mend_files(Workspace(tmp_path, configuration), [file], is_written=True).applied == ()
    assert Path("a.yaml").read_text() == text


def test_what_cannot_be_made_is_refused(tmp_path: Path) -> None:
    file = write("a.yaml", SLIP.replace("One", "One, decription: Two"))
    mended = mend_files(Workspace(tmp_path, Configuration()), [file], is_written=False)
    assert [(each.finding.code, each.reason) for each in mended.refused] == [
        ("PV204", "there is a key `description` already")
    ]


def test_a_changed_file_stays_and_those_before_it_are_mended(tmp_path: Path) -> None:
    files = [write("a.yaml", SLIP), write("b.yaml", SLIP), write("c.yaml", SLIP)]
    Path("b.yaml").write_text(SLIP + "# edited\n")
    with pytest.raises(ChangedFileError, match=r"b\.yaml changed since it was read"):
        mend_files(Workspace(tmp_path, Configuration()), files, is_written=True)
    assert [Path(f"{name}.yaml").read_text() for name in "abc"] == [MENDED, SLIP + "# edited\n", SLIP]
