"""`pv new` and `pv init`: what they write runs at once, and nothing that exists is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

    Command = Callable[..., Result]


def list_files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git/" not in str(path))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("contract_id", "contract", "module"),
    [
        ("C-MY-SUM", "my-sum-v1.yaml", "my_sum.py"),
        ("C-4BIT", "4bit-v1.yaml", "c_4bit.py"),
        ("C-JSON", "json-v1.yaml", "c_json.py"),
        ("class", "class-v1.yaml", "c_class.py"),
    ],
)
def test_a_new_contract_is_discharged_at_once(
    pv: Command, tmp_path: Path, contract_id: str, contract: str, module: str
) -> None:
    made = pv(tmp_path, "new", contract_id)
    assert (made.code, made.err) == (0, "")
    assert made.out == (
        "wrote pv.toml\nwrote contracts\nwrote falsifiers\nwrote .gitattributes\n"
        f"wrote contracts/{contract}\nwrote falsifiers/{module}\nnext: pv discharge contracts/{contract}\n"
    )
    validated = pv(tmp_path, "validate")
    assert validated.code == 0, validated.shown
    assert validated.out.endswith("; 0 errors, 0 warnings\n")
    discharged = pv(tmp_path, "discharge", f"contracts/{contract}")
    assert discharged.code == 0, discharged.shown
    assert "0.1.0 -> 0.2.0" in discharged.out
    assert "hypothesis H1: UNTESTED -> CONFIRMED" in discharged.out


def test_init_writes_once(pv: Command, tmp_path: Path) -> None:
    first = pv(tmp_path, "init")
    assert first.out == "wrote pv.toml\nwrote contracts\nwrote falsifiers\nwrote .gitattributes\n"
    assert (tmp_path / ".gitattributes").read_bytes() == b"**/evidence/** -text\n"
    before = list_files(tmp_path)
    second = pv(tmp_path, "init")
    assert (second.code, second.out) == (0, "everything is there already: nothing was written\n")
    assert list_files(tmp_path) == before
    assert pv(tmp_path, "validate").code == 14


def test_init_leaves_what_exists(pv: Command, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pv]\ncontracts = ["claims"]\nfalsifiers = ["x.py", "pkg.mod"]\n'
    )
    (tmp_path / ".gitattributes").write_bytes(b"*.bin binary \xff")
    result = pv(tmp_path, "init")
    assert result.out == "wrote claims\nwrote .gitattributes\n"
    assert (tmp_path / ".gitattributes").read_bytes() == b"*.bin binary \xff\n**/evidence/** -text\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitattributes", "claims", "pyproject.toml"]


def test_init_goes_to_the_root_of_the_project(pv: Command, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    deep = tmp_path / "deep"
    deep.mkdir()
    assert pv(deep, "init").code == 0
    assert (tmp_path / "pv.toml").is_file()
    assert list(deep.iterdir()) == []


def test_a_second_contract_of_the_same_name_is_refused(pv: Command, tmp_path: Path) -> None:
    assert pv(tmp_path, "new", "C-X").code == 0
    before = list_files(tmp_path)
    result = pv(tmp_path, "new", "C-X")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "pv: contracts/x-v1.yaml exists already\n  why: nothing that exists is touched\n"
        "  fix: choose another id, or move the file\n"
    )
    assert list_files(tmp_path) == before


@pytest.mark.parametrize("contract_id", ["", "a b", "../x", "-x", "C-\u00dcBER", "x/"])
def test_an_id_that_is_none_writes_nothing(pv: Command, tmp_path: Path, contract_id: str) -> None:
    result = pv(tmp_path, "new", "--", contract_id)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"pv: {contract_id!r} is no contract id\n"
        "  why: an id is letters and digits, joined by hyphens, dots or underscores\n"
        "  fix: for example C-MY-KERNEL\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_project_without_a_folder_for_falsifiers(pv: Command, tmp_path: Path) -> None:
    (tmp_path / "pv.toml").write_text('falsifiers = ["one.py"]\n')
    result = pv(tmp_path, "new", "C-X")
    assert result.code == 2
    assert 'fix: write `falsifiers = ["falsifiers"]` into the configuration' in result.err
    assert not (tmp_path / "contracts").exists()
