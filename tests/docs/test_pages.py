from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doc_pages import list_pages, read_page
from doc_runner import run_page
from launching import find_launcher

if TYPE_CHECKING:
    from pathlib import Path

_PAGES = [pytest.param(path, id=read_page(path).name) for path in list_pages()]

NOT_RUN = {
    "installing needs the network, and the tests run in an environment that has pvengine",
    "it belongs into the start-up file of a shell that may not be installed",
    "a layout, not a command",
    "continuous integration runs it",
    "an excerpt of what make demo shows",
}
"""Every reason for which a block is shown and not run; a new one is added here, where a reviewer sees it."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """Return a folder with a ``pv`` that is forked where its imports are done; see launching.py."""
    launcher = find_launcher()
    if launcher is None:
        return None
    folder = tmp_path_factory.mktemp("programs")
    launcher.write_command(folder)
    return folder


@pytest.mark.parametrize("path", _PAGES)
def test_a_page_does_what_it_shows(path: Path, tmp_path: Path, programs: Path | None) -> None:
    is_first = path.name == "README.md"  # what a reader tries first is run with what is installed
    run_page(read_page(path), tmp_path, None if is_first else programs)


@pytest.mark.parametrize("path", _PAGES)
def test_a_block_that_is_not_run_says_why(path: Path) -> None:
    blocks = [block for block in read_page(path).blocks if block.marker == "not run"]
    unknown = [(block.line, block.argument) for block in blocks if block.argument not in NOT_RUN]
    assert not unknown, f"{path}: add the reason to NOT_RUN, or run the block: {unknown}"


def test_every_reason_is_used() -> None:
    used = {block.argument for path in list_pages() for block in read_page(path).blocks}
    assert used >= NOT_RUN
