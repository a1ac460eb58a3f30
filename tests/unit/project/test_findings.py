from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.errors import (
    ChangedFileError,
    NothingToCheckError,
    PvError,
    RegistrationError,
    TamperedEvidenceError,
    UsageError,
)
from pvengine.project.findings import describe_error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError, "PV001"),
        (ChangedFileError, "PV002"),
        (NothingToCheckError, "PV003"),
        (TamperedEvidenceError, "PV004"),
        (RegistrationError, "PV005"),
    ],
)
def test_the_code_says_which_exit_an_error_leads_to(error: type[PvError], code: str) -> None:
    entry = describe_error(error("what", where=str(Path.cwd() / "x.yaml"), why="why", fix="fix"))
    assert (entry.code, entry.path, entry.message, entry.why, entry.fix) == (
        code,
        "x.yaml",
        "what",
        "why",
        "fix",
    )
    assert (entry.severity, entry.line, entry.snippet) == ("error", None, None)


def test_an_error_without_a_place() -> None:
    assert describe_error(UsageError("what")).path == ""
