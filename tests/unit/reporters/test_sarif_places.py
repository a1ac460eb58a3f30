from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.reporters.sarif_places import describe_file, describe_place, make_folder_uri

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import DiagnosticEntry

    Maker = Callable[..., DiagnosticEntry]

BASE = "%SRCROOT%"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("contracts/x-v1.yaml", "contracts/x-v1.yaml"),
        ("a b/100%.yaml", "a%20b/100%25.yaml"),
        ("C:x.yaml", "C%3Ax.yaml"),
        ("größe\n.yaml", "gr%C3%B6%C3%9Fe%0A.yaml"),
        ("odd\udcff.yaml", "odd%FF.yaml"),
        ("odd\ud800.yaml", "odd%5Cud800.yaml"),
        ("a#b?c.yaml", "a%23b%3Fc.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
        ("..x/...yaml", "..x/...yaml"),
    ],
)
def test_a_path_below_the_working_folder_is_relative_to_the_source_root(path: str, uri: str) -> None:
    assert describe_file(path, "/home/ada") == describe_file(path, None) == {"uri": uri, "uriBaseId": BASE}


def test_a_path_elsewhere_is_absolute_where_that_can_be_said() -> None:
    assert describe_file("/tmp/a b.yaml", None) == {"uri": "file:///tmp/a%20b.yaml"}  # noqa: S108 - not made
    assert describe_file("../b/x.yaml", "/home/ada/a") == {"uri": "file:///home/ada/b/x.yaml"}
    assert describe_file("../b/x.yaml", None) == {"uri": "../b/x.yaml"}


def test_the_base_ends_with_a_slash() -> None:
    assert make_folder_uri("/") == "file:///"
    assert make_folder_uri("/home/a b") == "file:///home/a%20b/"


def test_a_place_on_one_line_has_its_text_and_its_line(make_entry: Maker) -> None:
    assert describe_place(make_entry(), None)["physicalLocation"] == {
        "artifactLocation": {"uri": "contracts/x-v1.yaml", "uriBaseId": BASE},
        "region": {
            "startLine": 7,
            "startColumn": 3,
            "endLine": 7,
            "endColumn": 6,
            "snippet": {"text": "odd"},
        },
        "contextRegion": {"startLine": 7, "endLine": 7, "snippet": {"text": "- odd: text"}},
    }


@pytest.mark.parametrize(
    ("facts", "snippet", "context"),
    [
        ({"column": 1, "end_column": 12}, "- odd: text", None),  # the whole line: nothing surrounds it
        ({"end_column": 3}, None, "- odd: text"),  # an empty place
        ({"end_line": 9}, None, None),  # the text of the other lines is not known
        ({"snippet": None}, None, None),
        ({"snippet": "x" * 1001}, None, None),  # a long line is not repeated for each finding on it
        ({"snippet": "- \ud800: text"}, "\\ud800: ", "- \\ud800: text"),
        ({"snippet": "- 键名: 值"}, "键名:", "- 键名: 值"),
    ],
    ids=ascii,
)
def test_the_text_of_a_place(
    make_entry: Maker, facts: dict[str, Any], snippet: str | None, context: str | None
) -> None:
    place = describe_place(make_entry(**facts), None)["physicalLocation"]
    assert place["region"].get("snippet", {}).get("text") == snippet
    assert place.get("contextRegion", {}).get("snippet", {}).get("text") == context


def test_a_whole_file_has_no_region(make_entry: Maker) -> None:
    assert describe_place(make_entry(line=None), None) == {
        "physicalLocation": {"artifactLocation": {"uri": "contracts/x-v1.yaml", "uriBaseId": BASE}}
    }


def test_a_place_without_an_end(make_entry: Maker) -> None:
    place = describe_place(make_entry(end_line=None, end_column=None), None)["physicalLocation"]
    assert place["region"] == {"startLine": 7, "startColumn": 3}
