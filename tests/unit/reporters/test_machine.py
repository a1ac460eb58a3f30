from __future__ import annotations

import json

import pytest

from pvengine.errors import NothingToCheckError
from pvengine.models.report import Report
from pvengine.reporters.machine import render_data, render_error_report, render_json


def test_a_report_is_one_document_with_a_final_newline() -> None:
    text = render_json(Report(command="status"))
    assert text.endswith("}\n")
    assert json.loads(text)["schema"] == "pv/report/v1"


def test_numbers_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        render_data({"value": float("nan")})


def test_an_error_is_a_report_too() -> None:
    report = json.loads(render_error_report("verify", NothingToCheckError("nothing", fix="write one")))
    assert (report["command"], report["exit_code"]) == ("verify", 14)
    assert [(found["code"], found["message"]) for found in report["diagnostics"]] == [("PV003", "nothing")]
