"""The runner of the pages has teeth: a page that is not as it says fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doc_pages import Page, read_page
from doc_runner import match_output, run_page
from update_pages import update_page

if TYPE_CHECKING:
    from pathlib import Path


def _page(tmp_path: Path, text: str) -> Page:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    page = read_page(path)
    return Page(path, page.items, page.prose)


@pytest.fixture(autouse=True)
def _name_any_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Page, "name", property(lambda page: page.path.name))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```console\n$ echo a\na\n```\n", id="the output that is shown"),
        pytest.param("```console\n$ echo a b c\na ... c\n```\n", id="a gap"),
        pytest.param("```console\n$ false\n$ echo $?\n1\n```\n", id="an exit code"),
        pytest.param("```console\n$ mkdir x && cd x\n$ touch y\n$ ls ../x\ny\n```\n", id="the folder stays"),
        pytest.param("```console\n$ export A=1\n```\n```sh\ntest $A = 1\n```\n", id="variables stay"),
        pytest.param("```console\n$ printf '%s' \\\n> a\na\n```\n", id="a continued line"),
        pytest.param("<!-- file: a/b.txt -->\n```text\nx\n```\n```sh\ngrep x a/b.txt\n```\n", id="a file"),
        pytest.param("<!-- setup: echo 1 > a -->\n```sh\ntest -f a\n```\n", id="a setup"),
        pytest.param(
            "<!-- setup: touch a -->\n<!-- new folder -->\n```sh\ntest ! -e a\n```\n", id="a new folder"
        ),
        pytest.param("<!-- not run: why -->\n```fish\nx\n```\n", id="a block that is not run"),
        pytest.param("```yaml\naccept: [{metric: m, lt: 1}]\n```\n", id="keys of a test"),
        pytest.param("```yaml\nhypotheses: [{id: H, statement: s}]\n```\n", id="a part of a contract"),
        pytest.param("```toml\n[tool.pv]\njobs = 2\n```\n", id="configuration"),
    ],
)
def test_a_true_page_runs(tmp_path: Path, text: str) -> None:
    run_page(_page(tmp_path, text), tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```console\n$ echo a\nb\n```\n", id="another output"),
        pytest.param("```console\n$ false\n```\n", id="a command that fails"),
        pytest.param("```console\n$ false\n$ echo $?\n2\n```\n", id="another exit code"),
        pytest.param("```console\n$ false\n$ echo on\non\n```\n", id="a failure that is passed over"),
        pytest.param("```console\na\n```\n", id="a session without a command"),
        pytest.param("```sh\nfalse\ntrue\n```\n", id="a script that fails in its middle"),
        pytest.param("```python\nassert False\n```\n", id="Python that raises"),
        pytest.param("```yaml\naccept: [{metric: m, less: 1}]\n```\n", id="an invalid contract"),
        pytest.param("```yaml\nacept: []\n```\n", id="keys of nothing"),
        pytest.param("```toml\n[tool.pv]\njob = 2\n```\n", id="a key that is not there"),
        pytest.param("```fish\nx\n```\n", id="a language without a convention"),
        pytest.param("<!-- setup: false -->\n", id="a setup that fails"),
        pytest.param(
            "<!-- file: a -->\n```text\nx\n```\n<!-- edit: a -->\n```diff\n-y\n+z\n```\n",
            id="an edit of nothing",
        ),
    ],
)
def test_a_page_that_is_not_true_fails(tmp_path: Path, text: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        run_page(_page(tmp_path, text), tmp_path)


@pytest.mark.parametrize("text", ["```sh\ntrue\n", "<!-- file: a -->\nprose\n\n```sh\ntrue\n```\n"])
def test_a_page_that_cannot_be_read_fails(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"not closed|no block follows"):
        _page(tmp_path, text)


def test_digests_dates_and_durations_are_not_compared(tmp_path: Path) -> None:
    shown = f"sha256:{'0' * 64} 2000-01-01 (f, 0.01 s)"
    printed = f"sha256:{'a' * 64} 2026-05-06 (f, 1.23 s)"
    run_page(_page(tmp_path, f"```console\n$ echo '{printed}'\n{shown}\n```\n"), tmp_path)


def test_an_update_rewrites_what_differs_and_nothing_else(tmp_path: Path) -> None:
    text = "a\n```console\n$ echo 1\n1\n$ printf '2\\n3\\n'\n9\n$ echo 4 5\n4 ...\n```\nb\n"
    page = _page(tmp_path, text)
    assert update_page(page.path) == 1
    assert page.path.read_text(encoding="utf-8") == text.replace("\n9\n", "\n2\n3\n")


def test_a_gap_stands_for_any_text() -> None:
    assert match_output("a\nb\nc", "a\n...\nc")
    assert not match_output("a\nb\nd", "a\n...\nc")
