from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.reporters.check_markdown import fit_markdown
from pvengine.reporters.step_summary import render_step_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry, Report

    Maker = Callable[..., DiagnosticEntry]
    ReportMaker = Callable[..., Report]

ROOM = 1 << 20
START = (
    "### pv validate\n\n2 contracts, 3 tests: 1 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, "
    "0 stale, 0 blocked, 0 self-declared; "
)
HEAD = "| finding | place | what | fix |\n|---|---|---|---|\n"


def test_a_whole_summary(make_entry: Maker, make_report: ReportMaker) -> None:
    report = make_report(
        make_entry(fix="write `NEW`"),
        make_entry("PV201", None, severity="error", message="a|b\n# c <img src=x> _d_ [e](f)"),
    )
    text, left = render_step_summary(report, ROOM)
    assert left == 0
    assert text == (
        f"{START}1 error, 1 warning\n\n{HEAD}"
        "| error PV201 | contracts/x-v1.yaml | a&#124;b &#35; c &#60;img src&#61;x&#62; &#95;d&#95; "
        "&#91;e&#93;(f) |  |\n"
        "| warning PV203 | contracts/x-v1.yaml:7:3 | odd | write &#96;NEW&#96; |\n"
    )


def test_nothing_found_is_said_by_the_counts(make_report: ReportMaker) -> None:
    assert render_step_summary(make_report(), ROOM) == (f"{START}0 errors, 0 warnings\n\n", 0)


@pytest.mark.parametrize("room", [*range(0, 700, 7), 5000])
def test_it_never_takes_more_room_than_there_is(
    make_entry: Maker, make_report: ReportMaker, room: int
) -> None:
    report = make_report(*(make_entry(message="größe" * 5) for _ in range(12)))
    text, left = render_step_summary(report, room)
    assert len(text.encode()) <= room
    assert text.count("\n| warning PV203 |") == 12 - left
    if left and text:
        said = (
            f"\n{left} more finding{'s' if left > 1 else ''} left out: the summary of a step holds 1 MiB.\n"
        )
        assert text.endswith(said)
    assert (left == 0) == (room == 5000)


def test_the_worst_is_what_stays(make_entry: Maker, make_report: ReportMaker) -> None:
    report = make_report(*[make_entry()] * 5, make_entry("PV201", severity="error"))
    whole, _ = render_step_summary(report, ROOM)
    text, left = render_step_summary(report, len(whole.encode()) - 60)
    assert 0 < left < 5
    assert "| error PV201 |" in text


def test_hostile_text_stays_in_its_cell(make_entry: Maker, make_report: ReportMaker, hostile: str) -> None:
    entry = make_entry(message=hostile, fix=hostile, path=hostile, code=hostile)
    text, left = render_step_summary(make_report(entry), ROOM)
    assert left == 0
    rows = text.partition(HEAD)[2].splitlines()
    assert len(rows) == 1
    assert rows[0].count("|") == 5
    assert not set("<>`*_[]#&\x1b\x00\r\ud800") & set(rows[0].replace("&#", ""))


def test_a_check_is_the_markdown_of_its_pull_request(
    make_check: Callable[..., CheckReport], make_entry: Maker
) -> None:
    report = make_check(diagnostics=(make_entry(),) * 500)
    text, left = render_step_summary(report, ROOM)
    assert (text, left) == fit_markdown(report, ROOM)
    assert left == 0
    assert text.count("| warning PV203 |") == 500
    assert render_step_summary(report, 100) == ("", 500)
