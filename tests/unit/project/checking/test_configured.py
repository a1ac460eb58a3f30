from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.project.checking.configured import ConfiguredContracts

if TYPE_CHECKING:
    from pathlib import Path


def make(*now: str, is_deep: bool = True, **facts: object) -> ConfiguredContracts:
    return ConfiguredContracts(now, now, is_deep, None, was_deep=is_deep, **facts)  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("contracts/x.yaml", True),
        ("contracts/a/b/x.YML", True),
        ("contracts/evidence.yaml", True),
        ("contracts/x.json", False),
        ("contracts/.x.yaml", False),
        ("contracts/.hidden/x.yaml", False),
        ("contracts/evidence/x.yaml", False),
        ("contracts/a/evidence/x-v1/x.yaml", False),
        ("contracts-of-others/x.yaml", False),
        ("x.yaml", False),
        ("single.yaml", True),
    ],
)
def test_the_contracts_of_a_folder(path: str, *, is_one: bool) -> None:
    assert make("contracts", "single.yaml").is_contract(path) is is_one


def test_without_a_configuration_folders_below_do_not_count() -> None:
    assert make(".", is_deep=False).is_contract("x.yaml")
    assert not make(".", is_deep=False).is_contract("a/x.yaml")
    assert make(".").is_contract("a/x.yaml")


def test_what_the_configuration_no_longer_leads_to(tmp_path: Path) -> None:
    files = ("old/x.yaml", "old/gone.yaml", "contracts/y.yaml", "README.md")
    configured = ConfiguredContracts(
        ("contracts",), ("contracts", "old"), is_deep=True, table_before={}, base_files=files
    )
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "x.yaml").write_text("x")
    assert configured.list_dropped(tmp_path) == ["old/x.yaml"]
    assert configured.was_contract("old/x.yaml")
