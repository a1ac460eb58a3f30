from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)

from pvengine.errors import UsageError
from pvengine.project.project import open_project
from pvengine.project.signing import choose_policy, open_key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with a folder of one trusted key."""
    (tmp_path / "keys").mkdir()
    key = Ed25519PrivateKey.generate().public_key()
    content = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "keys" / "ada.pem").write_bytes(content)
    (tmp_path / "pv.toml").write_text('[signatures]\ntrusted = ["keys"]\n')
    return tmp_path


def test_nobody_asks(tmp_path: Path) -> None:
    assert choose_policy(open_project(tmp_path), [], require=False) is None


def test_configured_keys_are_below_the_root_of_the_project(root: Path) -> None:
    policy = choose_policy(open_project(root), [], require=False)
    assert policy is not None
    assert ([key.name for key in policy.trusted.values()], policy.is_required) == (["ada.pem"], False)


def test_configured_keys_serve_a_demand_of_the_command(root: Path) -> None:
    policy = choose_policy(open_project(root), [], require=True)
    assert policy is not None
    assert policy.is_required


def test_named_keys_take_the_place_of_the_configured_ones(root: Path) -> None:
    (root / "empty").mkdir()
    with pytest.raises(UsageError, match=r"there is no trusted key in .*empty"):
        choose_policy(open_project(root), [root / "empty"], require=False)


@pytest.mark.parametrize("in_configuration", [False, True])
def test_a_demand_without_keys_is_refused(tmp_path: Path, *, in_configuration: bool) -> None:
    (tmp_path / "pv.toml").write_text(f"[signatures]\nrequire = {str(in_configuration).lower()}\n")
    with pytest.raises(UsageError) as caught:
        choose_policy(open_project(tmp_path), [], require=not in_configuration)
    assert caught.value.what == "signatures are required, and no trusted key is named"
    assert (caught.value.where is not None) == in_configuration


def test_the_passphrase_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key.pem"
    secret = BestAvailableEncryption("gränn".encode())
    path.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
    monkeypatch.setenv("PV_SIGN_PASSPHRASE", "")
    with pytest.raises(UsageError, match="PV_SIGN_PASSPHRASE is not set"):
        open_key(path)
    monkeypatch.setenv("PV_SIGN_PASSPHRASE", "gränn")
    assert open_key(str(path)).name == "key.pem"
