from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.errors import UsageError
from pvengine.project.scaffold import check_contract_id, write_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["C-X", "a", "softmax_kernel-v1.2"])
def test_ids(name: str) -> None:
    check_contract_id(name)


@pytest.mark.parametrize("name", ["", "1", "C-", "C--X", "C X", "C/X", "C-X\n"])
def test_what_is_no_id(name: str) -> None:
    with pytest.raises(UsageError, match="is no contract id"):
        check_contract_id(name)


def test_attributes_are_added_behind_what_is_there(tmp_path: Path) -> None:
    attributes = tmp_path / ".gitattributes"
    attributes.write_bytes(b"*.png binary")
    target = tmp_path / "shared"
    attributes.rename(target)
    attributes.symlink_to("shared")
    write_project(tmp_path)
    assert attributes.is_symlink()
    assert target.read_bytes() == b"*.png binary\n**/evidence/** -text\n"
    assert write_project(tmp_path) == []
