"""Nothing of a plug-in runs unless asked for; then in a worker, where it can break nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Scratch

ABOUT = "  description: Readings stay small.\n"
HEAD = "class ProbeParams"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def findings(scratch: Scratch, *args: str) -> list[str]:
    report = scratch.json("validate", *args)
    return [
        f"{each['path']}:{each['line']}:{each['column']} {each['code']} {each['message']}"
        for each in report["diagnostics"]
    ]


@pytest.fixture
def traced(scratch: Scratch, tmp_path: Path) -> Path:
    """Return a file that importing the plug-in of the project makes."""
    trace = tmp_path / "imported.trace"
    scratch.edit(HEAD, f"pathlib.Path({str(trace)!r}).touch()\n\n\n{HEAD}", "probe.py")
    return trace


def test_only_plugins_imports_a_plug_in(scratch: Scratch, traced: Path) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    for args in ((), ("--no-cache",), ("--fix",), ("--diff",), ("--format", "sarif")):
        assert scratch.pv("validate", *args).code == 0
    assert not traced.exists()
    assert scratch.pv("validate", "--plugins").code == 0
    assert traced.exists()


def test_refused_params_are_reported_where_they_stand(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test(),
        scratch.test("FT-002").replace("value: 1.0", "value: two"),
        scratch.test("FT-003").replace("mode: measure", "mod: measure"),
        scratch.test("FT-004").replace("  params: {value: 1.0, mode: measure}\n", ""),
        head=ABOUT,
    )
    assert findings(scratch) == []
    assert findings(scratch, "--plugins") == [
        "contracts/x-v1.yaml:15:19 PV402 FT-002: `value`: input should be a valid number",
        "contracts/x-v1.yaml:21:24 PV402 FT-003: `mod` is no param of this falsifier; did you mean 'mode'?",
        "contracts/x-v1.yaml:24:3 PV402 FT-004: `value` is missing",
    ]
    assert scratch.pv("validate", "--plugins").code == 1


def test_a_comment_for_params_is_unused_only_where_they_were_looked_at(scratch: Scratch) -> None:
    text = scratch.test().replace("measure}", "measure}  # pv: ignore[PV402] soon")
    scratch.contract(text.replace("probe.value", "probe.value  # pv: ignore[PV403] soon"), head=ABOUT)
    assert findings(scratch) == []
    assert [each.split()[1] for each in findings(scratch, "--plugins")] == ["PV007", "PV007"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("raise SystemExit(3)", "the plug-in called sys.exit(3)"),
        ("os._exit(0)", "the process exited with code 0 before it replied"),
        ("ctypes.string_at(0)", "killed by SIGSEGV"),
        ("time.sleep(100)", "took longer than 1 s"),
        ("os.write(1, b'noise'); print('noise')", None),
    ],
)
def test_a_plug_in_that_breaks_at_its_import(scratch: Scratch, line: str, reason: str | None) -> None:
    scratch.edit("seconds = 20", "seconds = 1", "pv.toml")
    scratch.edit(HEAD, f"{line}\n\n\n{HEAD}", "probe.py")
    scratch.contract(scratch.test(), head=ABOUT)
    started = time.monotonic()
    place = "contracts/x-v1.yaml:8:14 PV403 falsifier 'probe.value' cannot take params: "
    found = findings(scratch, "--plugins")
    assert [each.partition(" (")[0] for each in found] == ([] if reason is None else [place + reason])
    assert time.monotonic() - started < 15


def test_a_falsifier_that_cannot_be_read_is_left_to_the_other_findings(scratch: Scratch) -> None:
    scratch.write("probe.py", "def broken(:\n")
    scratch.contract(scratch.test(), head=ABOUT)
    scratch.write("contracts/broken.yaml", "metadata: [\n")
    assert [each.split()[1] for each in findings(scratch, "--plugins")] == ["PV102", "PV401", "PV405"]


@pytest.mark.parametrize("args", [(), ("--plugins",)])
def test_a_falsifier_without_a_planted_fault(scratch: Scratch, args: tuple[str, ...]) -> None:
    scratch.edit('planted_faults={"reads too high": read_too_high}', "planted_faults={}", "probe.py")
    scratch.contract(scratch.test(), head=ABOUT)
    assert findings(scratch, *args)[0] == (
        "contracts/x-v1.yaml:8:14 PV408 falsifier 'probe.value' has no planted fault,"
        " so it cannot be registered"
    )
