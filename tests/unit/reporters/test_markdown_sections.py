from __future__ import annotations

import pytest

from pvengine.reporters.markdown_sections import Fitted, Section, fit_sections

FEW = Section(title="Few", noun="thing", rows=("- a\n", "- b\n"))
MANY = Section(title="Many", noun="row", head="| h |\n|---|\n", rows=("| größe |\n",) * 50, tail="End.\n")


def test_everything_is_there_where_it_has_room() -> None:
    assert fit_sections([FEW, MANY], 10_000) == Fitted(
        "### Few\n\n- a\n- b\n\n### Many\n\n| h |\n|---|\n" + "| größe |\n" * 50 + "\nEnd.\n\n", (0, 0)
    )


def test_the_large_section_is_cut_and_the_small_one_is_whole() -> None:
    fitted = fit_sections([FEW, MANY], 200)
    assert fitted is not None
    assert fitted.left == (0, 45)
    assert fitted.text == (
        "### Few\n\n- a\n- b\n\n### Many\n\n| h |\n|---|\n"
        + "| größe |\n" * 5
        + "\n45 more rows left out for want of room.\n\nEnd.\n\n"
    )


@pytest.mark.parametrize("room", range(0, 900, 13))
def test_it_never_takes_more_room_than_there_is(room: int) -> None:
    fitted = fit_sections([FEW, MANY, FEW], room)
    if fitted is None:
        assert room < 220
        return
    assert len(fitted.text.encode()) <= room
    assert fitted.text.count("größe") == 50 - fitted.left[1]
    assert fitted.text.count("- a\n") + fitted.text.count("- b\n") == 4 - fitted.left[0] - fitted.left[2]
    assert ("left out" in fitted.text) == any(fitted.left)


def test_a_row_that_has_no_room_is_left_out_and_not_the_ones_behind_it() -> None:
    section = Section(title="T", noun="row", rows=("x" * 500 + "\n", "- small\n"))
    fitted = fit_sections([section], 100)
    assert fitted == Fitted("### T\n\n- small\n\n1 more row left out for want of room.\n\n", (1,))


def test_a_head_without_rows_is_not_shown() -> None:
    empty = Section(title="T", noun="row", head="| h |\n|---|\n", tail="Nothing.\n")
    assert fit_sections([empty], 100) == Fitted("### T\n\nNothing.\n\n", (0,))


def test_two_runs_give_the_same() -> None:
    assert fit_sections([FEW, MANY], 300) == fit_sections([FEW, MANY], 300)
