from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from pvengine.cli.output import emit, format_option, open_project_of, reports_errors
from pvengine.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def make_command(error: BaseException) -> click.Command:
    @click.command("probe")
    @format_option("text", "json")
    @reports_errors
    def command(form: str) -> None:
        del form
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("wrong", fix="mend it"), 2, "pv: wrong\n  fix: mend it\n"),
        (PermissionError(13, "Permission denied", "x.yaml"), 2, "pv: x.yaml: permission denied\n"),
        (OSError("odd"), 2, "pv: odd\n"),
        (KeyboardInterrupt(), 130, "pv: interrupted\n"),
    ],
)
def test_errors_become_messages_or_documents(error: BaseException, code: int, message: str) -> None:
    result = CliRunner().invoke(make_command(error))
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", message)
    result = CliRunner().invoke(make_command(error), ["--format", "json"])
    report = json.loads(result.stdout)
    assert (result.exit_code, report["exit_code"], report["command"]) == (code, code, "probe")


def test_output_is_utf8_whatever_the_stream_says(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    emit("Größe \ud800\n")
    assert raw.getvalue() == "Größe \\ud800\n".encode()


def test_paths_of_one_project(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert open_project_of([tmp_path / "a", tmp_path / "b"]).root == tmp_path / "a"
    (tmp_path / "b" / "pv.toml").write_text("")
    with pytest.raises(UsageError, match="belong to different projects"):
        open_project_of([tmp_path / "a", tmp_path / "b"])
