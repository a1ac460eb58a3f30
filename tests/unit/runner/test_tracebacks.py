"""Texts about exceptions are bounded and show the plug-in's frames alone."""

from __future__ import annotations

from pathlib import Path

import pvengine
from pvengine.errors import RegistrationError
from pvengine.plugin import falsifier
from pvengine.runner.tracebacks import bound_text, describe_error, drop_engine_frames, format_plugin_traceback


def test_the_middle_is_left_out() -> None:
    text = bound_text("a" * 50 + "b" * 50, 20)
    assert text == f"{'a' * 5}\n... 80 characters left out ...\n{'b' * 15}"
    assert bound_text("short", 20) == "short"


def test_engine_frames_are_left_out_of_chained_and_grouped_exceptions() -> None:
    def fail() -> None:
        falsifier("Bad Name", subject=len, planted_faults={})(lambda _trial, _params: None)

    try:
        try:
            fail()
        except RegistrationError as error:
            raise ExceptionGroup("several", [error]) from error
    except ExceptionGroup as group:
        text = format_plugin_traceback(group)
    assert "is no name for a falsifier" in text
    assert "in fail" in text
    assert str(Path(pvengine.__file__).parent) not in text


def test_an_exception_without_a_message_is_its_type() -> None:
    assert describe_error(ValueError()) == "ValueError"


def test_engine_lines_of_a_crash_report_are_dropped() -> None:
    worker = Path(pvengine.__file__).resolve().parent / "runner" / "worker.py"
    report = f'Fatal\n  File "plug.py", line 3 in f\n  File "{worker}", line 9 in g\nExtension modules: a, b'
    assert drop_engine_frames(report) == 'Fatal\n  File "plug.py", line 3 in f'


def test_a_relative_import_without_a_package_gets_advice() -> None:
    error = ImportError("attempted relative import with no known parent package")
    assert describe_error(error).endswith("write `import NAME`, or put an `__init__.py` into the folder")
