"""Write the first files of a project or of a contract; nothing that exists is touched."""

from __future__ import annotations

import keyword
import re
import sys
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.ledger.files import create_file
from pvengine.project.configuration import find_configuration, read_configuration
from pvengine.project.discovery import show_path
from pvengine.project.git_setup import (
    add_attributes,
    check_repository,
    install_driver,
    list_merge_attributes,
)

if TYPE_CHECKING:
    from pvengine.project.project import Project

__all__ = ["check_contract_id", "write_contract", "write_project"]

_ATTRIBUTES = "**/evidence/** -text"
_TAKEN_MODULES = sys.stdlib_module_names | {"numpy", "pvengine", "pydantic"}
_CONTRACT_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")


def write_project(root: Path, *, git: bool = False) -> list[Path]:
    """Write `pv.toml`, the folders and `.gitattributes` where they are not there; return what was written.

    With ``git`` the repository gets the merge driver of contracts, too.

    Raises
    ------
    UsageError
        The root is in no git repository, and ``git`` is set; nothing was written.
    """
    if git:
        check_repository(root)
    written: list[Path] = []
    file = find_configuration(root)
    if file is None:
        file = _create(root / "pv.toml", _fill("pv.toml.txt"))
        written.append(file)
    configuration = read_configuration(file)
    for name in (*configuration.contracts, *configuration.falsifiers):
        folder = root / name
        if not folder.exists() and _may_be_folder(name):
            folder.mkdir(parents=True)
            written.append(folder)
    attributes = root / ".gitattributes"
    lines = [_ATTRIBUTES, *(list_merge_attributes(root, configuration.contracts) if git else ())]
    if add_attributes(attributes, lines):
        written.append(attributes)
    changed = install_driver(root) if git else None
    return written if changed is None else [*written, changed]


def _may_be_folder(name: str) -> bool:
    """Whether an entry of the configuration names a folder, not a file or a module."""
    return Path(name).suffix == ""


def check_contract_id(contract_id: str) -> None:
    """Raise UsageError where a text is no contract id, before anything is written."""
    if not _CONTRACT_ID.fullmatch(contract_id):
        raise UsageError(
            f"{contract_id!r} is no contract id",
            why="an id is letters and digits, joined by hyphens, dots or underscores",
            fix="for example C-MY-KERNEL",
        )


def write_contract(project: Project, contract_id: str) -> list[Path]:
    """Write a commented contract and the falsifier that it names; return their paths.

    Raises
    ------
    UsageError
        The id is no id, a file exists already, or the configuration has no folder for falsifiers.
    """
    check_contract_id(contract_id)
    slug = re.sub(r"[-_.]+", "-", re.sub(r"^[Cc]-", "", contract_id)).lower()
    contract = _choose_folder(project, project.configuration.contracts, "contracts") / f"{slug}-v1.yaml"
    stem = _name_module(slug)
    module = _choose_folder(project, project.configuration.falsifiers, "falsifiers") / f"{stem}.py"
    names = {
        "contract_id": contract_id,
        "test_id": f"FALSIFY-{slug.upper()}-001",
        "falsifier_name": f"{slug if slug[0].isalpha() else f'c-{slug}'}.sum-error",
    }
    for path in (contract, module):
        if path.exists() or path.is_symlink():
            raise UsageError(
                f"{show_path(path)} exists already",
                why="nothing that exists is touched",
                fix="choose another id, or move the file",
            )
    return [
        _create(contract, _fill("contract.yaml.txt", names)),
        _create(module, _fill("falsifier.py.txt", names)),
    ]


def _name_module(slug: str) -> str:
    """Name the module of a falsifier: one that can be imported and hides no other module.

    Examples
    --------
    >>> _name_module("my-sum"), _name_module("4bit"), _name_module("json")
    ('my_sum', 'c_4bit', 'c_json')
    """
    name = slug.replace("-", "_")
    is_taken = name in _TAKEN_MODULES or keyword.iskeyword(name) or not name.isidentifier()
    return f"c_{name}" if is_taken else name


def _choose_folder(project: Project, configured: tuple[str, ...], key: str) -> Path:
    for name in configured:
        folder = project.root / name
        if folder.is_dir() or (not folder.exists() and _may_be_folder(name)):
            return folder
    raise UsageError(
        f"the configuration names no folder for {key}",
        where=show_path(project.configuration_file) if project.configuration_file else None,
        why="a new file goes where the project looks for it",
        fix=f'write `{key} = ["{key}"]` into the configuration',
    )


def _fill(template: str, names: dict[str, str] | None = None) -> str:
    text = resources.files("pvengine.project").joinpath("templates", template).read_text(encoding="utf-8")
    return Template(text).substitute(names) if names else text


def _create(path: Path, text: str) -> Path:
    create_file(path, text.encode())
    return path
