"""The three files of a merge driver: the result goes into one of them, and nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine import open_project
from pvengine.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_project_merges_as_the_command_does(tmp_path: Path) -> None:
    texts = {"base": "a: 1\n\n\nb: 1\n", "ours": "a: 2\n\n\nb: 1\n", "theirs": "a: 1\n\n\nb: 2\n"}
    files = [tmp_path / name for name in texts]
    for file in files:
        file.write_text(texts[file.name])
    merged = open_project(tmp_path).merge(*files, path="x.yaml")
    assert (merged.is_clean, merged.content) == (True, b"a: 2\n\n\nb: 2\n")
    assert {file.name: file.read_text() for file in files} == texts | {"ours": "a: 2\n\n\nb: 2\n"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(texts)


def test_what_is_no_text_is_left_as_it_is(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("base", "ours", "theirs")]
    for file in files:
        file.write_bytes(b"\0" + file.name.encode())
    with pytest.raises(UsageError, match="git cannot merge the texts"):
        open_project(tmp_path).merge(*files, path="x.yaml")
    assert files[1].read_bytes() == b"\0ours"
