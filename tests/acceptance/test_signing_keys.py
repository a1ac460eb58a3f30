"""Keys of signatures: every one that cannot sign or cannot be trusted is refused, with its reason."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from signing import ASKED, Signed, discharge_signed, write_private, write_public

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Scratch


@pytest.fixture(scope="module")
def discharged(make_scratch: Callable[[], Scratch]) -> Signed:
    """Return a signed project, which no test changes."""
    return discharge_signed(make_scratch())


@pytest.fixture
def signed(scratch: Scratch, discharged: Signed) -> Signed:
    """Return a copy of that project."""
    shutil.copytree(discharged.scratch.root, scratch.root, dirs_exist_ok=True)
    return Signed(scratch, discharged.ada, discharged.mallory)


BAD_KEYS: dict[str, tuple[Callable[[Signed, Path], Any], str]] = {
    "is not there": (
        lambda _signed, _path: None,
        "cannot read the key key.pem: no such file or directory",
    ),
    "is a folder": (lambda _signed, path: path.mkdir(), "cannot read the key key.pem: is a directory"),
    "is no key": (
        lambda _signed, path: path.write_text("key"),
        "key.pem is no private key in PEM (PKCS #8)",
    ),
    "is public": (lambda signed, path: write_public(path, signed.ada), "key.pem is a public key"),
    "is RSA": (
        lambda _signed, path: write_private(path, rsa.generate_private_key(65537, 2048)),
        "key.pem is a key of another type: RSAPrivateKey",
    ),
    "is on another curve": (
        lambda _signed, path: write_private(path, ec.generate_private_key(ec.SECP256R1())),
        "key.pem is a key of another type: ECPrivateKey",
    ),
    "is encrypted": (
        lambda signed, path: write_private(path, signed.ada, b"right"),
        "the passphrase in PV_SIGN_PASSPHRASE does not open key.pem",
    ),
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_a_key_that_cannot_sign_is_refused_before_any_test_runs(
    signed: Signed, name: str, monkeypatch: pytest.MonkeyPatch, tally: Callable[..., None]
) -> None:
    make, message = BAD_KEYS[name]
    make(signed, signed.scratch.root / "key.pem")
    monkeypatch.setenv("PV_SIGN_PASSPHRASE", "wrong")
    before = signed.scratch.snapshot()
    refused = signed.scratch.call("discharge", "contracts/x-v1.yaml", "--test", "FT-001", "--sign", "key.pem")
    assert refused.code == 2, refused.shown
    assert refused.err.startswith(f"pv: key.pem: {message}\n  why: ")
    assert "\n  fix: " in refused.err
    assert "survived" not in refused.err
    assert signed.scratch.snapshot() == before
    tally(group="Signatures", row="a key cannot sign", cases=1, missed=0)


def test_the_passphrase_opens_an_encrypted_key(signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(signed.scratch.root / "key.pem", signed.ada, b"right")
    args = ("discharge", "contracts/x-v1.yaml", "--test", "FT-001", "--sign", "key.pem")
    monkeypatch.delenv("PV_SIGN_PASSPHRASE", raising=False)
    refused = signed.scratch.call(*args)
    assert refused.code == 2
    assert "key.pem is encrypted, and PV_SIGN_PASSPHRASE is not set" in refused.err
    monkeypatch.setenv("PV_SIGN_PASSPHRASE", "right")
    assert signed.scratch.call(*args).code == 0
    assert signed.scratch.call(*ASKED).code == 0


BAD_TRUST: dict[str, tuple[Callable[[Signed, Path], Any], str]] = {
    "no key at all": (lambda _signed, path: path.mkdir(), "there is no trusted key in trust"),
    "a path that is not there": (
        lambda _signed, _path: None,
        "cannot read the key trust: no such file or directory",
    ),
    "no key in a file": (
        lambda _signed, path: path.write_text("nobody"),
        "trust holds no public key in PEM",
    ),
    "a private key": (lambda signed, path: write_private(path, signed.ada), "trust holds a private key"),
    "a key of another type": (
        lambda _signed, path: write_public(path, rsa.generate_private_key(65537, 2048)),
        "trust is a key of another type: RSAPublicKey",
    ),
    "a key that is cut off": (
        lambda signed, path: (
            write_public(path, signed.ada),
            path.write_text(path.read_text() + "-----BEGIN PUBLIC KEY-----\nMCow"),
        ),
        "trust has a key without its end",
    ),
    "a key that is none": (
        lambda _signed, path: path.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
        "trust holds a public key that cannot be read",
    ),
}


@pytest.mark.parametrize("name", BAD_TRUST)
def test_trust_that_is_none_is_refused(signed: Signed, name: str, tally: Callable[..., None]) -> None:
    make, message = BAD_TRUST[name]
    make(signed, signed.scratch.root / "trust")
    for require in ((), ("--require-signature",)):
        refused = signed.scratch.call("verify", "--trusted", "trust", *require)
        assert refused.code == 2, refused.shown
        assert re.match(rf"pv: (trust: )?{re.escape(message)}\n  why: ", refused.err), refused.err
    tally(group="Signatures", row="a trusted key is none", cases=1, missed=0)


def test_a_signature_cannot_be_required_of_nobody(signed: Signed) -> None:
    refused = signed.scratch.call("verify", "--require-signature")
    assert refused.code == 2
    assert refused.err.startswith("pv: signatures are required, and no trusted key is named\n  why: ")


def test_the_configuration_asks_for_signatures(signed: Signed) -> None:
    scratch = signed.scratch
    before = (scratch.root / "pv.toml").read_text()
    scratch.write("pv.toml", before + "[signatures]\nrequire = true\n")
    refused = scratch.call("verify")
    assert refused.code == 2
    assert refused.err.startswith("pv: pv.toml: signatures are required, and no trusted key is named\n")
    scratch.write("pv.toml", before + '[signatures]\ntrusted = ["keys"]\nrequire = true\n')
    assert "2 newest records: 2 signed" in scratch.call("verify").out
    write_public(scratch.root / "others" / "mallory.pem", signed.mallory)
    others = scratch.call("verify", "--trusted", "others")  # takes the place of the configured keys
    assert others.code == 3
    assert others.out.count("error[PV610]") == 2
    scratch.write("pv.toml", before + '[signatures]\ntrust = ["keys"]\n')
    misspelt = scratch.call("verify")
    assert misspelt.code == 2
    assert "unknown configuration key 'signatures.trust'" in misspelt.err
    assert "did you mean 'trusted'?" in misspelt.err


@pytest.mark.parametrize("package", ["cryptography", "securesystemslib"])
def test_without_the_extra_its_name_is_said(
    signed: Signed, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    for args in (("discharge", "contracts/x-v1.yaml", "--sign", "ada.pem"), ("verify", "--trusted", "keys")):
        refused = signed.scratch.call(*args)
        assert refused.code == 2, refused.shown
        assert refused.err == (
            f"pv: signatures need the package {package}, which is not installed\n"
            "  why: signing is an extra of pvengine, so that who does not sign need not install it\n"
            "  fix: pip install 'pvengine[sign]'\n"
        )
    assert signed.scratch.call("verify").code == 0
