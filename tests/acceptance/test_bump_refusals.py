"""`pv bump` writes the whole record of an edit, or says why it writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from edits import ALONE, BAR, WORDING, bump, list_amendments, start
from repositories import CONTRACT, Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

    Make = Callable[[], Scratch]


@pytest.fixture(scope="module")
def made(make_scratch: Make) -> Repository:
    """Return a repository whose contract was never discharged, to be copied."""
    return start(make_scratch())


@pytest.fixture(scope="module")
def measured(make_scratch: Make) -> Repository:
    """Return a repository with a discharge that is not committed, to be copied."""
    found = start(make_scratch())
    assert found.scratch.discharge("--test", "FT-001").code == 0
    return found


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(made: Repository, scratch: Scratch) -> Repository:
    return made.copy(scratch)


@pytest.fixture
def discharged(measured: Repository, scratch: Scratch) -> Repository:
    return measured.copy(scratch)


LOW = (
    "version 0.9.0 is below 1.0.0 of HEAD",
    "a version only ever rises",
)
UNEARNED = (
    "version 1.1.0 was written by hand, and people changed nothing else since HEAD",
    "an amendment records a change, and a version alone is none",
)


@pytest.mark.parametrize(
    ("edits", "said", "fix"),
    [
        ([("1.0.0", "0.9.0")], LOW, "write `version: 1.0.0`"),
        ([("1.0.0", "0.9.0"), BAR], LOW, "write `version: 2.0.0`"),
        ([("1.0.0", "1.1.0")], UNEARNED, "write `version: 1.0.0`"),
        ([("1.0.0", "1.1.0"), ("status: NEW", "status: DISCHARGED")], UNEARNED, "write `version: 1.0.0`"),
    ],
)
def test_a_version_that_cannot_stand_is_refused(
    repository: Repository, edits: list[tuple[str, str]], said: tuple[str, str], fix: str
) -> None:
    for edit in edits:
        repository.scratch.edit(*edit)
    before = repository.scratch.snapshot()
    result = bump(repository)
    assert (result.code, result.err) == (1, ""), result.shown
    version = repository.read().partition("version: ")[2].partition("\n")[0]
    assert result.out.startswith(
        f"contracts/x-v1.yaml:3:12: error[PV607]: {said[0]}\n"
        f"  3 |   version: {version}\n"
        "    |            ^^^^^\n"
        f"  why: {said[1]}\n"
        f"  fix: {fix}\n"
        "\n"
        "2 tests: "
    )
    assert repository.scratch.snapshot() == before
    repository.scratch.edit(f"version: {version}", fix.removeprefix("write `").removesuffix("`"))
    assert bump(repository).code == 0


def test_a_version_that_the_base_has_without_an_amendment_needs_an_older_base(discharged: Repository) -> None:
    scratch = discharged.scratch
    discharged.commit("Discharge")
    scratch.edit(*WORDING)
    scratch.path.write_text(
        scratch.path.read_text().replace("version: 1.1.0\n  desc", "version: 1.2.0\n  desc")
    )
    discharged.commit("Edit, and raise the version by hand")
    result = bump(discharged)
    assert (
        result.code,
        "fix: name the commit before the edit that it was raised for with --base\n" in result.out,
    ) == (
        1,
        True,
    ), result.shown
    assert (
        "1.2.0, as it was raised by hand: patch follows from 1.1.0 in HEAD~1"
        in bump(discharged, "--base", "HEAD~1").out
    )
    assert scratch.verify() == 0


TORN = "<<<<<<< ours\n"
CYCLE = ("- id: FT-001\n", "- id: FT-001\n  depends_on: [FT-001]\n")


@pytest.mark.parametrize(
    ("edit", "code", "message"),
    [
        (("metadata:\n", TORN + "metadata:\n"), 1, "error[PV613]: "),
        (("  version: 1.1.0\n  desc", "  desc"), 1, "fix: write `version: 1.1.0` under metadata\n"),
        (("version: 1.1.0\n  desc", "version: two\n  desc"), 1, "fix: write `version: 1.1.0` under"),
        (CYCLE, 1, "error[PV303]: "),
        (("- id: FT-002\n", "- id: FT-001\n"), 1, "error[SCHEMA-007]: "),
        (("lt: 10.0}\n  status", "below: 10.0}\n  status"), 1, "error[PV210]: "),
        (("kind: discharge", "kind: discharged"), 1, "error[PV202]: "),
        (("previous: null", f"previous: 'sha256:{'0' * 64}'"), 3, "error[PV604]: "),
    ],
)
def test_what_cannot_be_built_upon_is_refused(
    discharged: Repository, edit: tuple[str, str], code: int, message: str
) -> None:
    discharged.scratch.edit(*WORDING)
    discharged.scratch.edit(*edit)
    before = discharged.scratch.snapshot()
    result = bump(discharged)
    assert result.code == code, result.shown
    assert message in result.out + result.err
    assert discharged.scratch.snapshot() == before


def test_amendments_that_the_base_has_may_not_be_missing(discharged: Repository) -> None:
    discharged.commit("Discharge")
    text = discharged.read()
    discharged.scratch.path.write_text(text.partition("amendments:\n")[0].replace("Some", "All"))
    before = discharged.scratch.snapshot()
    result = bump(discharged)
    assert result.code == 3, result.shown
    first, _, rest = result.out.partition("\n")
    assert first.startswith("contracts/x-v1.yaml:1:1: error[PV604]: the amendment 1.1.0 of 20")
    assert first.endswith(" is not there any more, or was edited; HEAD has it")
    assert "  fix: restore the amendments from version control, or merge HEAD if it moved on\n" in rest
    assert discharged.scratch.snapshot() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--base", "nope"],
            "cannot read nope:./x-v1.yaml: git knows no revision 'nope'\n  why: REF:path names a file",
        ),
        (
            ["--base", ""],
            "the base is empty\n  why: an edit is what differs from the version that a commit has",
        ),
        (["--reason", " "], "the reason is empty\n  why: with --reason the amendment says why"),
    ],
)
def test_what_makes_no_sense_is_refused(repository: Repository, options: list[str], message: str) -> None:
    repository.scratch.edit(*WORDING)
    before = repository.scratch.snapshot()
    result = bump(repository, *options)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"pv: {message}")
    assert "\n  fix: " in result.err
    assert repository.scratch.snapshot() == before
    assert bump(repository, *options, "--format", "json").report["exit_code"] == 2


def test_a_new_contract_needs_no_bump(repository: Repository) -> None:
    repository.scratch.write("contracts/deep/y-v1.yaml", repository.read())
    result = bump(repository, contract="contracts/deep/y-v1.yaml")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "pv: HEAD does not have y-v1.yaml: the contract is new, and needs no bump\n"
        "  why: an edit is what differs from the version that a commit has\n"
        "  fix: commit it with the version that it has; "
        "if it was renamed, name a commit that has the new name\n"
    )


def test_outside_of_a_repository_there_is_no_edit(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    result = scratch.call("bump", CONTRACT)
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(
        "x-v1.yaml is in no git repository\n"
        "  why: an edit is what differs from the version that a commit has\n"
        "  fix: run it in a repository, whose commits have the version before the edit\n"
    )


def test_a_base_that_is_no_contract_is_told_at_its_line(repository: Repository) -> None:
    text = repository.read()
    repository.scratch.write(CONTRACT, TORN + text)
    repository.commit("Torn")
    repository.scratch.write(CONTRACT, text)
    result = bump(repository)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("HEAD:./x-v1.yaml:1:1: error[PV613]: ")


def test_a_file_that_is_read_only_is_left_alone(repository: Repository) -> None:
    repository.scratch.edit(*WORDING)
    path = repository.scratch.path
    path.chmod(0o444)
    before = path.read_bytes()
    result = bump(repository)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("pv: contracts/x-v1.yaml is read-only\n")
    assert path.read_bytes() == before
    assert bump(repository, "--dry-run").code == 0


def test_two_versions_in_one_file_that_differ_are_refused(scratch: Scratch) -> None:
    repository = start(scratch, tail="version: 1.0.0\n")
    scratch.edit("  version: 1.0.0\n  desc", "  version: 2.0.0\n  desc")
    scratch.edit(*BAR)
    result = bump(repository)
    assert (result.code, "error[PV206]: " in result.out) == (1, True), result.shown
    scratch.edit("\nversion: 1.0.0\n", "\nversion: 2.0.0\n")
    assert "2.0.0, as it was raised by hand" in bump(repository).out


def test_a_contract_that_changed_meanwhile_is_not_written_over(repository: Repository) -> None:
    repository.scratch.edit(*WORDING)
    patch = (
        "import pvengine.project.bumping as module\nreplace = module.replace_file\n"
        "def edit(path, content, *, expected):\n"
        "    path.write_bytes(expected + b'# meanwhile\\n')\n"
        "    replace(path, content, expected=expected)\n"
        "module.replace_file = edit\n"
    )
    before = repository.read()
    result = repository.scratch.patched(patch, "bump", CONTRACT)
    assert result.code == 13, result.shown
    assert repository.read() == f"{before}# meanwhile\n"


def test_what_another_command_wrote_meanwhile_is_seen(repository: Repository) -> None:
    repository.scratch.edit(*WORDING)
    patch = (
        "import contextlib, pathlib\nimport pvengine.project.bumping as module\nhold = module.hold_lock\n"
        "@contextlib.contextmanager\n"
        "def wait(path, **options):\n"
        f"    file = pathlib.Path({CONTRACT!r})\n"
        "    file.write_text(file.read_text().replace('lt: 10.0}\\n  status', 'lt: 20.0}\\n  status'))\n"
        "    with hold(path, **options):\n"
        "        yield\n"
        "module.hold_lock = wait\n"
    )
    result = repository.scratch.patched(patch, "bump", CONTRACT)
    assert (result.code, "1.0.0 -> 2.0.0" in result.out) == (0, True), result.shown


@pytest.mark.parametrize("is_before", [True, False])
def test_a_kill_leaves_the_old_contract_or_the_new(repository: Repository, *, is_before: bool) -> None:
    scratch = repository.scratch
    scratch.edit(*WORDING)
    before = repository.read()
    kill = "os.kill(os.getpid(), 9)"
    first, second = (kill, "rename(*paths)") if is_before else ("rename(*paths)", kill)
    own = f"def replace(*paths):\n    {first}\n    {second}\n"
    patch = f"import os\nrename = os.replace\n{own}os.replace = replace\n"
    assert scratch.patched(patch, "bump", CONTRACT).code == -9
    assert (repository.read() == before) is is_before
    assert bool(scratch.temporary_files()) is is_before
    again = scratch.pv("bump", CONTRACT)
    assert (again.code, "1.0.0 -> 1.0.1" in again.out) == (0, is_before), again.shown
    assert list_amendments(repository) == [("1.0.1", "edit")]
    assert scratch.verify() == 0
    assert not scratch.temporary_files()


def test_a_bump_that_must_wait_says_for_whom(repository: Repository) -> None:
    repository.scratch.edit(*WORDING)
    lock = repository.scratch.root / "contracts" / "evidence" / ".x-v1.lock"
    lock.parent.mkdir()
    before = repository.read()
    patch = (
        "import filelock, sys, subprocess\n"
        f"held = filelock.FileLock({str(lock)!r})\nheld.acquire()\n"
        f"done = subprocess.run([sys.executable, '-m', 'pvengine', 'bump', {CONTRACT!r}, '--wait', '0.1'])\n"
        "sys.exit(done.returncode)\n"
    )
    result = repository.scratch.patched(patch)
    assert result.code == 13, result.shown
    assert result.err.startswith("pv: waiting up to 0.1 s for another process\n")
    assert repository.read() == before
