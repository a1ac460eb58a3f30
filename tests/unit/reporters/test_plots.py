from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pvengine.errors import UsageError
from pvengine.models.landscape import (
    BandEntry,
    LandscapeContract,
    LandscapeReport,
    ProfileEntry,
    SearchedTest,
)
from pvengine.models.search_entry import ExampleEntry, SearchEntry
from pvengine.reporters.plots import draw_search, draw_searches

SEARCH = SearchEntry(
    metric="amplification",
    aim="maximise",
    learnt="counterexample",
    published=ExampleEntry(params={"x": 1.0}, value=0.5),
    worst=ExampleEntry(params={"x": 9.0}, value=35.0),
    found_by="random",
    nearest=None,
    minimal=None,
    evaluations=100,
    budget=100,
    refused=0,
    seconds=1.0,
    ended_by="methods",
    bounds=(),
    methods=(),
    replay=None,
)
BANDS = (
    BandEntry(hypothesis="H", verdict="CONFIRMED", low=5.0, high=None),
    BandEntry(hypothesis="H", verdict="PARTIALLY_CONFIRMED", low=1.0, high=5.0),
    BandEntry(hypothesis="H", verdict="FALSIFIED", low=None, high=1.0),
)
PROFILE = ProfileEntry(
    start={"x": 1.0}, end={"x": 9.0}, at=(0.0, 0.25, 0.5, 1.0), values=(0.5, None, 3.0, 35.0)
)
ENTRY = SearchedTest(
    test="T-S",
    standing="verified",
    evidence="sha256:0",
    search=SEARCH,
    cuts=(1.0, 5.0),
    bands=BANDS,
    profile=PROFILE,
)


def draw(entry: SearchedTest = ENTRY) -> str:
    content = draw_search(entry)
    assert content is not None
    return content.decode()


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own file


def test_a_plot_names_the_test_the_points_and_the_bands() -> None:
    found = texts(draw())
    assert "T-S: maximise amplification" in found
    assert "way from the published point (0) to the worst found (1), varying x" in found
    legend = [text for text in found if "," in text or text.isupper()]
    assert legend == [
        "way from the published point (0) to the worst found (1), varying x",
        "published, 0.5",
        "counterexample, 35",
        "CONFIRMED",
        "PARTIALLY_CONFIRMED",
        "FALSIFIED",
    ]


def test_the_same_search_gives_the_same_bytes_without_a_date() -> None:
    assert draw() == draw()
    assert "<dc:date>" not in draw()


def test_points_outside_of_the_domain_are_left_out_of_the_line() -> None:
    drawn, whole = draw(), draw(replace(ENTRY, profile=replace(PROFILE, values=(0.5, 1.0, 3.0, 35.0))))
    marks = [len(re.findall(r"<use ", svg)) for svg in (drawn, whole)]
    assert marks[1] - marks[0] == 1


@pytest.mark.parametrize(
    ("values", "is_logarithmic"),
    [
        ((1.0, None, 3.0, 900.0), False),
        ((1.0, None, 3.0, 1001.0), True),
        ((-1.0, 0.0, 1.0, 9e9), False),
    ],
)
def test_a_metric_over_three_decades_has_a_logarithmic_axis(values: Any, *, is_logarithmic: bool) -> None:
    svg = draw(replace(ENTRY, bands=(), cuts=(), profile=replace(PROFILE, values=values)))
    assert ("{10^{0}}" in svg) is is_logarithmic


@pytest.mark.parametrize("profile", [None, replace(PROFILE, values=("nan", None, "inf", None))])
def test_nothing_finite_gives_no_plot(profile: ProfileEntry | None) -> None:
    entry = replace(ENTRY, profile=profile)
    assert draw_search(entry) is None
    contract = LandscapeContract(path="x.yaml", id="C-X", version=None, digest="sha256:0")
    assert draw_searches(LandscapeReport(contract=contract, searches=(entry, ENTRY))).keys() == {"T-S"}


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match="which is not installed") as caught:
        draw_search(ENTRY)
    assert caught.value.fix == "pip install 'pvengine[plots]'"
