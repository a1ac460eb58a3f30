"""Write the first files of a project or of a contract; nothing that exists is touched."""

from __future__ import annotations

import re
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.ledger.files import create_file
from pvengine.project.configuration import find_configuration
from pvengine.project.discovery import show_path

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.project.project import Project

__all__ = ["write_contract", "write_project"]

_ATTRIBUTES = "**/evidence/** -text\n"
_CONTRACT_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")


def write_project(root: Path) -> list[Path]:
    """Write `pv.toml`, the folders and `.gitattributes` where they are not there; return what was written."""
    written: list[Path] = []
    if find_configuration(root) is None:
        written.append(_create(root / "pv.toml", _fill("pv.toml.txt")))
    for name in ("contracts", "falsifiers"):
        folder = root / name
        if not folder.exists():
            folder.mkdir()
            written.append(folder)
    attributes = root / ".gitattributes"
    present = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    if _ATTRIBUTES.strip() not in present.splitlines():
        gap = "" if not present or present.endswith("\n") else "\n"
        create_file(attributes, f"{present}{gap}{_ATTRIBUTES}".encode())
        written.append(attributes)
    return written


def write_contract(project: Project, contract_id: str) -> list[Path]:
    """Write a commented contract and the falsifier that it names; return their paths.

    Raises
    ------
    UsageError
        The id is no id, a file exists already, or the configuration has no folder for falsifiers.
    """
    if not _CONTRACT_ID.fullmatch(contract_id):
        raise UsageError(
            f"{contract_id!r} is no contract id",
            why="an id is letters and digits, joined by hyphens, dots or underscores",
            fix="for example C-MY-KERNEL",
        )
    slug = re.sub(r"[-_.]+", "-", re.sub(r"^[Cc]-", "", contract_id)).lower()
    contract = _choose_folder(project, project.configuration.contracts, "contracts") / f"{slug}-v1.yaml"
    module = (
        _choose_folder(project, project.configuration.falsifiers, "falsifiers")
        / f"{slug.replace('-', '_')}.py"
    )
    names = {
        "contract_id": contract_id,
        "test_id": f"FALSIFY-{slug.upper()}-001",
        "falsifier_name": f"{slug}.sum-error",
    }
    for path in (contract, module):
        if path.exists():
            raise UsageError(f"{show_path(path)} exists already", fix="choose another id, or move the file")
    return [
        _create(contract, _fill("contract.yaml.txt", names)),
        _create(module, _fill("falsifier.py.txt", names)),
    ]


def _choose_folder(project: Project, configured: tuple[str, ...], key: str) -> Path:
    for name in configured:
        folder = project.root / name
        if folder.is_dir() or (not folder.exists() and folder.suffix == ""):
            return folder
    raise UsageError(
        f"the configuration names no folder for {key}",
        where=show_path(project.configuration_file) if project.configuration_file else None,
        why="a new file goes where the project looks for it",
        fix=f'write `{key} = ["{key}"]` under [tool.pv], or run `pv init` in a project without configuration',
    )


def _fill(template: str, names: dict[str, str] | None = None) -> str:
    text = resources.files("pvengine.project").joinpath("templates", template).read_text(encoding="utf-8")
    return Template(text).substitute(names) if names else text


def _create(path: Path, text: str) -> Path:
    create_file(path, text.encode())
    return path
