"""Files have one name below the root, and patterns match it as a whole."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.lint.silencing.root_paths import RootPaths, matches


@pytest.mark.parametrize(
    ("name", "pattern", "is_match"),
    [
        ("a.yaml", "a.yaml", True),
        ("b/a.yaml", "a.yaml", False),
        ("b/a.yaml", "*/a.yaml", True),
        ("b/a.yaml", "*", False),
        ("b/a.yaml", "**", True),
        ("b/a.yaml", "b/**", True),
        ("b/c/a.yaml", "b/**/a.yaml", True),
        ("b/a.yaml", "b/**/a.yaml", True),
        ("b/c/d/a.yaml", "**/c/**/*.yaml", True),
        ("b/x/c/y/c/z", "**/c/z", True),
        ("b/c", "**/c/**/d", False),
        ("A.yaml", "a.yaml", False),
        ("a1.yaml", "a[0-9].ya?l", True),
        ("b/ac", "b/a**c", True),
        ("b/a/c", "b/a**c", False),
    ],
)
def test_a_pattern(name: str, pattern: str, *, is_match: bool) -> None:
    assert matches(name, pattern) is is_match


_STEPS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=6)
_PATTERNS = st.lists(st.sampled_from(["a", "b", "a*", "*", "**", "**"]), min_size=1, max_size=6)


@given(_STEPS, _PATTERNS)
def test_it_is_what_a_regular_expression_says(steps: list[str], pattern: list[str]) -> None:
    one = {"**": "(?:[^/]+/)*", "*": "[^/]*/", "a*": "a[^/]*/"}
    expression = "".join(one.get(part, f"{part}/") for part in pattern)
    expected = re.fullmatch(expression, "/".join(steps) + "/") is not None
    assert matches("/".join(steps), "/".join(pattern)) is expected


def test_no_pattern_takes_long() -> None:
    before = time.monotonic()
    assert not matches("/".join(["a"] * 400), "/".join(["**", "a"] * 150) + "/b")
    assert not matches("a" * 400, "*a" * 100 + "b")
    assert time.monotonic() - before < 5


def test_names_do_not_depend_on_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "root" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "root")
    monkeypatch.chdir(tmp_path / "root" / "b")
    paths = RootPaths(tmp_path / "link")
    texts = ["a.yaml", str(tmp_path / "link" / "b" / "a.yaml"), "../a.yaml", "../../a.yaml", "<stdin>", ""]
    assert [paths.name(text) for text in texts] == ["b/a.yaml", "b/a.yaml", "a.yaml", None, None, None]


def test_a_link_to_a_file_has_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    assert RootPaths(tmp_path).name(str(tmp_path / "a.yaml")) == "a.yaml"


def test_a_name_that_only_begins_with_dots_is_below(tmp_path: Path) -> None:
    assert RootPaths(Path(tmp_path)).name(str(tmp_path / "..a.yaml")) == "..a.yaml"
