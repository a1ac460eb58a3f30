from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import small_tables

from pvengine.errors import UsageError
from pvfalsifiers.tracing.plot import draw_table

if TYPE_CHECKING:
    from pvfalsifiers.tracing.table import TraceTable


@pytest.fixture
def _matplotlib() -> None:
    pytest.importorskip("matplotlib", reason="plots are an extra: pip install 'pvengine[plots]'")


def read_texts(svg: bytes) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own file


@pytest.mark.usefixtures("_matplotlib")
def test_a_plot_names_the_model_the_lines_and_the_bands(table: TraceTable) -> None:
    found = read_texts(draw_table(table))
    assert "tiny, over all 3 tokens" in found
    assert {"gate, path A", "gate, path B", "down, path A", "down, path B", "gate", "down"} <= set(found)
    assert {"0.5", "1", "2"} <= set(found), "the bands of the ratio"
    assert {"standard deviation", "std A / std B, like with like", "layer"} <= set(found)
    assert not [text for text in found if "$" in text]


@pytest.mark.usefixtures("_matplotlib")
def test_one_path_has_no_ratio() -> None:
    found = read_texts(draw_table(small_tables.make_table("last", "B")))
    assert "tiny, over the last token" in found
    assert "gate, path B" in found
    assert not [text for text in found if "path A" in text or "like with like" in text]


@pytest.mark.usefixtures("_matplotlib")
def test_the_same_trace_gives_the_same_bytes_without_a_date(table: TraceTable) -> None:
    assert draw_table(table) == draw_table(small_tables.make_table())
    assert b"<dc:date>" not in draw_table(table)


@pytest.mark.usefixtures("_matplotlib")
def test_what_is_no_number_leaves_a_gap_and_any_name_is_drawn() -> None:
    broken = small_tables.make_broken_table()
    model = type(broken.model)(**{**vars(broken.model), "name": "$a_{首}\x1b$"})
    found = read_texts(draw_table(type(broken)(**{**vars(broken), "model": model})))
    assert "$a_{\\u9996}\\x1b$, over all 3 tokens" in found


def test_without_matplotlib_the_error_says_what_to_install(
    table: TraceTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.figure", raising=False)
    with pytest.raises(UsageError, match="a plot needs matplotlib") as caught:
        draw_table(table)
    assert caught.value.fix == "pip install 'pvengine[plots]'"
