from __future__ import annotations

import pytest

from pvengine.yamldoc import read_document
from pvengine.yamldoc.layout import Layout, detect_layout


@pytest.mark.parametrize(
    ("source", "layout"),
    [
        ("a: 1\n", Layout(2, 0)),
        ("a:\n- 1\nb:\n  - 1\nc:\n  - 2\n", Layout(2, 2)),
        ("a:\n- b:\n    - 1\n", Layout(2, 0)),
        ("a:\n    b:\n        c: 1\n    d:\n    - 1\n", Layout(4, 0)),
        ("a: {b: {c: [1]}}\nd: &x\n   e: 1\nf: *x\n", Layout(3, 0)),
    ],
)
def test_the_most_common_indentation_is_taken(source: str, layout: Layout) -> None:
    document = read_document(source.encode(), "c.yaml")
    assert detect_layout(document.root, document.lines) == document.layout == layout
