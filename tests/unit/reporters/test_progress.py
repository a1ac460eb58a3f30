from __future__ import annotations

import io

from pvengine.project.progress import SilentProgress
from pvengine.reporters.progress import LineProgress, LiveProgress, choose_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    progress = choose_progress(stream)
    assert isinstance(progress, LineProgress)
    progress.start(2)
    progress.begin_test("A", "f")
    progress.end_test("A", "survived", "")
    progress.end_test("B", "inconclusive", "it broke\nand \x1b[31m more")
    progress.stop()
    assert stream.getvalue() == "[1/2] A survived\n[2/2] B inconclusive: it broke and \\x1b[31m more\n"


def test_a_live_display_on_a_terminal() -> None:
    stream = Terminal()
    progress = choose_progress(stream)
    assert isinstance(progress, LiveProgress)
    progress.end_test("early", "survived", "")  # before the start: nothing to show it in
    progress.start(1)
    progress.begin_test("A", "f")
    progress.end_test("A", "survived", "[bold]CONFIRMED[/bold]")
    progress.stop()
    progress.stop()
    assert "A survived: [bold]CONFIRMED[/bold]" in stream.getvalue()


def test_silence() -> None:
    progress = choose_progress(Terminal(), quiet=True)
    assert isinstance(progress, SilentProgress)
    progress.start(1)
    progress.begin_test("A", "f")
    progress.end_test("A", "survived", "")
    progress.stop()
